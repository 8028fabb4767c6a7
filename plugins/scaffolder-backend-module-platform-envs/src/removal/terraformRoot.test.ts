import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  ComponentDelivery,
  Removal,
  RemovalStep,
} from '@fairway/plugin-platform-envs-common';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import {
  openSandboxPlatform,
  runAction,
  SandboxPlatform,
  seedEntities,
} from '../__testUtils__/sandboxPlatform';
import { createAddOverlaysAction } from '../actions/addOverlays';
import { createGithubClient } from '../github/createGithubClient';
import { readPlatform } from '../platform/readPlatform';
import { carryOutRemoval } from './carryOutRemoval';
import { findDesiredState } from './desiredState';

const SYSTEM = 'system:default/mobilytics';
const REPOSITORY = 'mobilytics/mobilytics-infra';
const ENVIRONMENTS = ['sandbox', 'dogfood', 'dev', 'staging', 'prod'];

jest.setTimeout(60_000);

describe('carryOutRemoval of a service on ECS', () => {
  let platform: SandboxPlatform<Sandbox>;
  const logger = mockServices.logger.mock();
  const credentials = mockCredentials.user();

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
  });
  afterAll(() => platform?.stop());

  const git = () => platform.world.git;
  const log = () => git().log(REPOSITORY, 'main', { limit: 500 });

  /** Environments that keep their desired state in another folder of the repository. */
  function catalogIn(folder: string) {
    const entities = seedEntities().map((entity: Entity): Entity => {
      const { gitops } = (entity.spec ?? {}) as { gitops?: object };
      return gitops
        ? {
            ...entity,
            spec: { ...entity.spec, gitops: { ...gitops, path: folder } },
          }
        : entity;
    });
    return catalogServiceMock({ entities });
  }

  function place(folder: string) {
    const catalog = catalogIn(folder);
    const at = (path: string) => (folder ? `${folder}/${path}` : path);

    const create = (name: string) =>
      runAction(createAddOverlaysAction({ ...platform, catalog }), {
        input: { system: SYSTEM, component: name, queue: true },
        taskId: `made-${name}`,
      });
    const filesOf = async (name: string) =>
      (await git().listFiles(REPOSITORY, 'main')).filter(
        (path: string) =>
          path.startsWith(at(`services/${name}/`)) ||
          path.endsWith(`/${name}.tfvars.json`),
      );

    /** As somebody agreed to it. */
    async function planned(name: string): Promise<Removal> {
      const { gitops, environments } = await readPlatform({
        catalog,
        credentials,
        system: SYSTEM,
      });
      const found = await findDesiredState({
        client: await createGithubClient({
          integrations: platform.integrations,
          host: platform.gitHost,
          owner: gitops.owner,
          repo: gitops.repo,
          logger,
        }),
        gitops,
        environments: environments.map(({ shortName }) => shortName),
        component: name,
        logger,
      });
      return {
        id: '01KJM0000000000000000000RM',
        componentRef: `component:default/${name}`,
        systemRef: SYSTEM,
        requestedBy: 'user:default/mobilytics-developer',
        reason: 'Nobody needs it',
        state: 'RUNNING',
        planDigest: 'digest',
        plan: {
          things: found.things,
          foreign: found.foreign,
          keepImages: true,
          dependents: [],
          despiteDependents: false,
          places: [],
          openPromotions: [],
        },
        policy: {
          minApprovals: 0,
          approverGroups: [],
          excludeRequester: true,
          environmentRefs: [],
          reasons: [],
        },
        approvals: [],
        steps: [],
        createdAt: '2026-11-21T00:00:00Z',
        updatedAt: '2026-11-21T00:00:00Z',
      } as Removal;
    }

    /** Carries it out; `running` says what the board still shows. */
    async function carryOut(
      removal: Removal,
      running: () => string[] | Promise<string[]>,
      signal?: AbortSignal,
    ) {
      const steps: Array<Omit<RemovalStep, 'at'>> = [];
      const result = carryOutRemoval({
        ...platform,
        catalog,
        removal,
        taskId: 'remove-1',
        credentials,
        serviceCredentials: mockCredentials.service(),
        readDelivery: async () =>
          ({
            row: {
              cells: (await running()).map(name => ({
                environmentRef: 'environment:default/mobilytics-dev',
                application: { name },
                source: { state: 'live' },
              })),
            },
          } as unknown as ComponentDelivery),
        note: async step => {
          if (step.state !== 'running') steps.push(step);
        },
        logger,
        signal,
        pollMs: 5,
      });
      await result;
      return steps;
    }

    return { at, create, filesOf, planned, carryOut };
  }

  it.each([
    ['a folder of the repository', 'deploy', 'goes-away'],
    ['the repository itself', '', 'goes-away-too'],
  ])(
    'keeps what Terraform destroys it by until it runs nowhere, in %s',
    async (_title, folder, name) => {
      const { at, create, filesOf, planned, carryOut } = place(folder);
      await create(name);
      await create(`${name}-stays`);
      const root = (await filesOf(name)).filter((path: string) =>
        path.startsWith(at(`services/${name}/`)),
      );
      expect(root).toEqual(
        expect.arrayContaining(
          ['main.tf', 'queue.tf', 'component.auto.tfvars.json'].map(file =>
            at(`services/${name}/${file}`),
          ),
        ),
      );
      const commits = (await log()).length;
      const seen: string[][] = [];

      const steps = await carryOut(await planned(name), async () => {
        seen.push(await filesOf(name));
        return seen.length < 3 ? [`${name}-dev`] : [];
      });

      // while it runs somewhere, its values are gone and its root is there
      expect(seen).toEqual([root, root, root]);
      expect(await filesOf(name)).toEqual([]);
      expect(await filesOf(`${name}-stays`)).toHaveLength(
        root.length + ENVIRONMENTS.length,
      );
      const after = await log();
      expect(after).toHaveLength(commits + 2);
      for (const { message } of after.slice(0, 2)) {
        expect(message).toContain(`Fairway-Removed: ${name}`);
        expect(message).toContain('Removal-Id: 01KJM0000000000000000000RM');
      }
      expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
        'desired-state done',
        'stopped done',
        'terraform-root done',
      ]);
      expect(steps[0].sentence).toContain(
        `${ENVIRONMENTS.length} files removed in one commit`,
      );
      expect(steps[2].sentence).toContain(
        `${root.length} files removed in one commit`,
      );
    },
  );

  it('F34 keeps the root when it dies while the service stops, and goes on with it', async () => {
    const { create, filesOf, planned, carryOut } = place('deploy');
    await create('dies-once');
    const removal = await planned('dies-once');
    const death = new AbortController();
    await expect(
      carryOut(
        removal,
        () => {
          death.abort();
          return ['dies-once-dev'];
        },
        death.signal,
      ),
    ).rejects.toThrow();
    const left = await filesOf('dies-once');
    expect(left).toContain('deploy/services/dies-once/main.tf');
    expect(left.some((path: string) => path.endsWith('.tfvars.json'))).toBe(
      true,
    );
    const commits = (await log()).length;
    await carryOut(removal, () => []);
    expect(await filesOf('dies-once')).toEqual([]);
    expect(await log()).toHaveLength(commits + 1);
    // and once more: nothing is left to do
    await carryOut(removal, () => []);
    expect(await log()).toHaveLength(commits + 1);
  });

  it('F33 names what a person added to the root, and takes nothing that was added after it was agreed', async () => {
    const { create, filesOf, planned, carryOut } = place('deploy');
    await create('extended');
    const add = (path: string) =>
      git().commit(REPOSITORY, {
        branch: 'main',
        message: 'Add a bucket',
        author: { name: 'Somebody', email: 'somebody@example.com' },
        files: [{ path, content: '# a bucket\n' }],
      });
    await add('deploy/services/extended/bucket.tf');
    const removal = await planned('extended');
    expect(removal.plan.foreign).toEqual([
      'deploy/services/extended/bucket.tf',
    ]);
    await add('deploy/services/extended/later.tf');
    await carryOut(removal, () => []);
    expect(await filesOf('extended')).toEqual([
      'deploy/services/extended/later.tf',
    ]);
  });
});
