import type {
  Image,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { RegistryImage } from '../../world/aws/ImageRegistry';
import { paginate } from '../../world/aws/paginate';
import { manifestOf, mediaTypeOf } from '../../world/aws/registry/manifests';
import { OCI_CONFIG } from '../../world/aws/registry/playedImage';
import { scanOf, severityCounts } from '../../world/aws/registry/scanFindings';
import { invalidToken, pageSize } from './ecrShared';
import { registryOf } from './ecrAccess';
import { Handlers } from './handlers';

/** Amazon ECR: images, by their names and by what they are. */
export const ecrImageHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> =
  {
    DescribeImages(input, context) {
      const registry = registryOf(input, context, 'DescribeImages');
      const { registry: store } = context.aws;
      if (input.imageIds) {
        return {
          imageDetails: input.imageIds.map(({ imageDigest, imageTag }) =>
            describeImage(
              store.getImage(registry, input.repositoryName!, {
                digest: imageDigest,
                tag: imageTag,
              }),
              context.aws.clock.now(),
            ),
          ),
        };
      }
      const page = paginate(
        store
          .listImages(registry, input.repositoryName!)
          .filter(({ tags }) => hasTagStatus(tags, input.filter?.tagStatus)),
        {
          token: input.nextToken,
          size: pageSize(input.maxResults),
          tokenError: invalidToken(),
        },
      );
      return {
        imageDetails: page.items.map(image =>
          describeImage(image, context.aws.clock.now()),
        ),
        nextToken: page.nextToken,
      };
    },

    ListImages(input, context) {
      const registry = registryOf(input, context, 'ListImages');
      const ids = context.aws.registry
        .listImages(registry, input.repositoryName!)
        .filter(({ tags }) => hasTagStatus(tags, input.filter?.tagStatus))
        .flatMap(({ digest, tags }): ImageIdentifier[] =>
          tags.length === 0
            ? [{ imageDigest: digest }]
            : tags.map(tag => ({ imageDigest: digest, imageTag: tag })),
        );
      const page = paginate(ids, {
        token: input.nextToken,
        size: pageSize(input.maxResults),
        tokenError: invalidToken(),
      });
      return { imageIds: page.items, nextToken: page.nextToken };
    },

    BatchDeleteImage(input, context) {
      const registry = registryOf(input, context, 'BatchDeleteImage');
      const imageIds = [];
      const failures = [];
      context.aws.registry.repositories.get(registry, input.repositoryName!);
      for (const imageId of input.imageIds!) {
        try {
          const { digest } = context.aws.registry.deleteImage(
            registry,
            input.repositoryName!,
            { digest: imageId.imageDigest, tag: imageId.imageTag },
          );
          imageIds.push({ imageDigest: digest, imageTag: imageId.imageTag });
        } catch {
          failures.push({
            imageId,
            failureCode: 'ImageNotFound' as const,
            failureReason: 'Requested image not found',
          });
        }
      }
      return { imageIds, failures };
    },

    DescribeImageReplicationStatus(input, context) {
      const registry = registryOf(
        input,
        context,
        'DescribeImageReplicationStatus',
      );
      const image = context.aws.registry.getImage(
        registry,
        input.repositoryName!,
        { digest: input.imageId!.imageDigest, tag: input.imageId!.imageTag },
      );
      return {
        repositoryName: input.repositoryName,
        imageId: { ...input.imageId, imageDigest: image.digest },
        replicationStatuses: image.replications.map(
          ({ accountId, region, status, failureCode }) => ({
            registryId: accountId,
            region,
            status,
            failureCode,
          }),
        ),
      };
    },

    BatchGetImage(input, context) {
      const name = input.repositoryName!;
      const registry = registryOf(input, context, 'BatchGetImage');
      const store = context.aws.registry;
      store.repositories.get(registry, name);
      const images: Image[] = [];
      const failures: ImageFailure[] = [];
      for (const imageId of input.imageIds!) {
        if (!imageId.imageDigest && !imageId.imageTag) {
          failures.push({
            imageId,
            failureCode: 'MissingDigestAndTag',
            failureReason:
              'Invalid request parameters: both tag and digest cannot be null',
          });
          continue;
        }
        const image = store
          .listImages(registry, name)
          .find(
            ({ digest, tags }) =>
              (!imageId.imageDigest || digest === imageId.imageDigest) &&
              (!imageId.imageTag || tags.includes(imageId.imageTag)),
          );
        const imageManifest = image && manifestOf(image);
        if (!image || imageManifest === undefined) {
          failures.push({
            imageId,
            failureCode: 'ImageNotFound',
            failureReason: 'Requested image not found',
          });
          continue;
        }
        store.markPulled(image);
        images.push({
          registryId: registry.accountId,
          repositoryName: name,
          imageId: { imageDigest: image.digest, imageTag: imageId.imageTag },
          imageManifest,
          imageManifestMediaType: mediaTypeOf(image),
        });
      }
      return { images, failures };
    },

    ListImageReferrers(input, context) {
      const name = input.repositoryName!;
      const registry = registryOf(input, context, 'ListImageReferrers');
      const store = context.aws.registry;
      const digest = input.subjectId?.imageDigest;
      if (!digest) {
        throw new AwsError(
          'InvalidParameterException',
          "Invalid parameter at 'subjectId.imageDigest' failed to satisfy constraint: 'Member must not be null'",
        );
      }
      const types = input.filter?.artifactTypes;
      const page = paginate(
        store
          .referrersOf(registry, name, digest)
          .filter(
            ({ artifactType }) => !types || types.includes(artifactType ?? ''),
          ),
        {
          token: input.nextToken,
          size: input.maxResults ?? 50,
          tokenError: invalidToken(),
        },
      );
      return {
        referrers: page.items.map(image => ({
          digest: image.digest,
          mediaType: mediaTypeOf(image),
          artifactType: image.artifactType,
          size: Buffer.byteLength(manifestOf(image) ?? ''),
          artifactStatus: 'ACTIVE',
        })),
        nextToken: page.nextToken,
      };
    },
  };

function hasTagStatus(tags: string[], status: string | undefined): boolean {
  switch (status) {
    case 'TAGGED':
      return tags.length > 0;
    case 'UNTAGGED':
      return tags.length === 0;
    default:
      return true;
  }
}

function describeImage(image: RegistryImage, now: Date): ImageDetail {
  const scan = scanOf(image, now);
  return {
    registryId: image.accountId,
    repositoryName: image.repository,
    imageDigest: image.digest,
    imageTags: image.tags.length > 0 ? image.tags : undefined,
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: mediaTypeOf(image),
    artifactMediaType: image.artifactType ?? OCI_CONFIG,
    subjectManifestDigest: image.subject,
    lastRecordedPullTime: image.lastPulledAt
      ? new Date(image.lastPulledAt)
      : undefined,
    imageScanStatus: scan && { status: scan.status },
    imageScanFindingsSummary: scan?.completedAt && {
      imageScanCompletedAt: scan.completedAt,
      vulnerabilitySourceUpdatedAt: scan.completedAt,
      findingSeverityCounts: severityCounts(scan.findings),
    },
  };
}
