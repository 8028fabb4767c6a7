import {
  DeliveryCell,
  FirstDelivery,
  okReading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { BuildRun } from '@fairway/plugin-platform-envs-node';
import { Trouble } from '../../database/FirstDeliveryStore';
import { judgeFirstDelivery } from './judgeFirstDelivery';
import { FirstDeliveryFacts } from './verdict';

const DEV = 'environment:default/sample-platform-ai-dev';
const AT = '2026-11-21T10:00:00.000Z';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const release = { image: 'registry/greeter', version: '0.1.0', digest: DIGEST };
const minutes = (n: number) => new Date(Date.parse(AT) + n * 60_000);

const before: FirstDelivery & { trouble?: Trouble } = {
  id: '01KJM0000000000000000000AB',
  componentRef: 'component:default/greeter',
  systemRef: 'system:default/sample-platform-ai',
  environmentRef: DEV,
  environmentName: 'dev',
  requestedBy: 'user:default/developer',
  repository: 'sample-platform-ai/greeter',
  state: 'following',
  sentence: '',
  steps: [],
  createdAt: AT,
  observedAt: AT,
};

function aCell(changes: Partial<DeliveryCell> = {}): DeliveryCell {
  return {
    componentRef: before.componentRef,
    environmentRef: DEV,
    application: { name: 'greeter-dev', instance: 'main', match: 'derived' },
    desired: okReading({ ...release, path: 'x', committedAt: AT }, AT),
    live: okReading(release, AT),
    sync: 'Synced',
    health: 'Healthy',
    state: 'healthy',
    sentence: 'Runs 0.1.0.',
    source: { state: 'live' },
    links: [{ title: 'Argo CD', url: 'http://argo/greeter', type: 'argocd' }],
    ...changes,
  };
}

const unreleased = aCell({
  desired: okReading({ ...release, version: 'unreleased', path: 'x' }, AT),
  live: unavailableReading('Not deployed yet'),
  sync: 'OutOfSync',
  health: 'Missing',
});

const run = (changes: Partial<BuildRun> = {}): BuildRun => ({
  state: 'running',
  url: 'http://ci/1',
  name: 'ci',
  commit: 'c'.repeat(40),
  startedAt: AT,
  ...changes,
});

const image = okReading({ digest: DIGEST, tags: ['0.1.0'], pushedAt: AT }, AT);
const copied = okReading(
  [{ region: 'us-west-2', accountId: '1', state: 'copied' as const }],
  AT,
);

function judge(
  facts: Partial<FirstDeliveryFacts>,
  now = minutes(1),
  was = before,
) {
  const judged = judgeFirstDelivery(
    was,
    { repositoryUrl: 'http://git/greeter', secondRegions: [], ...facts },
    now,
  );
  return {
    ...judged,
    states: judged.steps.map(step => step.state).join(' '),
  };
}

/** What is judged when the same is still so after some minutes. */
function judgeAfter(facts: Partial<FirstDeliveryFacts>, waited: number) {
  const first = judge(facts, minutes(0));
  return judge(facts, minutes(waited), { ...before, ...first });
}

describe('judgeFirstDelivery', () => {
  it.each<[string, Partial<FirstDeliveryFacts>, string, string]>([
    [
      'waits for CI',
      { build: okReading(undefined, AT) },
      'done waiting skipped waiting waiting waiting',
      'Waiting for CI to begin',
    ],
    [
      'follows a build',
      { build: okReading(run(), AT), cell: unreleased },
      'done running skipped waiting waiting waiting',
      'CI builds the first image.',
    ],
    [
      'knows a build in its queue',
      { build: okReading(run({ state: 'queued' }), AT) },
      'done running skipped waiting waiting waiting',
      'CI has the first build in its queue.',
    ],
    [
      'waits for the release in Git',
      {
        build: okReading(run({ state: 'succeeded' }), AT),
        image,
        replicas: copied,
        secondRegions: ['us-west-2'],
        cell: unreleased,
      },
      'done done done running waiting waiting',
      'CI is done, but the GitOps repository has no release yet',
    ],
    [
      'waits for copies in the second region',
      {
        image,
        replicas: okReading(
          [{ region: 'us-west-2', accountId: '1', state: 'copying' }],
          AT,
        ),
        secondRegions: ['us-west-2'],
        cell: aCell(),
      },
      'done done running done done done',
      'The registry copies it to us-west-2.',
    ],
    [
      'says that nothing copies to the second region',
      {
        image,
        replicas: okReading([], AT),
        secondRegions: ['us-west-2'],
        cell: aCell({ health: 'Progressing', sentence: 'Rolling out.' }),
      },
      'done done skipped done done running',
      'Rolling out.',
    ],
    [
      'is done when it is healthy',
      { image, replicas: copied, cell: aCell() },
      'done done done done done done',
      'Runs 0.1.0.',
    ],
    [
      'is done where nothing says what runs',
      {
        replicas: okReading([], AT),
        cell: aCell({
          application: undefined,
          source: { state: 'absent' },
          sentence: 'What runs is not known.',
        }),
      },
      'done done skipped done skipped skipped',
      'What runs is not known.',
    ],
    [
      'takes no older release that still runs for the new one',
      {
        replicas: okReading([], AT),
        cell: aCell({
          live: okReading(
            { ...release, digest: `sha256:${'b'.repeat(64)}` },
            AT,
          ),
        }),
      },
      'done done skipped done running running',
      'Runs 0.1.0.',
    ],
    [
      'never calls green what a quiet source said last',
      {
        replicas: okReading([], AT),
        cell: aCell({
          source: { state: 'stale' },
          sentence: 'Argo CD has not answered for 4 min.',
        }),
      },
      'done done skipped done running waiting',
      'Argo CD has not answered for 4 min.',
    ],
    [
      'says that CI cannot be asked',
      { build: unavailableReading('GitHub refuses the credentials (401)') },
      'done running skipped waiting waiting waiting',
      'How CI stands is not known: GitHub refuses the credentials (401).',
    ],
  ])('%s', (_, facts, states, sentence) => {
    const judged = judge(facts);
    expect(judged.states).toBe(states);
    expect(judged.sentence).toContain(sentence);
    const ended = !/waiting|running/.test(states);
    expect(judged.state).toBe(ended ? 'delivered' : 'following');
  });

  it('says at once that the build failed, what it said, and where', () => {
    const judged = judge({
      build: okReading(
        run({ state: 'failed', failure: 'job check, step Test: 2 failed' }),
        AT,
      ),
    });
    expect(judged.state).toBe('stopped');
    expect(judged.sentence).toContain('job check, step Test: 2 failed');
    expect(judged.steps[1].link?.url).toBe('http://ci/1');
  });

  it.each<[string, Partial<FirstDeliveryFacts>, number, string]>([
    [
      'no build began',
      { build: okReading(undefined, AT) },
      5,
      'whether GitHub Actions is enabled',
    ],
    [
      'the registry lacks the image of a good build',
      {
        build: okReading(run({ state: 'succeeded' }), AT),
        image: okReading(undefined, AT),
      },
      1,
      'the registry has no image',
    ],
    [
      'a good build writes no release',
      { build: okReading(run({ state: 'succeeded' }), AT), image },
      5,
      'may write there',
    ],
    [
      'nothing follows the overlay',
      {
        replicas: okReading([], AT),
        cell: aCell({
          application: undefined,
          live: unavailableReading('none'),
          sentence: 'Argo CD has no application for it.',
        }),
      },
      4,
      'Nothing follows the desired state. Argo CD has no application for it.',
    ],
    [
      'the sync keeps failing',
      {
        replicas: okReading([], AT),
        cell: aCell({
          sync: 'OutOfSync',
          lastOperation: { phase: 'Failed', message: 'quota exceeded' },
        }),
      },
      1,
      'The sync failed: quota exceeded.',
    ],
    [
      'it stays degraded',
      {
        replicas: okReading([], AT),
        cell: aCell({
          health: 'Degraded',
          sentence: 'Pods cannot start.',
          resources: [
            {
              kind: 'Pod',
              name: 'greeter-1',
              health: 'Degraded',
              message: 'ImagePullBackOff',
            },
          ],
        }),
      },
      0.75,
      'It does not come up: Pods cannot start. (Pod greeter-1: ImagePullBackOff)',
    ],
  ])(
    'says so when %s, but not before its time',
    (_, facts, after, sentence) => {
      expect(judgeAfter(facts, after - 0.1).state).toBe('following');
      const judged = judgeAfter(facts, after);
      expect(judged.state).toBe('stopped');
      expect(judged.sentence).toContain(sentence);
    },
  );

  it('begins to wait anew when something else is wrong', () => {
    const noBuild = judge({ build: okReading(undefined, AT) }, minutes(0));
    const later = judge(
      { build: okReading(run({ state: 'succeeded' }), AT), image },
      minutes(6),
      { ...before, ...noBuild },
    );
    expect(later.state).toBe('following');
    expect(later.trouble).toEqual({
      key: 'noRelease',
      since: minutes(6).toISOString(),
    });
  });

  it('goes on by itself when what stopped it is mended', () => {
    const stopped = judge({ build: okReading(run({ state: 'failed' }), AT) });
    const mended = judge({ build: okReading(run(), AT) }, minutes(9), {
      ...before,
      ...stopped,
    });
    expect(mended.state).toBe('following');
  });

  it('does not wait for copies for ever once it is healthy', () => {
    const facts: Partial<FirstDeliveryFacts> = {
      image,
      replicas: unavailableReading('may not be read'),
      secondRegions: ['us-west-2'],
      cell: aCell(),
    };
    expect(judgeAfter(facts, 1.9).state).toBe('following');
    expect(judgeAfter(facts, 2).state).toBe('delivered');
  });

  it('keeps since when a step is as it is', () => {
    const facts = { image, replicas: copied, cell: aCell() };
    const first = judge(facts, minutes(1));
    const again = judge(facts, minutes(8), { ...before, ...first });
    expect(again.steps).toEqual(first.steps);
    expect(again.steps[5].at).toBe(minutes(1).toISOString());
    expect(again.steps[3].at).toBe(AT);
  });
});
