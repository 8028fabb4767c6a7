import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { FakeGitHost } from '@fairway/plugin-platform-envs-node/testUtils';
import {
  anEnvironment,
  anOverlay,
  digestOf,
  REPOSITORY,
} from '../__testUtils__/entities';
import { MemorySnapshotStore } from '../__testUtils__/MemorySnapshotStore';
import { buildCatalogView } from './CatalogView';
import { DesiredState } from './DesiredState';
import { PushNews } from './PushNews';

const DEV_BACKEND = 'gitops/overlays/dev/backend/kustomization.yaml';
const DEV_WEB = 'gitops/overlays/dev/web/kustomization.yaml';

function setUp(entities = [anEnvironment('dev'), anEnvironment('prod')]) {
  const gitHost = new FakeGitHost();
  const onChange = jest.fn();
  const state = new DesiredState({
    gitHost,
    logger: mockServices.logger.mock(),
    now: () => new Date('2026-03-10T12:00:00Z'),
    onChange,
  });
  state.setEnvironments(buildCatalogView(entities).environments);
  const entries = () => state.getRepositories()[0].entries;
  return { gitHost, onChange, state, entries };
}

describe('DesiredState', () => {
  it('reads overlays with the commit that changed them last', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
      [DEV_WEB]: anOverlay('web'),
      'gitops/base/web/deployment.yaml': 'kind: Deployment',
    });
    await state.poll();
    expect(state.getRepositories()[0]).toMatchObject({
      state: 'live',
      observedAt: '2026-03-10T12:00:00.000Z',
    });
    expect(Object.keys(entries()).sort()).toEqual([DEV_BACKEND, DEV_WEB]);
    expect(entries()[DEV_BACKEND]).toMatchObject({
      release: {
        image: 'registry.example.com/backend',
        version: '1.2.0',
        digest: digestOf('1.2.0'),
      },
      change: { author: 'Somebody', message: 'Change by hand' },
    });
    expect(entries()[DEV_WEB].release).toBeUndefined();
    expect(entries()[DEV_WEB].problem).toBeUndefined();
  });

  it('reads tfvars files of ECS environments', async () => {
    const { gitHost, state, entries } = setUp([
      anEnvironment('dev', { runtime: 'ecs' }),
    ]);
    gitHost.push(REPOSITORY, 'main', {
      'gitops/dev/api.tfvars.json': JSON.stringify(
        {
          image_repository: 'registry.example.com/api',
          image_tag: '0.8.4',
          image_digest: digestOf('0.8.4'),
          desired_count: 2,
        },
        null,
        2,
      ),
    });
    await state.poll();
    expect(entries()['gitops/dev/api.tfvars.json'].release).toEqual({
      image: 'registry.example.com/api',
      version: '0.8.4',
      digest: digestOf('0.8.4'),
    });
  });

  it('asks one question while nothing moves, and reads only what changed', async () => {
    const { gitHost, state, onChange, entries } = setUp();
    const [head, readFiles, lastChanges] = (
      ['head', 'readFiles', 'lastChanges'] as const
    ).map(method => jest.spyOn(gitHost, method));
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
      [DEV_WEB]: anOverlay('web', '1.0.0'),
    });
    await state.poll();
    // what should run, and then whose change it was
    expect(onChange).toHaveBeenCalledTimes(2);
    await state.poll();
    await state.poll();
    expect(head).toHaveBeenCalledTimes(3);
    expect(readFiles).toHaveBeenCalledTimes(1);
    expect(lastChanges).toHaveBeenCalledTimes(1);
    expect(onChange).toHaveBeenCalledTimes(2);

    gitHost.push(REPOSITORY, 'main', { [DEV_WEB]: anOverlay('web', '1.1.0') });
    await state.poll();
    expect(lastChanges).toHaveBeenCalledTimes(2);
    expect(lastChanges.mock.lastCall![2]).toEqual([
      expect.objectContaining({ path: DEV_WEB }),
    ]);
    expect(entries()[DEV_WEB].release?.version).toBe('1.1.0');
    expect(onChange).toHaveBeenCalledTimes(4);
  });

  it('tells what should run before it knows whose change that was', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
    });
    let told = () => {};
    const asked = new Promise<void>(resolve => {
      told = resolve;
    });
    let answer = () => {};
    const { lastChanges } = gitHost;
    jest.spyOn(gitHost, 'lastChanges').mockImplementation(async (...place) => {
      told();
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      return lastChanges.apply(gitHost, place);
    });
    const reading = state.poll();
    await asked;
    const before = entries()[DEV_BACKEND];
    expect(before.release?.version).toBe('1.2.0');
    expect(before.change).toBeUndefined();
    answer();
    await reading;
    expect(entries()[DEV_BACKEND].change?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(before.change).toBeUndefined();
  });

  it('keeps what it knows when the host is down, says why, and recovers', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
    });
    await state.poll();
    gitHost.failNext.push({
      method: 'head',
      error: new ServiceUnavailableError('The Git host does not answer'),
    });
    await state.poll();
    expect(state.getRepositories()[0]).toMatchObject({
      state: 'stale',
      message: 'The Git host does not answer',
    });
    expect(entries()[DEV_BACKEND].release?.version).toBe('1.2.0');
    await state.poll();
    expect(state.getRepositories()[0].state).toBe('live');
    expect(state.getRepositories()[0].message).toBeUndefined();
  });

  it('one file that cannot be understood spoils no other', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: 'images: [',
      [DEV_WEB]: anOverlay('web', '1.0.0'),
      'gitops/overlays/prod/web/kustomization.yaml': 'x'.repeat(2_000_000),
    });
    await state.poll();
    expect(entries()[DEV_BACKEND].problem).toContain(DEV_BACKEND);
    expect(
      entries()['gitops/overlays/prod/web/kustomization.yaml'].problem,
    ).toContain('too large');
    expect(entries()[DEV_WEB].release?.version).toBe('1.0.0');
  });

  it('does not lose a release because its commit is not known', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
    });
    gitHost.failNext.push({
      method: 'history',
      error: new ServiceUnavailableError('Slow'),
    });
    await state.poll();
    expect(entries()[DEV_BACKEND].release?.version).toBe('1.2.0');
    expect(entries()[DEV_BACKEND].change).toBeUndefined();
  });

  it('counts what is known from before a restart as stale, and reads again', async () => {
    const first = setUp();
    first.gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
    });
    await first.state.poll();
    const saved = first.state.getRepositories();

    const second = setUp();
    second.state.restore(saved);
    expect(second.state.getRepositories()[0].state).toBe('stale');
    expect(second.entries()[DEV_BACKEND].release?.version).toBe('1.2.0');
    second.gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.3.0'),
    });
    await second.state.poll();
    expect(second.entries()[DEV_BACKEND].release?.version).toBe('1.3.0');
  });

  it('F21 tells the last commit of a rewritten history, though the file is the same', async () => {
    const { gitHost, state, entries } = setUp();
    const content = { [DEV_BACKEND]: anOverlay('backend', '1.2.0') };
    gitHost.push(REPOSITORY, 'main', content);
    await state.poll();
    const rewritten = gitHost.rewrite(REPOSITORY, 'main', content);
    await state.poll();
    expect(entries()[DEV_BACKEND].change?.commit).toBe(rewritten);

    const saved = JSON.parse(JSON.stringify(state.getRepositories()));
    const next = setUp();
    next.gitHost.push(REPOSITORY, 'main', { 'README.md': 'Begun anew.' });
    const begun = next.gitHost.push(REPOSITORY, 'main', content);
    next.state.restore(saved);
    await next.state.poll();
    expect(next.entries()[DEV_BACKEND].change?.commit).toBe(begun);
  });

  it('reads how many copies an overlay asks for, and the commit that its release names', async () => {
    const { gitHost, state, entries } = setUp();
    const revision = 'a'.repeat(40);
    gitHost.push(
      REPOSITORY,
      'main',
      {
        [DEV_BACKEND]: `${anOverlay(
          'backend',
          '1.2.0',
        )}replicas:\n  - name: backend\n    count: 3\n`,
      },
      `Release backend 1.2.0\n\nSource-Commit: shop/backend@${revision}`,
    );
    await state.poll();
    expect(entries()[DEV_BACKEND]).toMatchObject({
      replicas: 3,
      release: { version: '1.2.0', revision },
      change: { message: 'Release backend 1.2.0' },
    });
  });

  it('looks once more for whoever asks while it is looking', async () => {
    const { gitHost, state, entries } = setUp();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.2.0'),
    });
    const running = state.poll();
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.3.0'),
    });
    await state.refresh(REPOSITORY, 'main');
    await running;
    expect(entries()[DEV_BACKEND].release?.version).toBe('1.3.0');
  });
});

