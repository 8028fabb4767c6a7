import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import {
  openSandboxPlatform,
  runAction,
  SandboxPlatform,
  seedEntities,
} from '../__testUtils__/sandboxPlatform';
import { FakePortal } from '../removal/__testUtils__/FakePortal';
import { createAddOverlaysAction } from './addOverlays';
import { createCreateRegistryAction } from './createRegistry';
import { createRemoveServiceAction } from './removeService';

jest.setTimeout(90_000);

const SYSTEM = 'system:default/sample-platform-ai';
const ORG = 'sample-platform-ai';
const GITOPS = `${ORG}/${ORG}`;
const REGISTRY = { accountId: '111100000000', region: 'ap-southeast-2' };

describe('fairway:service:remove', () => {
  let platform: SandboxPlatform<Sandbox>;
  let portal: FakePortal;
  let portalUrl: string;
  let locations: Array<{ id: string; type: string; target: string }>;
  let entities: Entity[];

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github', 'aws'] }),
    );
  });
  afterAll(() => platform?.stop());
  beforeEach(async () => {
    portal = new FakePortal();
    portalUrl = await portal.start();
    locations = [];
    entities = seedEntities();
  });
  afterEach(() => portal.stop());

  const world = () => platform.world;

  const github = (path: string, method = 'GET', body?: object) =>
    fetch(`${platform.urls.github}/api/v3${path}`, {
      method,
      headers: { authorization: 'Bearer sandbox-github-token' },
      ...(body && { body: JSON.stringify(body) }),
    });

  /** What a template leaves behind: overlays, registry, repository, catalog entry. */
  async function create(name: string, task = `made-${name}`) {
    const shared = {
      ...platform,
      pollMs: 5,
      gitHost: platform.gitHost,
    };
    await runAction(createCreateRegistryAction(shared), {
      input: { system: SYSTEM, component: name, owner: `group:default/${ORG}` },
      taskId: task,
    });
    await runAction(createAddOverlaysAction(shared), {
      input: { system: SYSTEM, component: name },
      taskId: task,
    });
    const response = await github(`/orgs/${ORG}/repos`, 'POST', {
      name,
      homepage: `http://portal.test/${name}?created-by-task=${task}`,
    });
    expect(response.status).toBe(201);
    enter(name);
  }

  function enter(name: string) {
    const target = `http://${platform.gitHost}/${ORG}/${name}/blob/main/catalog-info.yaml`;
    locations.push({ id: `location-${name}`, type: 'url', target });
    entities.push({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name,
        namespace: 'default',
        annotations: {
          'github.com/project-slug': `${ORG}/${name}`,
          'backstage.io/managed-by-origin-location': `url:${target}`,
        },
      },
      spec: { type: 'service', system: ORG },
      relations: [{ type: 'dependsOn', targetRef: 'resource:default/db' }],
    });
  }

  function remove(
    name: string,
    options: {
      input?: object;
      isDryRun?: boolean;
      signal?: AbortSignal;
      taskId?: string;
    } = {},
  ) {
    const inner = catalogServiceMock({ entities });
    const catalog = new Proxy(inner, {
      get(target, key) {
        if (key === 'getLocations') return async () => ({ items: locations });
        if (key === 'removeLocationById') {
          return async (id: string) => {
            locations = locations.filter(location => location.id !== id);
            entities = entities.filter(e => e.metadata.name !== name);
          };
        }
        const value = (target as any)[key];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const action = createRemoveServiceAction({
      ...platform,
      catalog,
      auth: mockServices.auth(),
      discovery: { getBaseUrl: async () => portalUrl } as never,
      pollMs: 5,
    });
    return runAction(action, {
      ...options,
      taskId: options.taskId ?? 'remove-1',
      input: {
        component: `component:default/${name}`,
        reason: 'Nobody needs it',
        ...options.input,
      } as never,
    });
  }

  const filesOf = async (name: string) => {
    const head = await world().git.resolve(GITOPS, 'main');
    const files = await world().git.listFiles(GITOPS, head!, 'gitops');
    return files.filter((path: string) => path.includes(`/${name}`));
  };

  it('says in a dry run what would go and what stays, and touches nothing', async () => {
    await create('dry-one');
    const before = await filesOf('dry-one');
    const { output, log } = await remove('dry-one', { isDryRun: true });
    const planned = output.planned.map(
      ({ kind, name, change }: any) => `${change} ${kind} ${name}`,
    );
    expect(planned).toEqual([
      ...before.map((path: string) => `remove file ${path}`).sort(),
      'remove awsResource fairway-registry-dry-one',
      'keep awsResource dry-one',
      // where its images are copied to
      'remove awsResource fairway-registry-dry-one',
      'keep awsResource dry-one',
      `update repository ${ORG}/dry-one`,
      'remove catalogEntry component:default/dry-one',
      'keep catalogEntry resource:default/db',
    ]);
    expect(output.summary).toMatch(/^Would take away \d+ things/);
    expect(output.findings).toEqual([]);
    expect(log.join('\n')).toContain('Keeps dry-one');
    expect(await filesOf('dry-one')).toEqual(before);
    expect(portal.removal).toBeUndefined();
  });

  it('takes everything away in order, one commit for the desired state, images kept, the catalog last', async () => {
    await create('goes-away');
    world().images.push({
      ...REGISTRY,
      repository: 'goes-away',
      digest: `sha256:${'a'.repeat(64)}`,
      tags: ['0.1.0'],
    });
    const commits = await world().git.log(GITOPS, 'main', { limit: 500 });
    const { output } = await remove('goes-away');
    expect(output).toMatchObject({
      removalPath: '/removals/01KJM0000000000000000000RM',
      summary: 'component:default/goes-away is removed.',
    });
    expect(await filesOf('goes-away')).toEqual([]);
    const after = await world().git.log(GITOPS, 'main', { limit: 500 });
    expect(after).toHaveLength(commits.length + 1);
    expect(after[0].message).toContain('Fairway-Removed: goes-away');
    expect(
      world().images.hasRepository(
        REGISTRY.accountId,
        REGISTRY.region,
        'goes-away',
      ),
    ).toBe(true);
    const repository = await (await github(`/repos/${ORG}/goes-away`)).json();
    expect(repository.archived).toBe(true);
    expect(locations).toEqual([]);
    expect(portal.removal).toMatchObject({ state: 'DONE' });
    expect(portal.removal!.steps.map(s => `${s.id} ${s.state}`)).toEqual([
      'desired-state done',
      'stopped done',
      'registry done',
      'repository done',
      'catalog done',
    ]);
    // the same run again finds that it is done
    const again = await remove('goes-away');
    expect(again.output.summary).toContain('is removed');
  });

  it('deletes images when that was asked for', async () => {
    await create('with-images');
    world().images.push({
      ...REGISTRY,
      repository: 'with-images',
      digest: `sha256:${'b'.repeat(64)}`,
      tags: ['0.1.0'],
    });
    const has = (region: string) =>
      world().images.hasRepository(REGISTRY.accountId, region, 'with-images');
    const regions = [REGISTRY.region, 'ap-southeast-4'];
    expect(regions.map(has)).toEqual([true, true]);
    await remove('with-images', { input: { deleteImages: true } });
    expect(regions.map(has)).toEqual([false, false]);
  });

  it('waits for somebody to agree, and takes nothing away before', async () => {
    await create('guarded');
    portal.needsApproval = true;
    await expect(
      remove('guarded', { input: { waitSeconds: 0 } }),
    ).rejects.toThrow('Nobody has agreed yet');
    expect(await filesOf('guarded')).not.toEqual([]);
    // approved meanwhile: Retry goes on
    portal.decide('APPROVED');
    await remove('guarded', { input: { waitSeconds: 0 } });
    expect(await filesOf('guarded')).toEqual([]);
  });

  it('says in a dry run what is in the way, and who has to agree', async () => {
    await create('needed');
    portal.needsApproval = true;
    portal.dependents = [
      { entityRef: 'component:default/shop', how: 'consumes its API' },
    ];
    const findings = async (input = {}) =>
      (await remove('needed', { isDryRun: true, input })).output.findings.map(
        ({ severity, message }: any) => [severity, message],
      );
    expect(await findings()).toEqual([
      ['blocking', 'component:default/shop consumes its API'],
      ['warning', expect.stringContaining('has to agree. It is in')],
    ]);
    const [[severity]] = await findings({ despiteDependents: true });
    expect(severity).toBe('warning');
  });

  it('ends when somebody says no', async () => {
    await create('refused');
    portal.needsApproval = true;
    const running = remove('refused', { input: { waitSeconds: 60 } });
    const decided = (async () => {
      while (!portal.removal) await new Promise(r => setTimeout(r, 10));
      portal.decide('REJECTED');
    })();
    await expect(running).rejects.toThrow('Nothing was taken away');
    await decided;
    expect(await filesOf('refused')).not.toEqual([]);
  });

  it('F34 goes on after it died at any step, and removes nothing twice', async () => {
    await create('dies-often');
    portal.running = ['dies-often-dev'];
    // dies while it waits for the prune
    const death = new AbortController();
    portal.onStep = ({ id, state }) => {
      if (id === 'stopped' && state === 'running') death.abort();
    };
    await expect(
      remove('dies-often', { signal: death.signal }),
    ).rejects.toThrow();
    expect(portal.removal!.state).toBe('RUNNING');
    expect(await filesOf('dies-often')).toEqual([]);
    expect(portal.removal!.steps.at(-1)).toMatchObject({
      id: 'stopped',
      state: 'failed',
      sentence: 'The run was cancelled',
    });
    const commits = await world().git.log(GITOPS, 'main', { limit: 500 });
    portal.running = [];
    portal.onStep = undefined;
    // dies again: the entry is gone, but the portal was not told
    entities = entities.filter(e => e.metadata.name !== 'dies-often');
    await remove('dies-often');
    expect(await world().git.log(GITOPS, 'main', { limit: 500 })).toHaveLength(
      commits.length,
    );
    expect(portal.removal!.state).toBe('DONE');
  });

  it('F33 names what Fairway did not make', async () => {
    enter('sample-backend');
    const { output } = await remove('sample-backend', { isDryRun: true });
    const files = output.planned.filter((t: any) => t.kind === 'file');
    expect(files.length).toBeGreaterThan(0);
    expect(files[0].note).toContain('Fairway-Component: sample-backend');
    await expect(
      remove('sample-backend', { input: { waitSeconds: 0 } }),
    ).resolves.toBeDefined();
    expect(portal.removal!.plan.foreign).toEqual(
      expect.arrayContaining(files.map((t: any) => t.name)),
    );
  });

  it.each([
    ['component:default/none', {}, 'There is no component:default/none'],
    ['api:default/x', {}, 'is no component'],
    ['../../x', {}, 'is no entity ref'],
    ['🚀', {}, 'is no entity ref'],
    ['component:default/typo', { confirm: 'tpyo' }, 'but wrote "tpyo"'],
  ])('refuses %s', async (component, input, message) => {
    await expect(
      remove('x', { input: { component, ...input } }),
    ).rejects.toThrow(message);
    expect(portal.calls.filter(call => call.startsWith('POST'))).toEqual([]);
  });
});
