import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { digestOf } from './playedImage';
import { registryKey, RegistryRef } from './types';

// ECR asks for parts of 10 MiB or more, except the last.
const PART_BYTES = 10 * 1024 * 1024;
const MIN_PART_BYTES = 5 * 1024 * 1024;

interface Upload {
  repository: string;
  parts: Buffer[];
  /** Bytes so far. */
  size: number;
}

/**
 * The layers that were pushed into repositories: bytes on disk once, known in
 * each repository they were pushed to. Uploads that were not completed are
 * forgotten when the sandbox stops.
 */
export class LayerStore {
  private readonly uploads = new Map<string, Upload>();
  /** Sizes by digest, by repository. */
  private layers: Record<string, Record<string, number>>;
  private readonly file: JsonFile<Record<string, Record<string, number>>>;

  /** @param folder - on disk, made when it is needed */
  constructor(private readonly folder: string) {
    this.file = new JsonFile(join(folder, 'layers.json'), () => this.layers);
    this.layers = this.file.load() ?? {};
  }

  clear(): void {
    this.uploads.clear();
    this.layers = {};
    this.file.touch();
  }

  flush(): void {
    this.file.flush();
  }

  /** Size of a layer in a repository, bytes; undefined when it is not there. */
  sizeOf(
    registry: RegistryRef,
    repository: string,
    digest: string,
  ): number | undefined {
    return this.layers[`${registryKey(registry)}/${repository}`]?.[digest];
  }

  /** Lets a repository have a layer that another has. */
  copy(from: RegistryRef, to: RegistryRef, repository: string): void {
    const source = this.layers[`${registryKey(from)}/${repository}`];
    if (source) {
      const key = `${registryKey(to)}/${repository}`;
      this.layers[key] = { ...this.layers[key], ...source };
      this.file.touch();
    }
  }

  /** The bytes of a layer; undefined when nobody pushed it. */
  read(digest: string): Buffer | undefined {
    const path = this.pathOf(digest);
    return /^sha256:[0-9a-f]{64}$/.test(digest) && existsSync(path)
      ? readFileSync(path)
      : undefined;
  }

  /** Keeps a layer as if it had been pushed. */
  add(registry: RegistryRef, repository: string, content: Buffer): string {
    const digest = digestOf(content);
    const path = this.pathOf(digest);
    if (!existsSync(path)) {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(path, content);
    }
    const key = `${registryKey(registry)}/${repository}`;
    this.layers[key] = { ...this.layers[key], [digest]: content.length };
    this.file.touch();
    return digest;
  }

  /** Begins an upload into a repository, which the caller has checked. */
  begin(registry: RegistryRef, repository: string) {
    const uploadId = randomUUID();
    this.uploads.set(uploadId, {
      repository: `${registryKey(registry)}/${repository}`,
      parts: [],
      size: 0,
    });
    return { uploadId, partSize: PART_BYTES };
  }

  /**
   * Takes the next bytes of an upload; returns the position of the last byte.
   *
   * @throws AwsError - UploadNotFoundException, InvalidLayerPartException
   */
  append(
    registry: RegistryRef,
    repository: string,
    uploadId: string,
    part: { first: number; last: number; content: Buffer },
  ): number {
    const upload = this.uploadOf(registry, repository, uploadId);
    if (
      part.first !== upload.size ||
      part.last - part.first + 1 !== part.content.length
    ) {
      throw new AwsError(
        'InvalidLayerPartException',
        `The layer part size is not valid, or the first byte specified is not consecutive to the last byte of a previous layer part upload.`,
        400,
        {
          registryId: registry.accountId,
          repositoryName: repository,
          uploadId,
          lastValidByteReceived: upload.size - 1,
        },
      );
    }
    upload.parts.push(part.content);
    upload.size += part.content.length;
    return upload.size - 1;
  }

  /**
   * Ends an upload; what came must have the digest that the caller names.
   *
   * @throws AwsError - UploadNotFoundException, EmptyUploadException,
   *   LayerPartTooSmallException, InvalidLayerException, LayerAlreadyExistsException
   */
  complete(
    registry: RegistryRef,
    repository: string,
    uploadId: string,
    wanted: string,
  ): string {
    const upload = this.uploadOf(registry, repository, uploadId);
    if (upload.size === 0) {
      throw new AwsError(
        'EmptyUploadException',
        'The specified layer upload does not contain any layer parts.',
      );
    }
    if (upload.parts.slice(0, -1).some(part => part.length < MIN_PART_BYTES)) {
      throw new AwsError(
        'LayerPartTooSmallException',
        'Layer parts must be at least 5 MiB in size.',
      );
    }
    const content = Buffer.concat(upload.parts);
    const digest = digestOf(content);
    if (digest !== wanted) {
      throw new AwsError(
        'InvalidLayerException',
        `The layer digest '${digest}' does not match the digest '${wanted}' that was given.`,
      );
    }
    this.uploads.delete(uploadId);
    if (this.sizeOf(registry, repository, digest) !== undefined) {
      throw new AwsError(
        'LayerAlreadyExistsException',
        `The layer '${digest}' already exists in the repository with name '${repository}' in registry with id '${registry.accountId}'`,
      );
    }
    return this.add(registry, repository, content);
  }

  private uploadOf(
    registry: RegistryRef,
    repository: string,
    uploadId: string,
  ): Upload {
    const upload = this.uploads.get(uploadId);
    if (upload?.repository !== `${registryKey(registry)}/${repository}`) {
      throw new AwsError(
        'UploadNotFoundException',
        `Layer upload with id '${uploadId}' does not exist in repository with name '${repository}' in registry with id '${registry.accountId}'`,
      );
    }
    return upload;
  }

  private pathOf(digest: string): string {
    return join(this.folder, digest.replace('sha256:', ''));
  }
}
