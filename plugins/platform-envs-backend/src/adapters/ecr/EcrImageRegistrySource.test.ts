import { mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../__testUtils__/until';
import { EcrImageRegistrySource } from './EcrImageRegistrySource';

jest.setTimeout(60_000);

const SAMPLE = PLATFORMS.find(p => p.system === 'sample-platform-ai')!;
const ACCOUNT = SAMPLE.sharedAccountId;
const REGION = 'ap-southeast-2';
const imageOf = (name: string) =>
  `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`;
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

describe('EcrImageRegistrySource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let source: EcrImageRegistrySource;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-ecr-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [SAMPLE],
      speed: 20,
      only: ['aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    source = new EcrImageRegistrySource({
      credentials: DefaultAwsCredentialsManager.fromConfig(
        mockServices.rootConfig({
          data: { aws: sandbox.awsConfig },
        }),
      ),
    });
  });

  afterAll(async () => {
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  const push = (name: string, letter: string, tags: string[]) =>
    sandbox.world.images.push({
      accountId: ACCOUNT,
      region: REGION,
      repository: name,
      digest: digestOf(letter),
      tags,
    });

  it('gives the image that was pushed last, without signatures, and no image where there is none', async () => {
    const registry = { accountId: ACCOUNT, region: REGION };
    sandbox.world.images.repositories.create(registry, 'orders');
    await expect(source.newestImage(imageOf('orders'))).resolves.toBe(
      undefined,
    );
    push('orders', 'a', ['0.1.0']);
    push('orders', 'b', [`sha256-${'a'.repeat(64)}.sig`]);
    await expect(source.newestImage(imageOf('orders'))).resolves.toEqual({
      digest: digestOf('a'),
      tags: ['0.1.0'],
      pushedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('follows copies to the second region', async () => {
    const registry = { accountId: ACCOUNT, region: REGION };
    sandbox.world.images.repositories.create(registry, 'copied');
    push('copied', 'c', ['0.1.0']);
    const replicas = () =>
      source.listReplicas(imageOf('copied'), digestOf('c'));
    const [first] = await replicas();
    expect(first.accountId).toBe(ACCOUNT);
    expect(first.region).not.toBe(REGION);
    await until('it is copied', async () =>
      (await replicas()).every(({ state }) => state === 'copied'),
    );
  });

  it('says what is not there, and what it cannot ask', async () => {
    await expect(source.newestImage(imageOf('nothing'))).rejects.toMatchObject({
      name: 'NotFoundError',
    });
    await expect(
      source.listReplicas(imageOf('orders'), digestOf('f')),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    expect(source.handles('ghcr.io/team/app')).toBe(false);
    await expect(source.newestImage('ghcr.io/team/app')).rejects.toThrow(
      'not kept in Amazon ECR',
    );
  });
});
