import {
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  ECRClient,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { mockServices } from '@backstage/backend-test-utils';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { PLATFORMS, Sandbox, seedDigest, startSandbox } from '@fairway/sandbox';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EcrImageLabelSource, ecrRepositoryOf } from './EcrImageLabelSource';

jest.setTimeout(60_000);

const MOBILYTICS = PLATFORMS.find(p => p.system === 'mobilytics')!;
const ACCOUNT = MOBILYTICS.sharedAccountId;
const REPOSITORY = 'labelled';
const IMAGE = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${REPOSITORY}`;
const REVISION = 'org.opencontainers.image.revision';
const OCI = 'application/vnd.oci.image';

const digestOf = (text: string) =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('ecrRepositoryOf', () => {
  it.each([
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app', 'team/app'],
    ['111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/app', 'app'],
    ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/app', 'app'],
    ['111122223333.dkr-ecr.eu-west-1.on.aws/app', 'app'],
    ['ghcr.io/team/app', undefined],
    ['public.ecr.aws/team/app', undefined],
    [
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.example/app',
      undefined,
    ],
  ])('of %s is %s', (image, name) => {
    expect(ecrRepositoryOf(image)?.name).toBe(name);
  });
});

describe('EcrImageLabelSource on the sandbox', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let ecr: ECRClient;
  let source: EcrImageLabelSource;
  const endpoint = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-ecr-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [MOBILYTICS],
      only: ['github', 'aws'],
    });
    process.env.AWS_ENDPOINT_URL = sandbox.urls.aws;
    const credentials = DefaultAwsCredentialsManager.fromConfig(
      mockServices.rootConfig({
        data: { aws: sandbox.awsConfig },
      }),
    );
    source = new EcrImageLabelSource({ credentials });
    const { sdkCredentialProvider } = await credentials.getCredentialProvider({
      accountId: ACCOUNT,
    });
    ecr = new ECRClient({
      region: 'us-east-1',
      credentials: sdkCredentialProvider,
    });
    await ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
  });

  afterAll(async () => {
    await sandbox?.close();
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function upload(content: string): Promise<string> {
    const { uploadId } = await ecr.send(
      new InitiateLayerUploadCommand({ repositoryName: REPOSITORY }),
    );
    const bytes = Buffer.from(content);
    await ecr.send(
      new UploadLayerPartCommand({
        repositoryName: REPOSITORY,
        uploadId,
        partFirstByte: 0,
        partLastByte: bytes.length - 1,
        layerPartBlob: bytes,
      }),
    );
    await ecr.send(
      new CompleteLayerUploadCommand({
        repositoryName: REPOSITORY,
        uploadId,
        layerDigests: [digestOf(content)],
      }),
    );
    return digestOf(content);
  }

  async function put(manifest: object, tag?: string): Promise<string> {
    const imageManifest = JSON.stringify({ schemaVersion: 2, ...manifest });
    await ecr.send(
      new PutImageCommand({
        repositoryName: REPOSITORY,
        imageManifest,
        imageTag: tag,
      }),
    );
    return digestOf(imageManifest);
  }

  async function image(
    config: string,
    options: { annotations?: Record<string, string>; tag?: string } = {},
  ): Promise<string> {
    const { tag, annotations } = options;
    return put(
      {
        mediaType: `${OCI}.manifest.v1+json`,
        config: {
          mediaType: `${OCI}.config.v1+json`,
          digest: await upload(config),
          size: config.length,
        },
        layers: [],
        ...(annotations && { annotations }),
      },
      tag,
    );
  }

  const labelled = (architecture: string, revision: string) =>
    JSON.stringify({
      architecture,
      config: { Labels: { [REVISION]: revision } },
    });

  it('reads the labels of an image, by digest or by tag', async () => {
    const digest = await image(labelled('arm64', 'abc'), { tag: '1.0.0' });
    expect(await source.readLabels({ image: IMAGE, digest })).toEqual({
      [REVISION]: 'abc',
    });
    expect(await source.readLabels({ image: IMAGE, version: '1.0.0' })).toEqual(
      { [REVISION]: 'abc' },
    );
  });

  it('reads one image of several architectures, and no attestation', async () => {
    const attestation = await image('{"architecture":"unknown"}');
    const arm = await image(labelled('arm64', 'def'));
    const digest = await put({
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        {
          mediaType: `${OCI}.manifest.v1+json`,
          digest: attestation,
          size: 1,
          platform: { os: 'unknown', architecture: 'unknown' },
        },
        {
          mediaType: `${OCI}.manifest.v1+json`,
          digest: arm,
          size: 1,
          platform: { os: 'linux', architecture: 'arm64' },
        },
      ],
    });
    expect(await source.readLabels({ image: IMAGE, digest })).toEqual({
      [REVISION]: 'def',
    });
  });

  it('takes an annotation of the manifest where there is no such label', async () => {
    const digest = await image('{"config":{"Labels":null}}', {
      annotations: { [REVISION]: 'fed' },
    });
    expect(await source.readLabels({ image: IMAGE, digest })).toEqual({
      [REVISION]: 'fed',
    });
  });

  it('reads images of before their pipeline set the label', async () => {
    const [{ name }] = MOBILYTICS.services;
    expect(
      await source.readLabels({
        image: IMAGE.replace(REPOSITORY, name),
        digest: seedDigest(name, '0.9.0'),
      }),
    ).toEqual({ 'org.opencontainers.image.title': name });
  });

  it('says that there is no such image', async () => {
    await expect(
      source.readLabels({ image: IMAGE, digest: digestOf('none') }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining(`${REPOSITORY} in account ${ACCOUNT}`),
    });
    await expect(
      source.readLabels({ image: `${IMAGE}-gone`, version: '1' }),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('says that a configuration cannot be understood', async () => {
    const digest = await image('{"config":');
    await expect(
      source.readLabels({ image: IMAGE, digest }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('configuration cannot be understood'),
    });
  });

  it('says that a registry may not be read', async () => {
    await expect(
      source.readLabels({
        image: IMAGE.replace(ACCOUNT, '999999999999'),
        version: '1.0.0',
      }),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
  });
});