describe('DesiredState with webhooks', () => {
  const MINUTE = 60_000;

  function aRoom(audience: { since: number | undefined } = { since: 0 }) {
    let nowMs = Date.parse('2026-03-10T12:00:00Z');
    const now = () => new Date(nowMs);
    const gitHost = new FakeGitHost();
    const heads = jest.spyOn(gitHost, 'head');
    const store = new MemorySnapshotStore();
    const logger = mockServices.logger.mock();
    const aReplica = () => {
      const pushes = new PushNews({ store, logger, now });
      const state = new DesiredState({
        gitHost,
        logger,
        now,
        pushes,
        paces: {
          untold: new Pace(
            { activeMs: MINUTE, idleMs: 60 * MINUTE },
            { audience, now },
          ),
          told: new Pace(
            { activeMs: 5 * MINUTE, idleMs: 60 * MINUTE },
            { audience, now },
          ),
        },
        onChange: () => {},
      });
      state.setEnvironments(
        buildCatalogView([anEnvironment('dev')]).environments,
      );
      return { pushes, state };
    };
    gitHost.push(REPOSITORY, 'main', {
      [DEV_BACKEND]: anOverlay('backend', '1.0.0'),
    });
    return {
      aReplica,
      gitHost,
      heads,
      push: (version: string) =>
        gitHost.push(REPOSITORY, 'main', {
          [DEV_BACKEND]: anOverlay('backend', version),
        }),
      pass: (ms: number) => {
        nowMs += ms;
      },
    };
  }

  const versionIn = (state: DesiredState) =>
    state.getRepositories()[0].entries[DEV_BACKEND]?.release?.version;

  it('asks by the minute while somebody looks, and seldom while nobody does', async () => {
    const audience: { since: number | undefined } = { since: 0 };
    const { aReplica, heads, pass } = aRoom(audience);
    const { state } = aReplica();
    await state.poll();
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(1);
    pass(MINUTE);
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(2);
    audience.since = undefined;
    pass(30 * MINUTE);
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(2);
    audience.since = 0;
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(3);
  });

  it('relies on webhooks until a push comes that they did not tell of', async () => {
    const { aReplica, heads, push, pass } = aRoom();
    const { state, pushes } = aReplica();
    await state.poll();
    push('1.1.0');
    await pushes.told(REPOSITORY);
    await state.poll();
    expect(versionIn(state)).toBe('1.1.0');
    pass(2 * MINUTE);
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(2);
    push('1.2.0');
    pass(3 * MINUTE);
    await state.poll();
    expect(versionIn(state)).toBe('1.2.0');
    expect(pushes.areTold(REPOSITORY)).toBe(false);
    pass(MINUTE);
    await state.poll();
    expect(heads).toHaveBeenCalledTimes(4);
    await pushes.told(REPOSITORY);
    expect(pushes.areTold(REPOSITORY)).toBe(true);
  });

  it('sees a push at the next poll when another replica was told of it', async () => {
    const { aReplica, heads, push, pass } = aRoom();
    const here = aReplica();
    const there = aReplica();
    await there.pushes.told(REPOSITORY);
    await here.state.poll();
    pass(1_000);
    push('1.1.0');
    await there.pushes.told(REPOSITORY);
    await here.state.poll();
    expect(versionIn(here.state)).toBe('1.1.0');
    expect(here.pushes.areTold(REPOSITORY)).toBe(true);
    await here.state.poll();
    expect(heads).toHaveBeenCalledTimes(2);
  });

  it('takes a push that follows on what it knows at its word, and asks about any other', async () => {
    const { aReplica, gitHost, heads, push } = aRoom();
    const ancestors = jest.spyOn(gitHost, 'isAncestor');
    const { state } = aReplica();
    await state.poll();
    const known = () => state.getRepositories()[0].head!;
    const first = known();
    const next = push('1.1.0');
    await state.refresh(REPOSITORY, 'main', { before: first, after: next });
    expect(versionIn(state)).toBe('1.1.0');
    expect(known()).toBe(next);
    expect(
      state.getRepositories()[0].entries[DEV_BACKEND].change,
    ).toBeDefined();
    expect(heads).toHaveBeenCalledTimes(1);
    expect(ancestors).not.toHaveBeenCalled();

    // one that came late, of what was there long ago
    await state.refresh(REPOSITORY, 'main', { before: first, after: next });
    expect(heads).toHaveBeenCalledTimes(2);
    // one before it was never told
    push('1.2.0');
    const last = push('1.3.0');
    const between = gitHost.log(REPOSITORY, 'main')[1].sha;
    await state.refresh(REPOSITORY, 'main', { before: between, after: last });
    expect(versionIn(state)).toBe('1.3.0');
    expect(heads).toHaveBeenCalledTimes(3);
  });

  it('asks when the commit of a push cannot be had', async () => {
    const { aReplica, gitHost, heads, push } = aRoom();
    const { state } = aReplica();
    await state.poll();
    const before = state.getRepositories()[0].head!;
    const after = push('1.1.0');
    gitHost.failNext.push({ method: 'follow', error: new Error('no') });
    await state.refresh(REPOSITORY, 'main', { before, after });
    expect(versionIn(state)).toBe('1.1.0');
    expect(heads).toHaveBeenCalledTimes(2);
    expect(state.getRepositories()[0].state).toBe('live');
  });
});
