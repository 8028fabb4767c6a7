import {
  BatchGetImageCommand,
  GetDownloadUrlForLayerCommand,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { Release } from '@fairway/plugin-platform-envs-common';
import { ImageLabelSource } from '@fairway/plugin-platform-envs-node';
import { createHash } from 'node:crypto';
import { EcrClients } from './EcrClients';
import { explainEcrError } from './explainEcrError';
import {
  chooseImage,
  Manifest,
  MANIFEST_TYPES,
  parseConfig,
  parseManifest,
} from './manifests';

/** @public */
export interface EcrImageLabelSourceOptions {
  credentials: AwsCredentialsManager;
}

/** Where an image is kept. */
export interface EcrRepository {
  accountId: string;
  region: string;
  name: string;
}

/** One hung account must not keep the others waiting. */
const TIMEOUT_MS = 15_000;

/** Bytes. Configurations have a few kilobytes; a layer that poses as one is not read. */
const MAX_CONFIG_BYTES = 1024 * 1024;

const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/(.+)$/;

/** The ECR repository that an image name stands for; undefined for any other registry. */
export function ecrRepositoryOf(image: string): EcrRepository | undefined {
  const [, accountId, region, name] = ECR_IMAGE.exec(image) ?? [];
  return accountId ? { accountId, region, name } : undefined;
}

/**
 * Labels of images in Amazon ECR: the manifest by `BatchGetImage`, then the
 * configuration that it names by `GetDownloadUrlForLayer`. Two calls for an
 * image, three for one of several architectures.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 * @public
 */
export class EcrImageLabelSource implements ImageLabelSource {
  readonly #clients: EcrClients;

  constructor(options: EcrImageLabelSourceOptions) {
    this.#clients = new EcrClients(options.credentials);
  }

  handles(image: string): boolean {
    return ecrRepositoryOf(image) !== undefined;
  }

  async readLabels(release: Release): Promise<Record<string, string>> {
    const repository = ecrRepositoryOf(release.image);
    if (!repository) {
      throw new NotFoundError(`${release.image} is not kept in Amazon ECR`);
    }
    try {
      return await this.#read(repository, {
        ...(release.digest
          ? { imageDigest: release.digest }
          : { imageTag: release.version }),
      });
    } catch (error) {
      throw explainEcrError(error, repository);
    }
  }

  async #read(
    repository: EcrRepository,
    id: ImageIdentifier,
  ): Promise<Record<string, string>> {
    const named = await this.#manifest(repository, id);
    const chosen = chooseImage(named);
    const manifest = chosen
      ? await this.#manifest(repository, { imageDigest: chosen })
      : named;
    const config =
      manifest.config && (await this.#config(repository, manifest));
    return { ...named.annotations, ...manifest.annotations, ...config };
  }

  async #manifest(
    repository: EcrRepository,
    id: ImageIdentifier,
  ): Promise<Manifest> {
    const client = await this.#clients.get(repository);
    const { images = [], failures = [] } = await client.send(
      new BatchGetImageCommand({
        registryId: repository.accountId,
        repositoryName: repository.name,
        imageIds: [id],
        acceptedMediaTypes: MANIFEST_TYPES,
      }),
      { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    const text = images[0]?.imageManifest;
    if (text === undefined) {
      throw new NotFoundError(
        `${repository.name} in account ${repository.accountId} has no image ${
          id.imageDigest ?? id.imageTag
        } (${failures[0]?.failureCode ?? 'ImageNotFound'})`,
      );
    }
    return parseManifest(text);
  }

  async #config(
    repository: EcrRepository,
    { config }: Manifest,
  ): Promise<Record<string, string>> {
    const client = await this.#clients.get(repository);
    const { downloadUrl } = await client.send(
      new GetDownloadUrlForLayerCommand({
        registryId: repository.accountId,
        repositoryName: repository.name,
        layerDigest: config!.digest,
      }),
      { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    if (!downloadUrl) {
      throw new ServiceUnavailableError('Amazon ECR gave no address for it');
    }
    return parseConfig(await download(downloadUrl, config!.digest));
  }
}

/** The bytes behind a link, if they are what the digest says. */
async function download(url: string, digest: string): Promise<string> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok || !response.body) {
    throw new ServiceUnavailableError(
      `its configuration cannot be downloaded (HTTP ${response.status})`,
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_CONFIG_BYTES) {
      throw new ServiceUnavailableError(
        `its configuration has more than ${MAX_CONFIG_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== digest) {
    throw new ServiceUnavailableError(
      `its configuration has the digest ${found}, not ${digest}`,
    );
  }
  return content.toString('utf8');
}
