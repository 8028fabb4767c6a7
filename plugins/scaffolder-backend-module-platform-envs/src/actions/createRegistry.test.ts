import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutReplicationConfigurationCommand,
  ReplicationRule,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { setTimeout as sleep } from 'node:timers/promises';
import { findObstacles } from '../plan/findObstacles';
import { applyRegistryStack } from '../registry/applyRegistryStack';
import { registryTemplate } from '../registry/registryTemplate';
import {
  runAction,
  SandboxPlatform,
  openSandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { createCreateRegistryAction } from './createRegistry';

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

const SYSTEM = 'system:default/sample-platform-ai';
const OWNER = 'group:default/sample-platform-ai';
const REGION = 'ap-southeast-2';
const ACCOUNT = '111100000000';

describe('fairway:registry:create', () => {
  let platform: SandboxPlatform<Sandbox>;
  let action: ReturnType<typeof createCreateRegistryAction>;
  let ecr: ECRClient;
  let cloudFormation: CloudFormationClient;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['aws'] }),
    );
    action = createCreateRegistryAction({ ...platform, pollMs: 20 });
    const { sdkCredentialProvider } =
      await platform.awsCredentials.getCredentialProvider({
        accountId: ACCOUNT,
      });
    const options = { region: REGION, credentials: sdkCredentialProvider };
    ecr = new ECRClient(options);
    cloudFormation = new CloudFormationClient(options);
  }, 60_000);
  afterAll(() => platform.stop());

  const run = (component: string, options = {}) =>
    runAction(action, {
      input: { system: SYSTEM, component, owner: OWNER },
      ...options,
    });

  it("refuses a group that is not the person's, and asks AWS nothing", async () => {
    platform.world.counters.reset();
    jest
      .mocked(platform.permissions.authorize)
      .mockImplementation(async requests =>
        requests.map(({ permission }) => ({
          result:
            permission.name === 'platform-envs.component.assign'
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        })),
      );
    await expect(run('not-mine')).rejects.toThrow(OWNER);
    jest
      .mocked(platform.permissions.authorize)
      .mockImplementation(async requests =>
        requests.map(() => ({ result: AuthorizeResult.ALLOW })),
      );
    expect(platform.world.counters.read()).toEqual({});
  });

  it('creates the repository as the house wants it, and tells every step', async () => {
    const { output, log } = await run('greeter');

    expect(output).toMatchObject({
      repositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/greeter`,
      stackId: expect.stringContaining(
        `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/fairway-registry-greeter/`,
      ),
      accountId: ACCOUNT,
      region: REGION,
    });
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['greeter'] }),
    );
    expect(repositories![0]).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    const { tags } = await ecr.send(
      new ListTagsForResourceCommand({
        resourceArn: repositories![0].repositoryArn,
      }),
    );
    expect(
      Object.fromEntries(tags!.map(({ Key, Value }) => [Key, Value])),
    ).toMatchObject({
      System: 'sample-platform-ai',
      Component: 'greeter',
      Owner: OWNER,
      Environment: 'shared',
      ManagedBy: 'fairway',
    });
    const lifecycle = await ecr.send(
      new GetLifecyclePolicyCommand({ repositoryName: 'greeter' }),
    );
    expect(JSON.parse(lifecycle.lifecyclePolicyText!).rules).toHaveLength(2);
    const policy = await ecr.send(
      new GetRepositoryPolicyCommand({ repositoryName: 'greeter' }),
    );
    expect(JSON.parse(policy.policyText!).Statement[0].Principal.AWS).toEqual([
      'arn:aws:iam::111100000001:root',
      'arn:aws:iam::111100000002:root',
      'arn:aws:iam::111100000003:root',
    ]);
    const text = log.join('\n');
    expect(text).toContain('CREATE_COMPLETE AWS::ECR::Repository Repository');
  }, 30_000);

  it('F34 changes nothing when it is run again', async () => {
    await run('again');
    const events = async () =>
      (
        await cloudFormation.send(
          new DescribeStackEventsCommand({
            StackName: 'fairway-registry-again',
          }),
        )
      ).StackEvents!.length;
    const before = await events();
    const { output, log } = await run('again', { taskId: 'task-2' });
    expect(output.repositoryUri).toBe(
      `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/again`,
    );
    expect(log.join('\n')).toContain('nothing to change');
    expect(await events()).toBe(before);
  }, 30_000);

  describe('begun by one step and awaited by a later one', () => {
    const begin = (component: string, options = {}) =>
      runAction(action, {
        input: { system: SYSTEM, component, owner: OWNER, wait: false },
        ...options,
      });
    const statusOf = async (component: string) =>
      (
        await cloudFormation.send(
          new DescribeStacksCommand({
            StackName: `fairway-registry-${component}`,
          }),
        )
      ).Stacks![0].StackStatus;
    const callsOf = () =>
      Object.entries(platform.world.counters.read().aws?.routes ?? {})
        .filter(([route]) => /Stack|ChangeSet|Template/.test(route))
        .map(([route, { calls }]) => `${route.split(/[ .]/).at(-1)} ${calls}`);

    it('is made meanwhile, and followed to its end without a change set', async () => {
      const begun = await begin('early');
      expect(await statusOf('early')).toBe('CREATE_IN_PROGRESS');
      expect(begun.output).toMatchObject({
        repositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/early`,
        stackId: expect.stringContaining('fairway-registry-early/'),
        accountId: ACCOUNT,
        region: REGION,
      });
      expect(begun.log.join('\n')).toContain('made while the run goes on');

      const { output, log } = await run('early');
      expect(await statusOf('early')).toBe('CREATE_COMPLETE');
      expect(output.stackId).toBe(begun.output.stackId);
      expect(output.repositoryUri).toBe(begun.output.repositoryUri);
      expect(log.join('\n')).toContain('): created');
      expect(log.join('\n')).toContain(
        'CREATE_COMPLETE AWS::ECR::Repository Repository',
      );
      expect(log.join('\n')).not.toContain('Change set');
    }, 30_000);

    it('is told of in full when it was done before anybody waited', async () => {
      await begin('done-before');
      await waitFor(
        async () => (await statusOf('done-before')) === 'CREATE_COMPLETE',
      );
      platform.world.counters.reset();
      const { log } = await run('done-before');
      expect(callsOf()).toEqual(
        expect.not.arrayContaining([expect.stringContaining('ChangeSet')]),
      );
      expect(log.join('\n')).toContain('): created');
      expect(log.join('\n')).toContain(
        'CREATE_COMPLETE AWS::ECR::Repository Repository',
      );
    }, 30_000);

    it('F34 is found by a run that its backend did not begin', async () => {
      await begin('taken-up');
      const { log } = await run('taken-up', { taskId: 'another-process' });
      expect(await statusOf('taken-up')).toBe('CREATE_COMPLETE');
      expect(log.join('\n')).not.toContain('Change set');
    }, 30_000);

    it('F34 begins nothing a second time', async () => {
      const first = await begin('begun-twice');
      const second = await begin('begun-twice');
      expect(second.output.stackId).toBe(first.output.stackId);
      const { output } = await run('begun-twice');
      expect(output.stackId).toBe(first.output.stackId);
      expect((await begin('begun-twice')).log.join('\n')).toContain(
        'its stack is there; a later step sees to it',
      );
    }, 30_000);

    it('F36 refuses what is foreign before anything is created', async () => {
      await ecr.send(
        new CreateRepositoryCommand({
          repositoryName: 'foreign-early',
          tags: [{ Key: 'Owner', Value: 'somebody-else' }],
        }),
      );
      await expect(begin('foreign-early')).rejects.toThrow(
        /named foreign-early exists in account 111100000000 .*Owner=somebody-else/,
      );
      await expect(statusOf('foreign-early')).rejects.toThrow(/does not exist/);
    });

    it('F36 takes back what failed, says whose the name is, and makes it once it is free', async () => {
      await ecr.send(
        new CreateRepositoryCommand({ repositoryName: 'failing' }),
      );
      // made by somebody after our look
      platform.world.faults.add({
        upstream: 'aws',
        service: 'ecr',
        action: 'DescribeRepositories',
        kind: 'status',
        status: 400,
        code: 'RepositoryNotFoundException',
      });
      await begin('failing');
      platform.world.faults.remove();
      await waitFor(
        async () => (await statusOf('failing')) === 'ROLLBACK_COMPLETE',
      );
      await expect(run('failing')).rejects.toThrow(
        /named failing exists in account 111100000000 and was not made for this component: it has no tags/,
      );
      await expect(statusOf('failing')).rejects.toThrow(/does not exist/);
      await ecr.send(
        new DeleteRepositoryCommand({ repositoryName: 'failing' }),
      );
      await run('failing');
      expect(await statusOf('failing')).toBe('CREATE_COMPLETE');
    }, 30_000);

    it('has a plan in the step that waits alone, and asks AWS nothing before', async () => {
      platform.world.counters.reset();
      const { output } = await begin('planned-once', { isDryRun: true });
      expect(output.planned).toBeUndefined();
      expect(output.repositoryUri).toContain('/planned-once');
      expect(platform.world.counters.read().aws).toBeUndefined();
      const planned = await run('planned-once', { isDryRun: true });
      expect(planned.output.planned).not.toHaveLength(0);
    });
  });

  it('updates the stack when what is wanted has changed', async () => {
    await run('changed');
    const { log } = await runAction(action, {
      input: {
        system: SYSTEM,
        component: 'changed',
        owner: 'group:default/platform-engineering',
      },
    });
    expect(log.join('\n')).toContain('Modify AWS::ECR::Repository Repository');
    const { Stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: 'fairway-registry-changed' }),
    );
    expect(Stacks![0].StackStatus).toBe('UPDATE_COMPLETE');
  }, 30_000);

  it('F36 refuses a repository that is not in its stack, saying whose it is', async () => {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: 'foreign',
        tags: [{ Key: 'Owner', Value: 'somebody-else' }],
      }),
    );
    await expect(run('foreign')).rejects.toThrow(
      /named foreign exists in account 111100000000 .*Owner=somebody-else/,
    );
    await expect(
      cloudFormation.send(
        new DescribeStacksCommand({ StackName: 'fairway-registry-foreign' }),
      ),
    ).rejects.toThrow(/does not exist/);
  }, 30_000);

  describe('when somebody takes the name after our look', () => {
    const apply = (component: string, ecrClient: ECRClient) =>
      applyRegistryStack({
        cloudFormation,
        ecr: ecrClient,
        spec: {
          component,
          system: 'sample-platform-ai',
          owner: OWNER,
          pullAccountIds: [],
        },
        taskId: 'task-1',
        logger: mockServices.logger.mock(),
        pollMs: 20,
      });
    const blind = {
      send: async () => {
        throw new RepositoryNotFoundException({ $metadata: {}, message: '' });
      },
    } as unknown as ECRClient;

    it('says why the resource failed, and recovers once the name is free', async () => {
      await ecr.send(new CreateRepositoryCommand({ repositoryName: 'late' }));
      await expect(apply('late', blind)).rejects.toThrow(
        /Stack fairway-registry-late is ROLLBACK_COMPLETE: AWS::ECR::Repository Repository: .*already exists/i,
      );

      await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'late' }));
      await expect(apply('late', ecr)).resolves.toMatchObject({
        outcome: 'created',
      });
    });
  });

  it('refuses a stack of another system, with its tags', async () => {
    await runAction(action, {
      input: {
        system: 'system:default/sample-platform-ai',
        component: 'shared-name',
        owner: OWNER,
      },
    });
    await expect(
      applyRegistryStack({
        cloudFormation,
        ecr,
        spec: {
          component: 'shared-name',
          system: 'another-platform',
          owner: OWNER,
          pullAccountIds: [],
        },
        taskId: 'task-1',
        logger: mockServices.logger.mock(),
        pollMs: 20,
      }),
    ).rejects.toThrow(
      /Stack fairway-registry-shared-name exists and is not this component's: .*System=sample-platform-ai/,
    );
  });

  it('F34 makes one stack where the same is begun twice at once', async () => {
    const [first, second] = await Promise.all([run('twins'), run('twins')]);
    expect(second.output.stackId).toBe(first.output.stackId);
    expect(second.output.repositoryUri).toBe(first.output.repositoryUri);
    const { StackEvents } = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'fairway-registry-twins' }),
    );
    expect(
      StackEvents!.filter(
        ({ ResourceType, ResourceStatus }) =>
          ResourceType === 'AWS::ECR::Repository' &&
          ResourceStatus === 'CREATE_COMPLETE',
      ),
    ).toHaveLength(1);
  }, 30_000);

  it('goes on from a change set that a killed run left behind', async () => {
    await cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: 'fairway-registry-leftover',
        ChangeSetName: 'fairway-killed',
        ChangeSetType: 'CREATE',
        TemplateBody: registryTemplate({
          component: 'leftover',
          system: 'sample-platform-ai',
          owner: OWNER,
          pullAccountIds: [],
        }),
      }),
    );
    const { log } = await run('leftover');
    expect(log.join('\n')).toContain('): created');
  });

  describe('F36 when somebody was at the repository by hand', () => {
    const setMutable = (repositoryName: string) =>
      Promise.all([
        ecr.send(
          new PutImageTagMutabilityCommand({
            repositoryName,
            imageTagMutability: 'MUTABLE',
          }),
        ),
        ecr.send(
          new PutImageScanningConfigurationCommand({
            repositoryName,
            imageScanningConfiguration: { scanOnPush: false },
          }),
        ),
      ]);
    const settings = async (component: string) => {
      const { repositories } = await ecr.send(
        new DescribeRepositoriesCommand({ repositoryNames: [component] }),
      );
      const [{ imageTagMutability, imageScanningConfiguration }] =
        repositories!;
      return [imageTagMutability, imageScanningConfiguration?.scanOnPush];
    };

    it('makes tags immutable and scans again, and says so', async () => {
      await run('drifted');
      await setMutable('drifted');
      await run('drifted', { isDryRun: true });
      await expect(settings('drifted')).resolves.toEqual(['MUTABLE', false]);

      const { log } = await run('drifted');

      await expect(settings('drifted')).resolves.toEqual(['IMMUTABLE', true]);
      expect(log.join('\n')).toContain(
        'Tags of drifted were made MUTABLE by hand; they are made IMMUTABLE again',
      );
      expect(log.join('\n')).toContain('): updated');
    }, 30_000);

    it('says that the repository was deleted, and what to do', async () => {
      await run('deleted');
      await ecr.send(
        new DeleteRepositoryCommand({ repositoryName: 'deleted', force: true }),
      );
      await expect(run('deleted')).rejects.toThrow(
        'The stack fairway-registry-deleted stands, but its repository deleted was deleted: delete the stack',
      );
    }, 30_000);

    it('knows a repository of its own whose stack is gone', async () => {
      await ecr.send(
        new CreateRepositoryCommand({
          repositoryName: 'orphan',
          tags: [
            { Key: 'ManagedBy', Value: 'fairway' },
            { Key: 'System', Value: 'sample-platform-ai' },
            { Key: 'Component', Value: 'orphan' },
          ],
        }),
      );
      await expect(run('orphan')).rejects.toThrow(
        /orphan in account 111100000000 is this component's, but the stack fairway-registry-orphan that made it is gone: its tags are .*System=sample-platform-ai.*\. Have platform engineering import it into a stack of that name with those tags \(docs\/operations\/registries\.md\), then press Retry/,
      );
      const { sdkCredentialProvider } =
        await platform.awsCredentials.getCredentialProvider({
          accountId: ACCOUNT,
        });
      const elsewhere = new ECRClient({
        region: 'ap-southeast-4',
        credentials: sdkCredentialProvider,
      });
      await expect(
        elsewhere.send(
          new DescribeRepositoriesCommand({ repositoryNames: ['orphan'] }),
        ),
      ).rejects.toThrow(/does not exist/);
      elsewhere.destroy();
    });
  });

  describe('where the platform runs in a second region', () => {
    const SECOND = 'ap-southeast-4';
    const setRules = (rules: ReplicationRule[]) =>
      ecr.send(
        new PutReplicationConfigurationCommand({
          replicationConfiguration: { rules },
        }),
      );
    const readRules = async () =>
      (await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration
        ?.rules;
    const to = (region: string, filter?: string): ReplicationRule => ({
      destinations: [{ region, registryId: ACCOUNT }],
      repositoryFilters: filter ? [{ filter, filterType: 'PREFIX_MATCH' }] : [],
    });
    let seeded: ReplicationRule[];
    beforeAll(async () => {
      seeded = (await readRules())!;
    });
    afterEach(() => setRules(seeded));

    it('has the same repository there, with the same policy and immutable tags', async () => {
      const { output, log } = await run('twofold');
      const { sdkCredentialProvider } =
        await platform.awsCredentials.getCredentialProvider({
          accountId: ACCOUNT,
        });
      const there = new ECRClient({
        region: SECOND,
        credentials: sdkCredentialProvider,
      });
      const { repositories } = await there.send(
        new DescribeRepositoriesCommand({ repositoryNames: ['twofold'] }),
      );
      expect(repositories![0].imageTagMutability).toBe('IMMUTABLE');
      const [here, copy] = await Promise.all(
        [ecr, there].map(client =>
          client.send(
            new GetRepositoryPolicyCommand({ repositoryName: 'twofold' }),
          ),
        ),
      );
      expect(copy.policyText).toBe(here.policyText);
      there.destroy();
      expect(output).toMatchObject({
        replicaRegions: [SECOND],
        notReplicatedTo: [],
      });
      expect(log.join('\n')).toContain(
        `[${SECOND}]   CREATE_COMPLETE AWS::ECR::Repository Repository`,
      );
      await expect(readRules()).resolves.toEqual(seeded);
    }, 30_000);

    it('is told in the plan where the rules of others leave it out', async () => {
      await setRules([to(SECOND, 'elsewhere/')]);
      const { findings } = await findObstacles({
        ...platform,
        credentials: mockCredentials.user(),
        system: SYSTEM,
        component: 'left-out',
        owner: 'group:default/sample-platform-ai',
        creates: ['registry'],
        taskId: 'task-1',
        logger: mockServices.logger.mock(),
      });
      expect(findings).toContainEqual(
        expect.objectContaining({
          severity: 'warning',
          message: expect.stringContaining(
            `Images of left-out would not be copied to ${SECOND}`,
          ),
        }),
      );
    });

    it('makes the rule where the account has none, once for many that begin together', async () => {
      await setRules([]);
      const { output } = await run('planned-rule', { isDryRun: true });
      expect(output.planned).toContainEqual(
        expect.objectContaining({
          resourceType: 'AWS::ECR::ReplicationConfiguration',
          change: 'create',
        }),
      );
      await expect(readRules()).resolves.toEqual([]);

      await Promise.all(['together-a', 'together-b'].map(name => run(name)));

      await expect(readRules()).resolves.toEqual([to(SECOND)]);
      const { Stacks } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: 'fairway-replication' }),
      );
      expect(Stacks![0].StackStatus).toBe('CREATE_COMPLETE');
    }, 60_000);

    it('leaves rules of somebody else as they are, and says what they lack', async () => {
      await setRules([to(SECOND, 'payments'), to('us-east-1')]);
      const { output, log } = await run('left-out');
      expect(output.notReplicatedTo).toEqual([SECOND]);
      expect(log.join('\n')).toContain(
        `Images of left-out will not be copied to ${SECOND}: account ${ACCOUNT} has replication rules that somebody else keeps`,
      );
      await expect(readRules()).resolves.toEqual([
        to(SECOND, 'payments'),
        to('us-east-1'),
      ]);

      const covered = await run('payments-api');
      expect(covered.output.notReplicatedTo).toEqual([]);
    }, 30_000);
  });

  describe('F40 where AWS does not let the portal', () => {
    const ROLE = `arn:aws:sts::${ACCOUNT}:assumed-role/fairway/aws-sdk-js-session`;
    /** The words of AWS; the sandbox puts them into the format of the service. */
    const deny = (
      service: string,
      right: string,
      code: string,
      resource: string,
    ) =>
      platform.world.faults.add({
        upstream: 'aws',
        service,
        action: right,
        kind: 'status',
        status: code === 'AccessDenied' ? 403 : 400,
        code,
        message: `User: ${ROLE} is not authorized to perform: ${service}:${right} on resource: ${resource} because no identity-based policy allows the ${service}:${right} action`,
      });
    afterEach(() => platform.world.faults.remove());

    const STACK = (component: string) =>
      `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/fairway-registry-${component}/*`;
    const REPOSITORY = (component: string) =>
      `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${component}`;

    it.each([
      ['cloudformation', 'DescribeStacks', 'AccessDenied', STACK],
      ['cloudformation', 'CreateStack', 'AccessDenied', STACK],
      ['cloudformation', 'DescribeStackEvents', 'AccessDenied', STACK],
      ['ecr', 'DescribeRepositories', 'AccessDeniedException', REPOSITORY],
      ['ecr', 'DescribeRegistry', 'AccessDeniedException', () => '*'],
    ] as const)(
      'names role, right, place and the next step (%s:%s)',
      async (service, name, code, resourceOf) => {
        const component = `denied-${name.toLowerCase()}`;
        const resource = resourceOf(component);
        deny(service, name, code, resource);
        const refused = await run(component).catch(error => error);
        expect(refused.name).toBe('NotAllowedError');
        expect(refused.message).toMatch(
          new RegExp(
            `^The portal \\(${ROLE}\\) may not do ${service}:${name} on ${resource.replace(
              '*',
              '\\*',
            )} in account ${ACCOUNT} \\(ap-southeast-[24]\\)\\. Have platform engineering give its role the right ${service}:${name} \\(docs/operations/rights\\.md\\), then press Retry or make the plan again$`,
          ),
        );

        // the right was given
        platform.world.faults.remove();
        const { output } = await run(component);
        expect(output.repositoryUri).toContain(`/${component}`);
      },
      30_000,
    );

    it('names what CloudFormation may not do for it', async () => {
      const refusal = jest
        .spyOn(platform.world.images.repositories, 'create')
        .mockImplementation(() => {
          throw new Error(
            `User: ${ROLE} is not authorized to perform: ecr:CreateRepository on resource: ${REPOSITORY(
              'denied-within',
            )} because no identity-based policy allows the ecr:CreateRepository action (Service: Ecr, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)`,
          );
        });
      const begun = await runAction(action, {
        input: {
          system: SYSTEM,
          component: 'denied-within',
          owner: OWNER,
          wait: false,
        },
      });
      expect(begun.output.stackId).toContain('fairway-registry-denied-within');
      await expect(run('denied-within')).rejects.toThrow(
        `The portal (${ROLE}) may not do ecr:CreateRepository on ${REPOSITORY(
          'denied-within',
        )} in account ${ACCOUNT}`,
      );
      refusal.mockRestore();
      const { output } = await run('denied-within');
      expect(output.repositoryUri).toContain('/denied-within');
    }, 30_000);

    it('names the role that may not be assumed', async () => {
      deny(
        'sts',
        'AssumeRole',
        'AccessDenied',
        `arn:aws:iam::${ACCOUNT}:role/fairway`,
      );
      // one that is taken on stays so for an hour
      const fresh = createCreateRegistryAction({
        ...platform,
        awsCredentials: DefaultAwsCredentialsManager.fromConfig(
          platform.config,
        ),
      });
      const denied = runAction(fresh, {
        input: { system: SYSTEM, component: 'denied-role', owner: OWNER },
      });
      await expect(denied).rejects.toThrow(
        `The portal (${ROLE}) may not do sts:AssumeRole on arn:aws:iam::${ACCOUNT}:role/fairway in account ${ACCOUNT}`,
      );
    });
  });

  it('F39 waits when CloudFormation throttles, and goes on', async () => {
    platform.world.faults.add({
      upstream: 'aws',
      service: 'cloudformation',
      kind: 'throttle',
      count: 4,
    });
    const { log } = await run('throttled');
    platform.world.faults.remove();
    expect(log.join('\n')).toContain('): created');
  }, 30_000);

  it('F38 repeats a call that AWS failed, and makes one repository', async () => {
    platform.world.faults.add({
      upstream: 'aws',
      service: 'ecr',
      kind: 'status',
      status: 500,
      count: 2,
    });
    await run('shaky');
    platform.world.faults.remove();
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['shaky'] }),
    );
    expect(repositories).toHaveLength(1);
  }, 30_000);

  it('creates nothing in a dry run', async () => {
    const { log } = await run('dry', { isDryRun: true });
    expect(log.join('\n')).toContain('would be created');
    await expect(
      ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['dry'] })),
    ).rejects.toThrow();
  }, 30_000);

  it('F78 does not log a credential', async () => {
    const { log } = await run('quiet');
    expect(log.join('\n')).not.toMatch(/A[SK]IA\d{12}/);
  }, 30_000);
});
