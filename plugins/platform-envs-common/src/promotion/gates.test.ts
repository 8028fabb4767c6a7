import fc from 'fast-check';
import { okReading, unavailableReading } from '../status';
import {
  aPromotion,
  anApproval,
  AT,
  DIGEST_A,
  DIGEST_B,
} from './__testUtils__/builders';
import {
  evaluateGates,
  GateReadings,
  gatesPass,
  GateSubject,
  RunningReading,
} from './gates';

const release = {
  image: 'registry/sample',
  version: '1.8.2',
  digest: DIGEST_A,
};
const older = { image: 'registry/sample', version: '1.8.0', digest: DIGEST_B };

function subject(overrides: Partial<GateSubject> = {}): GateSubject {
  return {
    ...aPromotion({ approvals: [anApproval()] }),
    release,
    ...overrides,
  };
}

function readings(overrides: Partial<GateReadings> = {}): GateReadings {
  return {
    now: AT,
    maxAgeSeconds: 300,
    source: {
      name: 'uat',
      desired: okReading(release, AT),
      running: okReading({ sync: 'Synced', health: 'Healthy', release }, AT),
    },
    target: { name: 'prod', current: okReading(older, AT) },
    ...overrides,
  };
}

function running(value: Partial<RunningReading>, at = AT): GateReadings {
  const all = readings();
  return {
    ...all,
    source: {
      ...all.source,
      running: okReading(
        { sync: 'Synced', health: 'Healthy', release, ...value },
        at,
      ),
    },
  };
}

const stateOf = (id: string, s: GateSubject, r: GateReadings) =>
  evaluateGates(s, r).find(g => g.id === id)?.state;

describe('evaluateGates', () => {
  it('passes when everything is in order', () => {
    const gates = evaluateGates(subject(), readings());
    expect(gates.filter(g => g.state !== 'passing')).toEqual([]);
    expect(gatesPass(gates)).toBe(true);
  });

  it.each([
    ['Progressing', 'pending'],
    ['Degraded', 'failing'],
    ['Missing', 'failing'],
    ['Suspended', 'failing'],
    ['Unknown', 'unknown'],
  ] as const)('is %s -> %s when the source is so', (health, expected) => {
    const r = running({ health });
    expect(stateOf('source-healthy', subject(), r)).toBe(expected);
    expect(gatesPass(evaluateGates(subject(), r))).toBe(false);
  });

  it('never lets an old observation pass', () => {
    const r = running({}, '2026-03-01T09:54:59.000Z');
    expect(stateOf('source-healthy', subject(), r)).toBe('unknown');
  });

  it('never lets an observation with an unreadable time pass', () => {
    expect(stateOf('source-healthy', subject(), running({}, 'soon'))).toBe(
      'unknown',
    );
  });

  it('waits while the source still runs something else', () => {
    const r = running({ release: older });
    expect(stateOf('source-healthy', subject(), r)).toBe('pending');
  });

  it('fails when the source holds another release by now', () => {
    const r = readings();
    r.source.desired = okReading(older, AT);
    expect(stateOf('source-release', subject(), r)).toBe('failing');
  });

  it('fails a release without digest', () => {
    const s = subject({ release: { image: 'x', version: '1.8.2' } });
    expect(stateOf('release-fixed', s, readings())).toBe('failing');
  });

  it('F13 lets only a rollback go back', () => {
    const r = readings();
    r.target.current = okReading({ ...older, version: '1.9.0' }, AT);
    expect(stateOf('no-regression', subject(), r)).toBe('failing');
    expect(stateOf('no-regression', subject({ kind: 'rollback' }), r)).toBe(
      'passing',
    );
  });

  it('says when versions cannot be ordered, without standing in the way', () => {
    const r = readings();
    r.target.current = okReading({ ...older, version: 'main-3f2a' }, AT);
    const gates = evaluateGates(subject(), r);
    expect(gates.find(g => g.id === 'no-regression')).toMatchObject({
      state: 'unknown',
      required: false,
    });
    expect(gatesPass(gates)).toBe(true);
  });

  it('fails when the target already holds the release', () => {
    const r = readings();
    r.target.current = okReading(release, AT);
    expect(stateOf('no-regression', subject(), r)).toBe('failing');
  });

  it('passes the first release to an environment', () => {
    const r = readings();
    r.target.current = okReading(undefined, AT);
    expect(stateOf('no-regression', subject(), r)).toBe('passing');
  });

  it('asks for the image only when a registry was asked', () => {
    expect(stateOf('image-present', subject(), readings())).toBeUndefined();
    const absent = readings({ image: okReading(false, AT) });
    expect(stateOf('image-present', subject(), absent)).toBe('failing');
    const silent = readings({ image: unavailableReading('throttled') });
    expect(stateOf('image-present', subject(), silent)).toBe('unknown');
  });

  it('F12 waits for the promotion that is under way', () => {
    const r = readings({ slotHeldBy: '01K' });
    expect(stateOf('slot-free', subject(), r)).toBe('pending');
  });

  it('counts approvals', () => {
    expect(stateOf('approved', subject({ approvals: [] }), readings())).toBe(
      'pending',
    );
  });

  it('does not require health where nothing can report it', () => {
    const r = readings();
    r.source.running = { status: 'absent', reason: 'ECS is not observed.' };
    expect(gatesPass(evaluateGates(subject(), r))).toBe(true);
  });

  it('never passes on a missing reading, whichever it is', () => {
    const missing = unavailableReading<never>('no answer');
    fc.assert(
      fc.property(
        fc.subarray(['desired', 'running', 'current', 'image'] as const, {
          minLength: 1,
        }),
        names => {
          const r = readings({ image: okReading(true, AT) });
          if (names.includes('desired')) r.source.desired = missing;
          if (names.includes('running')) r.source.running = missing;
          if (names.includes('current')) r.target.current = missing;
          if (names.includes('image')) r.image = missing;
          return !gatesPass(evaluateGates(subject(), r));
        },
      ),
    );
  });
});
