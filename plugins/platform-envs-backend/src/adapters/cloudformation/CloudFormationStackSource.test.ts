import {
  CloudFormationClient,
  CreateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { ECRClient, PutImageTagMutabilityCommand } from '@aws-sdk/client-ecr';
import { mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { Stack } from '@fairway/plugin-platform-envs-common';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationStackSource } from './CloudFormationStackSource';

jest.setTimeout(120_000);

const PLATFORM = PLATFORMS.find(p => p.system === 'mobilytics')!;
const DEV = PLATFORM.environments.find(e => e.shortName === 'dev')!;
const PLACE = { accountId: DEV.accountId!, region: DEV.regions[0] };

const REPOSITORY = (name: string) => `
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: ${name}
      ImageTagMutability: IMMUTABLE
`;

describe('CloudFormationStackSource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let source: CloudFormationStackSource;
  let cloudFormation: CloudFormationClient;
  let ecr: ECRClient;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-stacks-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [PLATFORM],
      speed: 20,
      only: ['github', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const client = {
      region: PLACE.region,
      credentials: {
        accessKeyId: `AKIA${PLACE.accountId}SANDBOX`,
        secretAccessKey: 'sandbox',
      },
    };
    cloudFormation = new CloudFormationClient(client);
    ecr = new ECRClient(client);
    source = new CloudFormationStackSource({
      credentials: DefaultAwsCredentialsManager.fromConfig(
        mockServices.rootConfig({
          data: { aws: sandbox.awsConfig },
        }),
      ),
    });
  });

  afterEach(async () => {
    sandbox.world.faults.remove();
    await sandbox.world.scenarios.start('calm');
  });

  afterAll(async () => {
    cloudFormation?.destroy();
    ecr?.destroy();
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  const list = (signal = AbortSignal.timeout(30_000)) =>
    source.listStacks(PLACE, { signal });

  const stackWhere = async (
    name: string,
    isSo: (stack: Stack) => boolean,
  ): Promise<Stack> => {
    for (;;) {
      const stack = (await list()).find(s => s.name === name);
      if (stack && isSo(stack)) return stack;
      await sleep(50);
    }
  };

  const create = (StackName: string, TemplateBody: string) =>
    cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));

  const detect = async (stack: Stack) => {
    const id = await source.detectDrift(PLACE, stack.id);
    for (;;) {
      const result = await source.getDriftDetection(PLACE, id);
      if (result.state !== 'running') return result;
      await sleep(50);
    }
  };

  it('lists the stacks of an account and a region, with where to see them', async () => {
    const [stack] = await list();
    expect(stack).toMatchObject({
      name: 'mobilytics-dev-baseline',
      region: PLACE.region,
      status: 'CREATE_COMPLETE',
      tags: { Environment: 'dev', System: 'mobilytics' },
      drift: { status: 'not-checked', resources: [] },
    });
    expect(Date.parse(stack.changedAt)).toBeGreaterThan(0);
    expect(stack.consoleUrl).toContain(encodeURIComponent(stack.id));
  });

  it('tells why a stack failed in the words of what failed first', async () => {
    await create('taken', REPOSITORY('mobilytics-taken'));
    await stackWhere('taken', s => s.status === 'CREATE_COMPLETE');
    await create('refused', REPOSITORY('mobilytics-taken'));
    const stack = await stackWhere('refused', s =>
      s.status.endsWith('ROLLBACK_COMPLETE'),
    );
    expect(stack.reason).toMatch(/^Repository: .*already exists/i);
  });

  it('finds drift when it is told to look, and names what differs', async () => {
    await create('drifting', REPOSITORY('mobilytics-drifting'));
    const stack = await stackWhere(
      'drifting',
      s => s.status === 'CREATE_COMPLETE',
    );
    await expect(detect(stack)).resolves.toEqual({
      state: 'done',
      status: 'in-sync',
    });
    await ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName: 'mobilytics-drifting',
        imageTagMutability: 'MUTABLE',
      }),
    );
    await expect(detect(stack)).resolves.toEqual({
      state: 'done',
      status: 'drifted',
    });
    const { drift } = await stackWhere(
      'drifting',
      s => s.drift.status === 'drifted',
    );
    expect(drift).toMatchObject({
      checkedAt: expect.any(String),
      resources: [
        {
          logicalId: 'Repository',
          physicalId: 'mobilytics-drifting',
          type: 'AWS::ECR::Repository',
          change: 'modified',
          properties: ['/ImageTagMutability'],
        },
      ],
    });
  });

  it('asks one question for a place where all is well', async () => {
    const place = {
      accountId: PLATFORM.environments.find(e => e.shortName === 'prod')!
        .accountId!,
      region: PLACE.region,
    };
    const signal = AbortSignal.timeout(30_000);
    await source.listStacks(place, { signal });
    sandbox.world.counters.reset();
    await source.listStacks(place, { signal });
    const { routes } = sandbox.world.counters.read().aws;
    const asked = Object.entries(routes).filter(([r]) => !r.includes('Assume'));
    expect(asked.map(([route, { calls }]) => [route, calls])).toEqual([
      [expect.stringContaining('DescribeStacks'), 1],
    ]);
  });

  it('F39 says that AWS throttles', async () => {
    await sandbox.world.scenarios.start('throttled');
    await expect(list()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringMatching(/throttles calls of CloudFormation/),
    });
  });

  it('F40 names the role that it may not assume', async () => {
    sandbox.world.faults.add({
      upstream: 'aws',
      service: 'cloudformation',
      kind: 'status',
      status: 403,
      code: 'AccessDenied',
      message: `User: arn:aws:sts::${PLACE.accountId}:assumed-role/fairway/x is not authorized to perform: cloudformation:DescribeStacks`,
    });
    await expect(list()).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringMatching(
        new RegExp(
          `^No access to AWS account ${PLACE.accountId} .*assumed-role/fairway.*aws.accountDefaults`,
        ),
      ),
    });
  });

  it('F41 ends when it is told to, however long AWS is silent', async () => {
    sandbox.world.faults.add({
      upstream: 'aws',
      service: 'cloudformation',
      kind: 'stall',
    });
    await expect(list(AbortSignal.timeout(300))).rejects.toMatchObject({
      message: expect.stringMatching(/did not answer in time/),
    });
  });

  it('says that there is no such stack', async () => {
    await expect(source.detectDrift(PLACE, 'gone')).rejects.toMatchObject({
      name: 'NotFoundError',
    });
  });
});
