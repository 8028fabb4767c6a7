import { EventEmitter } from 'node:events';
import { ImageStore, StoredImage, World } from '../types';
import { AwsError } from './AwsError';
import { JsonFile } from './JsonFile';

/** Which registry: every account has one in every region. */
export interface RegistryRef {
  accountId: string;
  region: string;
}

export type TagMutability =
  | 'MUTABLE'
  | 'IMMUTABLE'
  | 'MUTABLE_WITH_EXCLUSION'
  | 'IMMUTABLE_WITH_EXCLUSION';

/** The settings of a repository that can be changed after its creation. */
export interface RepositorySettings {
  tagMutability: TagMutability;
  /** Tag patterns with `*` that are excepted from the rule of mutability. */
  tagMutabilityExclusions?: string[];
  scanOnPush: boolean;
  lifecyclePolicy?: string;
  policy?: string;
  tags: Record<string, string>;
}

export interface Repository extends RepositorySettings, RegistryRef {
  name: string;
  encryptionType: string;
  kmsKey?: string;
  /** ISO time, UTC. */
  createdAt: string;
}

export type ReplicationState = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** How far one image has come on its way to one other registry. */
export interface ImageReplication extends RegistryRef {
  status: ReplicationState;
  failureCode?: string;
}

/** An image as the registry keeps it. */
export interface RegistryImage extends StoredImage {
  replications: ImageReplication[];
}

/** To where the images of one registry are copied. */
export interface ReplicationRule {
  destinations: RegistryRef[];
  /** Only repositories whose name begins so; empty means all. */
  prefixes: string[];
}

interface Stored {
  repositories: Array<
    Repository & {
      images: Array<Omit<RegistryImage, 'pushedAt'> & { pushedAt: string }>;
    }
  >;
  replication: Array<RegistryRef & { rules: ReplicationRule[] }>;
}

// What a replication between two regions of a quiet registry takes.
const REPLICATION_MS = 2_000;

const NAME =
  /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The image registries of all accounts and regions, as ECR keeps them.
 *
 * Every method that refuses throws {@link AwsError} with the code and words of
 * ECR, which also tell a CI log what to do.
 */
export class ImageRegistry implements ImageStore {
  /** Emits `push` and, at the other end of a replication, `replicated`; both with {@link StoredImage}. */
  readonly events = new EventEmitter();

  private readonly repositories = new Map<string, Repository>();
  private readonly images = new Map<string, Map<string, RegistryImage>>();
  private readonly rules = new Map<string, ReplicationRule[]>();
  private readonly file: JsonFile<Stored>;

  constructor(
    private readonly world: Pick<World, 'clock' | 'schedule'>,
    path: string,
  ) {
    this.file = new JsonFile(path, () => this.toStored());
  }

  /** Reads the state from disk and takes up replications that were under way. False when there is none. */
  load(): boolean {
    const stored = this.file.load();
    if (!stored) {
      return false;
    }
    for (const { images, ...repository } of stored.repositories) {
      const key = keyOf(repository, repository.name);
      this.repositories.set(key, repository);
      this.images.set(
        key,
        new Map(
          images.map(image => [
            image.digest,
            { ...image, pushedAt: new Date(image.pushedAt) },
          ]),
        ),
      );
    }
    for (const { accountId, region, rules } of stored.replication) {
      this.rules.set(registryKey({ accountId, region }), rules);
    }
    for (const images of this.images.values()) {
      for (const image of images.values()) {
        image.replications
          .filter(({ status }) => status === 'IN_PROGRESS')
          .forEach(replication => this.finishLater(image, replication));
      }
    }
    return true;
  }

  /** Forgets everything, also on disk with the next write. */
  clear(): void {
    this.repositories.clear();
    this.images.clear();
    this.rules.clear();
    this.file.touch();
  }

  flush(): void {
    this.file.flush();
  }

