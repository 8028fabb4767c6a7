import {
  DescribeImageReplicationStatusCommand,
  ImageDetail,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { NotFoundError } from '@backstage/errors';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  ImageRegistrySource,
  ImageReplica,
  StoredImage,
} from '@fairway/plugin-platform-envs-node';
import { EcrClients } from './EcrClients';
import { EcrRepository, ecrRepositoryOf } from './EcrImageLabelSource';
import { explainEcrError } from './explainEcrError';

/** One hung account must not keep the others waiting. */
const TIMEOUT_MS = 15_000;

/** What cosign and its like put beside an image: `sha256-<digest>.sig`. */
const ATTACHMENT_TAG = /^sha256-[0-9a-f]{64}(\.\w+)?$/;

const STATES: Record<string, ImageReplica['state']> = {
  COMPLETE: 'copied',
  FAILED: 'failed',
  IN_PROGRESS: 'copying',
};

/**
 * Images in Amazon ECR by `DescribeImages`, and their copies by
 * `DescribeImageReplicationStatus`: one call each for a new repository.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageReplicationStatus.html
 * @public
 */
export class EcrImageRegistrySource implements ImageRegistrySource {
  readonly #clients: EcrClients;

  constructor(options: { credentials: AwsCredentialsManager }) {
    this.#clients = new EcrClients(options.credentials);
  }

  handles(image: string): boolean {
    return ecrRepositoryOf(image) !== undefined;
  }

  async newestImage(image: string): Promise<StoredImage | undefined> {
    return this.#ask(image, async repository => {
      const pages = paginateDescribeImages(
        { client: await this.#clients.get(repository), pageSize: 1000 },
        {
          registryId: repository.accountId,
          repositoryName: repository.name,
          filter: { tagStatus: 'TAGGED' },
        },
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      );
      let newest: StoredImage | undefined;
      for await (const { imageDetails = [] } of pages) {
        for (const stored of imageDetails.flatMap(detail => toStored(detail))) {
          if (!newest || stored.pushedAt > newest.pushedAt) newest = stored;
        }
      }
      return newest;
    });
  }

  async listReplicas(image: string, digest: string): Promise<ImageReplica[]> {
    return this.#ask(image, async repository => {
      const client = await this.#clients.get(repository);
      const { replicationStatuses = [] } = await client.send(
        new DescribeImageReplicationStatusCommand({
          registryId: repository.accountId,
          repositoryName: repository.name,
          imageId: { imageDigest: digest },
        }),
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      );
      return replicationStatuses
        .map(({ region = '', registryId = '', status, failureCode }) => ({
          region,
          accountId: registryId,
          state: STATES[status ?? ''] ?? ('copying' as const),
          ...(failureCode && { reason: failureCode }),
        }))
        .sort((a, b) => a.region.localeCompare(b.region));
    });
  }

  async #ask<T>(
    image: string,
    question: (repository: EcrRepository) => Promise<T>,
  ): Promise<T> {
    const repository = ecrRepositoryOf(image);
    if (!repository) {
      throw new NotFoundError(`${image} is not kept in Amazon ECR`);
    }
    try {
      return await question(repository);
    } catch (error) {
      throw explainEcrError(error, repository);
    }
  }
}

function toStored(detail: ImageDetail): StoredImage[] {
  const tags = (detail.imageTags ?? []).filter(
    tag => !ATTACHMENT_TAG.test(tag),
  );
  const { imageDigest, imagePushedAt } = detail;
  return tags.length > 0 && imageDigest && imagePushedAt
    ? [{ digest: imageDigest, tags, pushedAt: imagePushedAt.toISOString() }]
    : [];
}
