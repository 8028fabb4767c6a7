import {
  durationOf,
  RunEvents,
  RunStep,
  sayRun,
  stateOf,
  stepsOf,
} from './describeRun';

function aRun(changes: Partial<RunEvents> = {}): RunEvents {
  return {
    task: {
      spec: {
        steps: [
          { id: 'plan', name: 'Look' },
          { id: 'registry', name: 'Create the registry' },
          { id: 'left', name: 'Say what is there', if: '${{ failure() }}' },
        ],
      },
    },
    steps: {
      plan: { status: 'open' },
      registry: { status: 'open' },
      left: { status: 'open' },
    },
    stepLogs: {},
    completed: false,
    cancelled: false,
    ...changes,
  };
}

const say = (run: RunEvents) => sayRun(stateOf(run), stepsOf(run));

describe('a run', () => {
  it('waits until a step begins', () => {
    expect(say(aRun())).toBe('The run waits for its turn.');
  });

  it('says which step runs, without the one for failures', () => {
    const run = aRun({
      steps: {
        plan: { status: 'completed' },
        registry: { status: 'processing' },
        left: { status: 'open' },
      },
    });
    expect(say(run)).toBe('Step 2 of 2: Create the registry.');
  });

  it('has succeeded when it is complete without an error', () => {
    const run = aRun({
      completed: true,
      steps: {
        plan: { status: 'completed' },
        registry: { status: 'completed' },
        left: { status: 'skipped' },
      },
    });
    expect(stateOf(run)).toBe('succeeded');
    expect(stepsOf(run).map(({ id }) => id)).toEqual(['plan', 'registry']);
  });

  it('says at which step it stopped, and shows what was said then', () => {
    const run = aRun({
      completed: true,
      error: new Error('CloudFormation refused it'),
      steps: {
        plan: { status: 'completed' },
        registry: { status: 'failed' },
        left: { status: 'completed' },
      },
    });
    expect(stateOf(run)).toBe('failed');
    expect(say(run)).toBe('The run stopped at "Create the registry".');
    expect(stepsOf(run).map(({ id }) => id)).toEqual([
      'plan',
      'registry',
      'left',
    ]);
  });

  it('is cancelled though cancelling ends in an error', () => {
    const run = aRun({
      cancelled: true,
      completed: true,
      error: new Error('Step registry has been cancelled'),
      steps: {
        plan: { status: 'completed' },
        registry: { status: 'cancelled' },
        left: { status: 'open' },
      },
    });
    expect(stateOf(run)).toBe('cancelled');
    expect(say(run)).toBe('The run was cancelled after 1 of 2 steps.');
  });

  it('shows lines without time, colours, level and what frames a step', () => {
    const run = aRun({
      stepLogs: {
        plan: [
          '2026-11-23T10:00:00.000Z Beginning step Look',
          '2026-11-23T10:00:01.000Z \u001b[32minfo\u001b[39m: Repository web/orders: gets created',
          '2026-11-23T10:00:02.000Z Finished step Look',
        ],
      },
    });
    expect(stepsOf(run)[0].lines).toEqual([
      'Repository web/orders: gets created',
    ]);
  });
});

describe('durationOf', () => {
  const now = Date.parse('2026-11-23T10:03:05Z');
  const step = (changes: Partial<RunStep>): RunStep => ({
    id: 'plan',
    name: 'Look',
    state: 'processing',
    lines: [],
    ...changes,
  });

  it.each([
    [{ startedAt: '2026-11-23T10:00:00Z' }, '3 min 5 s'],
    [
      {
        startedAt: '2026-11-23T10:00:00Z',
        endedAt: '2026-11-23T10:00:12Z',
      },
      '12 s',
    ],
    // the clock of the browser runs behind
    [{ startedAt: '2026-11-23T10:04:00Z' }, '0 s'],
    [{ startedAt: 'when?' }, undefined],
    [{}, undefined],
  ])('of %j is %s', (changes, said) => {
    expect(durationOf(step(changes), now)).toBe(said);
  });
});
