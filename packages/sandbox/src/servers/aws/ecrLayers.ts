import type { Layer, LayerFailure } from '@aws-sdk/client-ecr';
import { randomBytes } from 'node:crypto';
import { AwsError } from '../../world/aws/AwsError';
import { findLayer, readLayer } from '../../world/aws/registry/imageLayers';
import { readManifest } from '../../world/aws/registry/manifests';
import { digestOf } from '../../world/aws/registry/playedImage';
import { layerUrl } from './ecrDownloads';
import { registryOf } from './ecrAccess';
import { CallContext, Handlers } from './handlers';

const TOKEN_MS = 12 * 60 * 60 * 1000;

/** Amazon ECR: pushing and pulling, layer by layer. */
export const ecrLayerHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> =
  {
    GetAuthorizationToken(input, { aws, accountId, region }) {
      return {
        authorizationData: (input.registryIds ?? [accountId]).map(
          registryId => ({
            authorizationToken: Buffer.from(
              `AWS:${randomBytes(96).toString('base64url')}`,
            ).toString('base64'),
            expiresAt: new Date(aws.clock.now().getTime() + TOKEN_MS),
            proxyEndpoint: `https://${registryId}.dkr.ecr.${region}.amazonaws.com`,
          }),
        ),
      };
    },

    BatchCheckLayerAvailability(input, context) {
      const name = input.repositoryName!;
      const registry = registryOf(
        input,
        context,
        'BatchCheckLayerAvailability',
      );
      context.aws.registry.repositories.get(registry, name);
      const layers: Layer[] = [];
      const failures: LayerFailure[] = [];
      for (const layerDigest of input.layerDigests!) {
        if (!/^sha256:[0-9a-f]{64}$/.test(layerDigest)) {
          failures.push({
            layerDigest,
            failureCode: 'InvalidLayerDigest',
            failureReason: 'Invalid layer digest',
          });
          continue;
        }
        const found = findLayer(
          context.aws.registry,
          registry,
          name,
          layerDigest,
        );
        layers.push(
          found
            ? {
                layerDigest,
                layerAvailability: 'AVAILABLE',
                layerSize: found.size,
                mediaType: found.mediaType,
              }
            : { layerDigest, layerAvailability: 'UNAVAILABLE' },
        );
      }
      return { layers, failures };
    },

    GetDownloadUrlForLayer(input, context) {
      const name = input.repositoryName!;
      const layerDigest = input.layerDigest!;
      const registry = registryOf(input, context, 'GetDownloadUrlForLayer');
      const store = context.aws.registry;
      store.repositories.get(registry, name);
      if (!findLayer(store, registry, name, layerDigest)) {
        throw new AwsError(
          'LayersNotFoundException',
          `The layer with digest '${layerDigest}' does not exist in the repository with name '${name}' in the registry with id '${registry.accountId}'`,
        );
      }
      if (!readLayer(store, registry, name, layerDigest)) {
        throw new AwsError(
          'LayerInaccessibleException',
          `The layer with digest '${layerDigest}' is not accessible: its image was never built`,
        );
      }
      return {
        layerDigest,
        downloadUrl: layerUrl(context.aws, registry, name, layerDigest),
      };
    },

    InitiateLayerUpload(input, context) {
      const { registry, store, name } = repositoryOf(
        input,
        context,
        'InitiateLayerUpload',
      );
      return store.layers.begin(registry, name);
    },

    UploadLayerPart(input, context) {
      const { registry, store, name } = repositoryOf(
        input,
        context,
        'UploadLayerPart',
      );
      return {
        registryId: registry.accountId,
        repositoryName: name,
        uploadId: input.uploadId,
        lastByteReceived: store.layers.append(registry, name, input.uploadId!, {
          first: input.partFirstByte!,
          last: input.partLastByte!,
          content: Buffer.from(input.layerPartBlob!),
        }),
      };
    },

    CompleteLayerUpload(input, context) {
      const { registry, store, name } = repositoryOf(
        input,
        context,
        'CompleteLayerUpload',
      );
      return {
        registryId: registry.accountId,
        repositoryName: name,
        uploadId: input.uploadId,
        layerDigest: store.layers.complete(
          registry,
          name,
          input.uploadId!,
          input.layerDigests![0],
        ),
      };
    },

    PutImage(input, context) {
      const repository = repositoryOf(input, context, 'PutImage');
      const { registry, store, name } = repository;
      const manifest = input.imageManifest!;
      const read = readManifest(manifest, input.imageManifestMediaType);
      const digest = digestOf(manifest);
      if (input.imageDigest && input.imageDigest !== digest) {
        throw new AwsError(
          'ImageDigestDoesNotMatchException',
          `The specified image digest '${input.imageDigest}' does not match the digest '${digest}' that Amazon ECR calculated for the image.`,
        );
      }
      const tags = input.imageTag ? [input.imageTag] : [];
      const known = store
        .listImages(registry, name)
        .find(image => image.digest === digest);
      if (known && tags.every(tag => known.tags.includes(tag))) {
        throw new AwsError(
          'ImageAlreadyExistsException',
          `Image with digest '${digest}' and tag '${
            input.imageTag ?? 'null'
          }' already exists in the repository with name '${name}' in registry with id '${
            registry.accountId
          }'`,
        );
      }
      checkPartsExist(read, repository);
      store.push({
        ...registry,
        repository: name,
        digest,
        tags,
        manifest,
        mediaType: read.mediaType,
        artifactType: read.artifactType,
        subject: read.subject,
        sizeBytes: read.sizeBytes,
      });
      return {
        image: {
          registryId: registry.accountId,
          repositoryName: name,
          imageId: { imageDigest: digest, imageTag: input.imageTag },
          imageManifest: manifest,
          imageManifestMediaType: read.mediaType,
        },
      };
    },
  };

/** The repository that a change is about, which exists. */
function repositoryOf(
  input: { registryId?: string; repositoryName?: string },
  context: CallContext,
  action: string,
) {
  const registry = registryOf(input, context, action);
  const store = context.aws.registry;
  store.repositories.get(registry, input.repositoryName!);
  return { registry, store, name: input.repositoryName! };
}

/** What a manifest names is pushed before it. */
function checkPartsExist(
  { parts, images }: ReturnType<typeof readManifest>,
  { registry, store, name }: ReturnType<typeof repositoryOf>,
): void {
  const missingLayers = parts
    .map(({ digest }) => digest)
    .filter(digest => !findLayer(store, registry, name, digest));
  const present = new Set(
    store.listImages(registry, name).map(({ digest }) => digest),
  );
  const missingImages = images.filter(digest => !present.has(digest));
  const where = `required for pushing image into repository with name '${name}' in the registry with id '${registry.accountId}' do not exist`;
  if (missingLayers.length > 0) {
    throw new AwsError(
      'LayersNotFoundException',
      `Layers with digests '[${missingLayers.join(', ')}]' ${where}`,
    );
  }
  if (missingImages.length > 0) {
    throw new AwsError(
      'ReferencedImagesNotFoundException',
      `Images with digests '[${missingImages.join(', ')}]' ${where}`,
    );
  }
}
