import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  eventually,
  startTestSandbox,
} from '../../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../../startSandbox';
import { seedDigest } from '../../platforms';

const REPOSITORY = 'cornjacket/platform-infra';
const AUTHOR = { name: 'A', email: 'a@example.com' };

describe('ECS services follow git', () => {
  const reports: string[] = [];
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox({
      only: ['github', 'aws'],
      speed: 20,
      report: message => reports.push(message),
    });
  });
  afterAll(() => sandbox.close());

  const clientOf = (accountId: string) =>
    new ECSClient({
      endpoint: sandbox.urls.aws,
      region: 'us-west-2',
      credentials: {
        accessKeyId: `AKIA${accountId}SANDBOX`,
        secretAccessKey: 'sandbox',
      },
    });
  const service = async (
    accountId: string,
    environment: string,
    name: string,
  ) =>
    (
      await clientOf(accountId).send(
        new DescribeServicesCommand({
          cluster: `cornjacket-platform-${environment}`,
          services: [name],
          include: ['TAGS'],
        }),
      )
    ).services?.[0];
  const commit = (path: string, content: string | undefined) =>
    sandbox.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Change a release',
      author: AUTHOR,
      files: [{ path, content }],
    });
  const runs = async (accountId: string, environment: string, name: string) => {
    const found = await service(accountId, environment, name);
    if (found?.deployments?.[0]?.rolloutState !== 'COMPLETED') {
      return undefined;
    }
    const { taskDefinition } = await clientOf(accountId).send(
      new DescribeTaskDefinitionCommand({
        taskDefinition: found.taskDefinition,
      }),
    );
    return taskDefinition!.containerDefinitions![0].image;
  };

  it('deploys what a commit releases, in that account only', async () => {
    const path = 'deploy/prod/cornjacket-query.tfvars.json';
    const name = 'cornjacket-ingestion';
    const dev = await service('333300000001', 'dev', name);
    const content = JSON.parse(
      (await sandbox.world.git.readFile(
        REPOSITORY,
        'main',
        path.replace('query', 'ingestion'),
      ))!,
    );
    const before = (await service('333300000002', 'prod', name))!;
    await commit(
      path.replace('query', 'ingestion'),
      JSON.stringify({
        ...content,
        image_tag: '0.14.0',
        image_digest: seedDigest(name, '0.14.0'),
      }),
    );
    await eventually(async () =>
      (
        await runs('333300000002', 'prod', name)
      )?.endsWith(seedDigest(name, '0.14.0'))
        ? true
        : undefined,
    );
    const after = (await service('333300000002', 'prod', name))!;
    expect(after.taskDefinition).not.toBe(before.taskDefinition);
    expect(after.runningCount).toBe(2);
    expect((await service('333300000001', 'dev', name))!.deployments).toEqual(
      dev!.deployments,
    );
  });

  it('creates the service of a first release and deletes one whose file is gone', async () => {
    const path = 'deploy/prod/cornjacket-ai-inference.tfvars.json';
    const at = ['333300000002', 'prod', 'cornjacket-ai-inference'] as const;
    expect(await service(...at)).toBeUndefined();
    const content = JSON.parse(
      (await sandbox.world.git.readFile(REPOSITORY, 'main', path))!,
    );
    expect(content.image_tag).toBe('unreleased');
    await commit(
      path,
      JSON.stringify({
        ...content,
        image_tag: '0.3.0',
        image_digest: seedDigest('cornjacket-ai-inference', '0.3.0'),
        desired_count: 1,
      }),
    );
    await eventually(() => runs(...at));
    expect((await service(...at))!.tags).toContainEqual({
      key: 'Component',
      value: 'cornjacket-ai-inference',
    });
    await commit(path, undefined);
    await eventually(async () =>
      (await service(...at))!.status === 'INACTIVE' ? true : undefined,
    );
  });

  it('reports a file that it cannot apply, and leaves the service running', async () => {
    const path = 'deploy/dev/cornjacket-tsdb-writer.tfvars.json';
    const at = ['333300000001', 'dev', 'cornjacket-tsdb-writer'] as const;
    const before = await service(...at);
    await commit(path, '{"image_repository": 1}');
    await eventually(() =>
      reports.some(line => line.includes(`cannot apply ${path}`))
        ? true
        : undefined,
    );
    expect(await service(...at)).toMatchObject({
      taskDefinition: before!.taskDefinition,
      runningCount: 1,
    });
  });

  it('leaves what was changed by hand until the file changes', async () => {
    const at = ['333300000001', 'dev', 'cornjacket-query'] as const;
    await clientOf(at[0]).send(
      new UpdateServiceCommand({
        cluster: 'cornjacket-platform-dev',
        service: at[2],
        desiredCount: 2,
      }),
    );
    const path = 'deploy/dev/cornjacket-event-handler.tfvars.json';
    const other = JSON.parse(
      (await sandbox.world.git.readFile(REPOSITORY, 'main', path))!,
    );
    await commit(path, JSON.stringify({ ...other, desired_count: 3 }));
    await eventually(async () =>
      (await service(at[0], at[1], 'cornjacket-event-handler'))!
        .runningCount === 3
        ? true
        : undefined,
    );
    expect((await service(...at))!.desiredCount).toBe(2);
  });
});
