import { createPublicKey, verify } from 'node:crypto';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyPreviewCommand,
  GetRegistryScanningConfigurationCommand,
  InitiateLayerUploadCommand,
  ListImageReferrersCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  StartImageScanCommand,
  StartLifecyclePolicyPreviewCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { digestOf } from '../../world/aws/registry/playedImage';
import { ciPublicKey } from '../../world/aws/registry/signatures';
import { AwsRig, startAws } from './__testUtils__/startAws';

const SHARED = '111100000000';
const SIGNATURE = 'application/vnd.dev.cosign.artifact.sig.v1+json';

describe('images in ECR', () => {
  let aws: AwsRig;
  let ecr: ECRClient;
  beforeEach(async () => {
    aws = await startAws();
    ecr = new ECRClient(aws.as(SHARED));
  });
  afterEach(() => aws.close());

  const upload = async (repositoryName: string, content: Buffer) => {
    const { uploadId } = await ecr.send(
      new InitiateLayerUploadCommand({ repositoryName }),
    );
    await ecr.send(
      new UploadLayerPartCommand({
        repositoryName,
        uploadId,
        partFirstByte: 0,
        partLastByte: content.length - 1,
        layerPartBlob: content,
      }),
    );
    const digest = digestOf(content);
    await ecr.send(
      new CompleteLayerUploadCommand({
        repositoryName,
        uploadId,
        layerDigests: [digest],
      }),
    );
    return digest;
  };
  const manifestOf = (config: Buffer, layer: Buffer) =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          digest: digestOf(layer),
          size: layer.length,
        },
      ],
    });

  it('takes an image layer by layer and gives it back byte by byte, also after a restart', async () => {
    const repositoryName = 'pushed';
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const config = Buffer.from('{"architecture":"arm64","os":"linux"}');
    const layer = Buffer.alloc(70_000, 'fairway');
    const imageManifest = manifestOf(config, layer);
    const put = () =>
      ecr.send(
        new PutImageCommand({ repositoryName, imageManifest, imageTag: '1' }),
      );

    await upload(repositoryName, config);
    await expect(put()).rejects.toMatchObject({
      name: 'LayersNotFoundException',
      message: expect.stringContaining(digestOf(layer)),
    });
    await upload(repositoryName, layer);
    const { image } = await put();
    expect(image!.imageId!.imageDigest).toBe(digestOf(imageManifest));

    await aws.restart();
    ecr = new ECRClient(aws.as(SHARED));
    const { images } = await ecr.send(
      new BatchGetImageCommand({
        repositoryName,
        imageIds: [{ imageTag: '1' }],
      }),
    );
    expect(images![0].imageManifest).toBe(imageManifest);
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName }),
    );
    expect(imageDetails![0]).toMatchObject({
      imageSizeInBytes: layer.length,
      lastRecordedPullTime: expect.any(Date),
    });
    const { downloadUrl } = await ecr.send(
      new GetDownloadUrlForLayerCommand({
        repositoryName,
        layerDigest: digestOf(layer),
      }),
    );
    const downloaded = await fetch(downloadUrl!);
    expect(digestOf(Buffer.from(await downloaded.arrayBuffer()))).toBe(
      digestOf(layer),
    );
    aws.world.clock.advance(2 * 60 * 60 * 1000);
    expect((await fetch(downloadUrl!)).status).toBe(403);
    expect(
      (
        await ecr.send(
          new BatchCheckLayerAvailabilityCommand({
            repositoryName,
            layerDigests: [digestOf(layer), digestOf('other')],
          }),
        )
      ).layers!.map(({ layerAvailability }) => layerAvailability),
    ).toEqual(['AVAILABLE', 'UNAVAILABLE']);
  });

  it('takes an index only when its images are there', async () => {
    const put = (digest: string) =>
      ecr.send(
        new PutImageCommand({
          repositoryName: 'sample-backend',
          imageTag: 'index',
          imageManifest: JSON.stringify({
            schemaVersion: 2,
            mediaType: 'application/vnd.oci.image.index.v1+json',
            manifests: [{ digest, size: 1 }],
          }),
        }),
      );
    await expect(put(digestOf('nothing'))).rejects.toMatchObject({
      name: 'ReferencedImagesNotFoundException',
    });
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({
        repositoryName: 'sample-backend',
        imageIds: [{ imageTag: '1.8.0' }],
      }),
    );
    const { image } = await put(imageDetails![0].imageDigest!);
    expect(image!.imageManifestMediaType).toBe(
      'application/vnd.oci.image.index.v1+json',
    );
  });

  it('refuses parts of a layer that do not follow each other, and bytes of another digest', async () => {
    const repositoryName = 'sample-backend';
    const { uploadId } = await ecr.send(
      new InitiateLayerUploadCommand({ repositoryName }),
    );
    const part = (first: number, last: number) =>
      ecr.send(
        new UploadLayerPartCommand({
          repositoryName,
          uploadId,
          partFirstByte: first,
          partLastByte: last,
          layerPartBlob: Buffer.from('abcd'),
        }),
      );
    await expect(part(4, 7)).rejects.toMatchObject({
      name: 'InvalidLayerPartException',
      uploadId,
      lastValidByteReceived: -1,
    });
    await part(0, 3);
    await expect(
      ecr.send(
        new CompleteLayerUploadCommand({
          repositoryName,
          uploadId,
          layerDigests: [digestOf('other')],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidLayerException' });
  });

  it('has manifests for what CI built, signed so that anyone can check', async () => {
    const repositoryName = 'sample-backend';
    const { images } = await ecr.send(
      new BatchGetImageCommand({
        repositoryName,
        imageIds: [{ imageTag: '1.8.0' }],
      }),
    );
    const { imageDigest } = images![0].imageId!;
    expect(digestOf(images![0].imageManifest!)).toBe(imageDigest);

    const { referrers } = await ecr.send(
      new ListImageReferrersCommand({
        repositoryName,
        subjectId: { imageDigest },
        filter: { artifactTypes: [SIGNATURE] },
      }),
    );
    expect(referrers).toHaveLength(1);
    const artifact = await ecr.send(
      new BatchGetImageCommand({
        repositoryName,
        imageIds: [{ imageDigest: referrers![0].digest }],
      }),
    );
    const manifest = JSON.parse(artifact.images![0].imageManifest!);
    expect(manifest.subject.digest).toBe(imageDigest);
    const [layer] = manifest.layers;
    const { downloadUrl } = await ecr.send(
      new GetDownloadUrlForLayerCommand({
        repositoryName,
        layerDigest: layer.digest,
      }),
    );
    const payload = Buffer.from(
      await (await fetch(downloadUrl!)).arrayBuffer(),
    );
    expect(JSON.parse(payload.toString()).critical.image).toEqual({
      'docker-manifest-digest': imageDigest,
    });
    const signature = Buffer.from(
      layer.annotations['dev.cosignproject.cosign/signature'],
      'base64',
    );
    const key = createPublicKey(ciPublicKey());
    expect(verify(null, payload, key, signature)).toBe(true);
    expect(verify(null, Buffer.from(`${payload} `), key, signature)).toBe(
      false,
    );
  });

  it('scans once a day, and finds the same again', async () => {
    const image = {
      repositoryName: 'sample-backend',
      imageId: { imageTag: '1.8.0' },
    };
    const findings = () =>
      ecr.send(new DescribeImageScanFindingsCommand(image));
    const before = await findings();
    expect(before.imageScanStatus!.status).toBe('COMPLETE');

    await ecr.send(new StartImageScanCommand(image));
    expect((await findings()).imageScanStatus!.status).toBe('IN_PROGRESS');
    await expect(
      ecr.send(new StartImageScanCommand(image)),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    const after = await aws.soon(
      findings,
      ({ imageScanStatus }) => imageScanStatus!.status === 'COMPLETE',
    );
    expect(after.imageScanFindings!.findings).toEqual(
      before.imageScanFindings!.findings,
    );
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({
        repositoryName: image.repositoryName,
        imageIds: [image.imageId],
      }),
    );
    expect(
      imageDetails![0].imageScanFindingsSummary!.findingSeverityCounts,
    ).toEqual(after.imageScanFindings!.findingSeverityCounts);
    expect(
      (await ecr.send(new GetRegistryScanningConfigurationCommand({})))
        .scanningConfiguration,
    ).toEqual({ scanType: 'BASIC', rules: [] });
  });

  it('says beforehand what a lifecycle policy removes, and removes it within the hour', async () => {
    const repositoryName = 'sample-backend';
    const lifecyclePolicyText = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: {
            tagStatus: 'tagged',
            tagPrefixList: ['1.8.3'],
            countType: 'sinceImagePushed',
            countUnit: 'days',
            countNumber: 9000,
          },
          action: { type: 'expire' },
        },
        {
          rulePriority: 2,
          selection: {
            tagStatus: 'any',
            countType: 'imageCountMoreThan',
            countNumber: 1,
          },
          action: { type: 'expire' },
        },
      ],
    });
    const tagged = async () =>
      (
        await ecr.send(
          new DescribeImagesCommand({
            repositoryName,
            filter: { tagStatus: 'TAGGED' },
          }),
        )
      ).imageDetails!.flatMap(({ imageTags }) => imageTags!);
    const [newest, second] = await tagged();
    expect(newest).toBe('1.8.3');

    await ecr.send(
      new StartLifecyclePolicyPreviewCommand({
        repositoryName,
        lifecyclePolicyText,
      }),
    );
    const preview = await aws.soon(
      () => ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName })),
      ({ status }) => status === 'COMPLETE',
    );
    const expiring = preview.previewResults!.flatMap(
      ({ imageTags }) => imageTags!,
    );
    expect(expiring).not.toContain(second);
    expect(expiring).not.toContain(newest);
    expect(preview.summary!.expiringImageTotalCount).toBe(expiring.length);
    expect((await tagged()).length).toBe(expiring.length + 2);

    await ecr.send(
      new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }),
    );
    aws.world.clock.advance(61 * 60 * 1000);
    await aws.soon(tagged, tags => tags.length === 2);
    expect(await tagged()).toEqual([newest, second]);
    // What was about a removed image went with it.
    const untagged = await ecr.send(
      new DescribeImagesCommand({
        repositoryName,
        filter: { tagStatus: 'UNTAGGED' },
      }),
    );
    expect(untagged.imageDetails).toHaveLength(2);
  });

  it('gives a token for the registry that lasts twelve hours', async () => {
    const { authorizationData } = await ecr.send(
      new GetAuthorizationTokenCommand({}),
    );
    const [data] = authorizationData!;
    expect(Buffer.from(data.authorizationToken!, 'base64').toString()).toMatch(
      /^AWS:.+/,
    );
    expect(data.proxyEndpoint).toBe(
      'https://111100000000.dkr.ecr.ap-southeast-2.amazonaws.com',
    );
    const hours =
      (data.expiresAt!.getTime() - aws.world.clock.now().getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
  });
});