  /** Repositories of one registry, by name. */
  listRepositories(registry: RegistryRef): Repository[] {
    return [...this.repositories.values()]
      .filter(
        ({ accountId, region }) =>
          accountId === registry.accountId && region === registry.region,
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  findRepository(registry: RegistryRef, name: string): Repository | undefined {
    return this.repositories.get(keyOf(registry, name));
  }

  /** @throws AwsError - RepositoryNotFoundException */
  getRepository(registry: RegistryRef, name: string): Repository {
    const repository = this.findRepository(registry, name);
    if (!repository) {
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${name}' does not exist in the registry with id '${registry.accountId}'`,
      );
    }
    return repository;
  }

  /** @throws AwsError - RepositoryAlreadyExistsException, InvalidParameterException */
  createRepository(
    registry: RegistryRef,
    name: string,
    settings: Partial<RepositorySettings> & {
      encryptionType?: string;
      kmsKey?: string;
    } = {},
  ): Repository {
    if (!NAME.test(name) || name.length < 2 || name.length > 256) {
      throw new AwsError(
        'InvalidParameterException',
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${NAME.source.slice(
          1,
          -1,
        )}''`,
      );
    }
    if (this.findRepository(registry, name)) {
      throw new AwsError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${registry.accountId}'`,
      );
    }
    const repository: Repository = {
      accountId: registry.accountId,
      region: registry.region,
      name,
      tagMutability: settings.tagMutability ?? 'MUTABLE',
      tagMutabilityExclusions: settings.tagMutabilityExclusions,
      scanOnPush: settings.scanOnPush ?? false,
      lifecyclePolicy: settings.lifecyclePolicy,
      policy: settings.policy,
      tags: { ...settings.tags },
      encryptionType: settings.encryptionType ?? 'AES256',
      kmsKey: settings.kmsKey,
      createdAt: this.world.clock.now().toISOString(),
    };
    this.repositories.set(keyOf(registry, name), repository);
    this.images.set(keyOf(registry, name), new Map());
    this.file.touch();
    return repository;
  }

  /** Changes settings; keys given as undefined are removed. @throws AwsError - RepositoryNotFoundException */
  updateRepository(
    registry: RegistryRef,
    name: string,
    change: Partial<RepositorySettings>,
  ): Repository {
    const repository = this.getRepository(registry, name);
    Object.assign(repository, change);
    this.file.touch();
    return repository;
  }

  /** @throws AwsError - RepositoryNotFoundException, RepositoryNotEmptyException */
  deleteRepository(
    registry: RegistryRef,
    name: string,
    options: { force: boolean },
  ): Repository {
    const repository = this.getRepository(registry, name);
    if (!options.force && this.listImages(registry, name).length > 0) {
      throw new AwsError(
        'RepositoryNotEmptyException',
        `The repository with name '${name}' in registry with id '${registry.accountId}' cannot be deleted because it still contains images`,
      );
    }
    this.repositories.delete(keyOf(registry, name));
    this.images.delete(keyOf(registry, name));
    this.file.touch();
    return repository;
  }

  /** Images of a repository, newest first. @throws AwsError - RepositoryNotFoundException */
  listImages(registry: RegistryRef, name: string): RegistryImage[] {
    this.getRepository(registry, name);
    return [...this.images.get(keyOf(registry, name))!.values()].sort(
      (a, b) => b.pushedAt.getTime() - a.pushedAt.getTime(),
    );
  }

  /** @throws AwsError - RepositoryNotFoundException, ImageNotFoundException */
  getImage(
    registry: RegistryRef,
    name: string,
    id: { digest?: string; tag?: string },
  ): RegistryImage {
    const image = this.listImages(registry, name).find(
      ({ digest, tags }) =>
        (id.digest === undefined || digest === id.digest) &&
        (id.tag === undefined || tags.includes(id.tag)),
    );
    if (!image) {
      throw new AwsError(
        'ImageNotFoundException',
        `The image with imageId {imageDigest:'${
          id.digest ?? 'null'
        }', imageTag:'${
          id.tag ?? 'null'
        }'} does not exist within the repository with name '${name}' in the registry with id '${
          registry.accountId
        }'`,
      );
    }
    return image;
  }

  /** Takes a tag from an image or, by digest, the whole image. @throws AwsError - as {@link getImage} */
  deleteImage(
    registry: RegistryRef,
    name: string,
    id: { digest?: string; tag?: string },
  ): RegistryImage {
    const image = this.getImage(registry, name, id);
    if (id.tag !== undefined && image.tags.length > 1) {
      image.tags = image.tags.filter(tag => tag !== id.tag);
    } else {
      this.images.get(keyOf(registry, name))!.delete(image.digest);
    }
    this.file.touch();
    return image;
  }

  hasRepository(
    accountId: string,
    region: string,
    repository: string,
  ): boolean {
    return this.findRepository({ accountId, region }, repository) !== undefined;
  }

  find(query: {
    accountId?: string;
    region?: string;
    repository: string;
    digest?: string;
    tag?: string;
  }): StoredImage | undefined {
    for (const repository of this.repositories.values()) {
      if (
        repository.name !== query.repository ||
        (query.accountId && query.accountId !== repository.accountId) ||
        (query.region && query.region !== repository.region)
      ) {
        continue;
      }
      const found = this.listImages(repository, repository.name).find(
        ({ digest, tags }) =>
          (query.digest === undefined || digest === query.digest) &&
          (query.tag === undefined || tags.includes(query.tag)),
      );
      if (found) {
        return found;
      }
    }
    return undefined;
  }

  /**
   * Pushes an image, or adds tags to one that is there; pushing the same again
   * changes nothing.
   *
   * @throws AwsError - RepositoryNotFoundException; InvalidParameterException;
   *   ImageTagAlreadyExistsException when a tag of an immutable repository would move.
   */
  push(image: Omit<StoredImage, 'pushedAt' | 'sizeBytes'>): RegistryImage {
    const { images } = this.checkPush(image);
    const known = images.get(image.digest);
    if (known && image.tags.every(tag => known.tags.includes(tag))) {
      return known;
    }
    const stored = this.store(image, {
      pushedAt: known?.pushedAt ?? this.world.clock.now(),
      sizeBytes: known?.sizeBytes ?? sizeOf(image.digest),
    });
    this.replicate(stored);
    this.events.emit('push', stored);
    return stored;
  }

  /**
   * Puts an image at its place as if it had been pushed at that time: no
   * replication and no event. For seeding.
   */
  place(image: StoredImage): void {
    this.checkPush(image);
    const stored = this.store(image, image);
    stored.replications = this.destinationsOf(image).map(destination => ({
      ...destination,
      status: 'COMPLETE',
    }));
  }

  getReplicationRules(registry: RegistryRef): ReplicationRule[] {
    return this.rules.get(registryKey(registry)) ?? [];
  }

  /** Concerns images pushed from now on, as in ECR. */
  setReplicationRules(registry: RegistryRef, rules: ReplicationRule[]): void {
    this.rules.set(registryKey(registry), rules);
    this.file.touch();
  }

  private checkPush(
    image: Pick<
      StoredImage,
      keyof RegistryRef | 'repository' | 'digest' | 'tags'
    >,
  ) {
    const repository = this.getRepository(image, image.repository);
    const images = this.images.get(keyOf(image, image.repository))!;
    if (!DIGEST.test(image.digest)) {
      throw new AwsError(
        'InvalidParameterException',
        `Invalid parameter at 'imageDigest' failed to satisfy constraint: '${image.digest}' is not sha256 followed by 64 hexadecimal digits`,
      );
    }
    for (const tag of image.tags) {
      if (!TAG.test(tag)) {
        throw new AwsError(
          'InvalidParameterException',
          `Invalid parameter at 'imageTag' failed to satisfy constraint: '${tag}' is not a valid tag`,
        );
      }
      const holder = [...images.values()].find(({ tags }) =>
        tags.includes(tag),
      );
      if (
        holder &&
        holder.digest !== image.digest &&
        isImmutable(repository, tag)
      ) {
        throw new AwsError(
          'ImageTagAlreadyExistsException',
          `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`,
        );
      }
    }
    return { images };
  }

  /** Writes an image and takes its tags from those that had them. */
  private store(
    image: Omit<StoredImage, 'pushedAt' | 'sizeBytes'>,
    facts: Pick<StoredImage, 'pushedAt' | 'sizeBytes'>,
  ): RegistryImage {
    const images = this.images.get(keyOf(image, image.repository))!;
    for (const other of images.values()) {
      if (other.digest !== image.digest) {
        other.tags = other.tags.filter(tag => !image.tags.includes(tag));
      }
    }
    const known = images.get(image.digest);
    const stored: RegistryImage = {
      accountId: image.accountId,
      region: image.region,
      repository: image.repository,
      digest: image.digest,
      tags: [...new Set([...(known?.tags ?? []), ...image.tags])],
      pushedAt: facts.pushedAt,
      sizeBytes: facts.sizeBytes,
      replications: known?.replications ?? [],
    };
    images.set(image.digest, stored);
    this.file.touch();
    return stored;
  }

  private destinationsOf(
    image: RegistryRef & { repository: string },
  ): RegistryRef[] {
    return this.getReplicationRules(image)
      .filter(
        ({ prefixes }) =>
          prefixes.length === 0 ||
          prefixes.some(prefix => image.repository.startsWith(prefix)),
      )
      .flatMap(({ destinations }) => destinations);
  }

  private replicate(image: RegistryImage): void {
    image.replications = this.destinationsOf(image).map(
      ({ accountId, region }) => ({ accountId, region, status: 'IN_PROGRESS' }),
    );
    for (const replication of image.replications) {
      this.finishLater(image, replication);
    }
  }

  private finishLater(
    image: RegistryImage,
    replication: ImageReplication,
  ): void {
    this.world.schedule(REPLICATION_MS, () => {
      const source = this.images
        .get(keyOf(image, image.repository))
        ?.get(image.digest);
      if (!source) {
        return;
      }
      try {
        const copy = this.receive(source, replication);
        replication.status = 'COMPLETE';
        this.events.emit('replicated', copy);
      } catch (error) {
        replication.status = 'FAILED';
        replication.failureCode = (error as Error).name;
      }
      this.file.touch();
    });
  }

  /** The other end of a replication; like ECR it makes the repository, with default settings, when there is none. */
  private receive(
    source: RegistryImage,
    destination: RegistryRef,
  ): RegistryImage {
    if (!this.findRepository(destination, source.repository)) {
      this.createRepository(destination, source.repository);
    }
    const copy = {
      ...source,
      accountId: destination.accountId,
      region: destination.region,
    };
    this.checkPush(copy);
    return this.store(copy, {
      pushedAt: this.world.clock.now(),
      sizeBytes: source.sizeBytes,
    });
  }

  private toStored(): Stored {
    return {
      repositories: [...this.repositories].map(([key, repository]) => ({
        ...repository,
        images: [...this.images.get(key)!.values()].map(image => ({
          ...image,
          pushedAt: image.pushedAt.toISOString(),
        })),
      })),
      replication: [...this.rules].map(([key, rules]) => {
        const [accountId, region] = key.split('/');
        return { accountId, region, rules };
      }),
    };
  }
}

function registryKey({ accountId, region }: RegistryRef): string {
  return `${accountId}/${region}`;
}

function keyOf(registry: RegistryRef, name: string): string {
  return `${registryKey(registry)}/${name}`;
}

function isImmutable(repository: Repository, tag: string): boolean {
  const excepted = (repository.tagMutabilityExclusions ?? []).some(pattern =>
    new RegExp(
      `^${pattern
        .split('*')
        .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    ).test(tag),
  );
  return repository.tagMutability.startsWith('IMMUTABLE') !== excepted;
}

/** Between 20 and 120 MB, and the same for a digest every time. */
function sizeOf(digest: string): number {
  return 20_000_000 + (parseInt(digest.slice(7, 15), 16) % 100_000_000);
}
