import { EventEmitter } from 'node:events';
import { dirname, join } from 'node:path';
import { ImageStore, StoredImage, World } from '../types';
import { AwsError } from './AwsError';
import { isScannable } from './registry/imageRules';
import { startImageExpiry } from './registry/imageExpiry';
import { ImageReplicator } from './registry/ImageReplicator';
import { LayerStore } from './registry/LayerStore';
import { mediaTypeOf } from './registry/manifests';
import { RegistryBook } from './registry/RegistryBook';
import { RegistrySettings } from './registry/RegistrySettings';
import { Repositories } from './registry/Repositories';
import { mayScan } from './registry/scanFindings';
import { checkNewNames, shelve } from './registry/shelf';
import {
  ImageContent,
  ImagePush,
  RegistryImage,
  RegistryRef,
  ReplicationRule,
} from './registry/types';

export type {
  RegistryImage,
  RegistryRef,
  ReplicationRule,
  Repository,
  RepositorySettings,
  TagMutability,
} from './registry/types';

/**
 * The image registries of all accounts and regions, as ECR keeps them.
 *
 * Every method that refuses throws {@link AwsError} with the code and words of
 * ECR, which also tell a CI log what to do.
 */
export class ImageRegistry implements ImageStore {
  /** Emits `push` and, at the other end of a replication, `replicated`; both with {@link StoredImage}. */
  readonly events = new EventEmitter();

  private readonly book: RegistryBook;
  private readonly replicator: ImageReplicator;
  /** What is set for registries as a whole. */
  readonly settings: RegistrySettings;
  readonly layers: LayerStore;
  readonly repositories: Repositories;

  /** @param path - of the file that keeps repositories and images; the rest is kept beside it */
  constructor(
    private readonly world: Pick<World, 'clock' | 'schedule'>,
    path: string,
  ) {
    const folder = dirname(path);
    this.book = new RegistryBook(path);
    this.settings = new RegistrySettings(
      join(folder, 'registry-settings.json'),
    );
    this.layers = new LayerStore(join(folder, 'layers'));
    this.repositories = new Repositories(world.clock, this.book);
    this.replicator = new ImageReplicator(world, this.book, this.settings, {
      receive: (source, destination) => this.receive(source, destination),
      received: copy => this.events.emit('replicated', copy),
    });
    startImageExpiry(this, world);
  }

  /** Reads the state from disk and takes up replications that were under way. False when there is none. */
  load(): boolean {
    if (!this.book.load()) {
      return false;
    }
    this.replicator.resume();
    return true;
  }

  /** Forgets everything, also on disk with the next write. */
  clear(): void {
    this.book.clear();
    this.settings.clear();
    this.layers.clear();
  }

  flush(): void {
    this.book.flush();
    this.settings.flush();
    this.layers.flush();
  }

  /** Images of a repository, newest first. @throws AwsError - RepositoryNotFoundException */
  listImages(registry: RegistryRef, name: string): RegistryImage[] {
    this.repositories.get(registry, name);
    return [...this.book.images(registry, name).values()].sort(
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
      this.removeImage(registry, name, image.digest);
    }
    this.book.touch();
    return image;
  }

  /** Artifacts that are about an image, newest first. @throws AwsError - RepositoryNotFoundException */
  referrersOf(
    registry: RegistryRef,
    name: string,
    digest: string,
  ): RegistryImage[] {
    return this.listImages(registry, name).filter(
      ({ subject }) => subject === digest,
    );
  }

  /** Notes that an image was pulled now. */
  markPulled(image: RegistryImage): void {
    image.lastPulledAt = this.world.clock.now().toISOString();
    this.book.touch();
  }

  /** @throws AwsError - UnsupportedImageTypeException, LimitExceededException */
  startScan(image: RegistryImage): void {
    if (!isScannable(image)) {
      throw new AwsError(
        'UnsupportedImageTypeException',
        `The image '${image.digest}' is of a type that cannot be scanned: ${
          image.artifactType ?? mediaTypeOf(image)
        }`,
      );
    }
    const now = this.world.clock.now();
    if (!mayScan(image, now)) {
      throw new AwsError(
        'LimitExceededException',
        'The scan quota per image has been exceeded. Wait and try again.',
      );
    }
    image.scanStartedAt = now.toISOString();
    this.book.touch();
  }

  hasRepository(
    accountId: string,
    region: string,
    repository: string,
  ): boolean {
    return (
      this.repositories.find({ accountId, region }, repository) !== undefined
    );
  }

  find(query: {
    accountId?: string;
    region?: string;
    repository: string;
    digest?: string;
    tag?: string;
  }): StoredImage | undefined {
    for (const repository of this.book.repositories()) {
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
  push(image: ImagePush): RegistryImage {
    const { images, repository } = this.checkPush(image);
    const known = images.get(image.digest);
    if (known && image.tags.every(tag => known.tags.includes(tag))) {
      return known;
    }
    const stored = this.store(image, {
      pushedAt: known?.pushedAt ?? this.world.clock.now(),
      sizeBytes: known?.sizeBytes ?? image.sizeBytes ?? sizeOf(image.digest),
    });
    if (repository.scanOnPush && !known && isScannable(stored)) {
      stored.scanStartedAt = stored.pushedAt.toISOString();
    }
    this.replicator.begin(stored);
    this.events.emit('push', stored);
    return stored;
  }

  /**
   * Puts an image at its place as if it had been pushed at that time: no
   * replication and no event. For seeding.
   */
  place(image: StoredImage & ImageContent): void {
    const { repository } = this.checkPush(image);
    const stored = this.store(image, image);
    if (repository.scanOnPush && isScannable(stored)) {
      stored.scanStartedAt = stored.pushedAt.toISOString();
    }
    stored.replications = this.replicator
      .destinationsOf(image)
      .map(destination => ({
        ...destination,
        status: 'COMPLETE',
      }));
  }

  getReplicationRules(registry: RegistryRef): ReplicationRule[] {
    return this.book.rules(registry);
  }

  /** Concerns images pushed from now on, as in ECR. */
  setReplicationRules(registry: RegistryRef, rules: ReplicationRule[]): void {
    this.book.setRules(registry, rules);
  }

  private checkPush(
    image: Pick<
      StoredImage,
      keyof RegistryRef | 'repository' | 'digest' | 'tags'
    >,
  ) {
    const repository = this.repositories.get(image, image.repository);
    const images = this.book.images(image, image.repository);
    checkNewNames(image, repository, images);
    return { images, repository };
  }

  /** Writes an image and takes its tags from those that had them. */
  private store(
    image: ImagePush,
    facts: Pick<StoredImage, 'pushedAt' | 'sizeBytes'>,
  ): RegistryImage {
    const images = this.book.images(image, image.repository);
    const stored = shelve(image, facts, images);
    this.book.touch();
    return stored;
  }

  /** The other end of a replication; like ECR it makes the repository, by the template for it, when there is none. */
  private receive(
    source: RegistryImage,
    destination: RegistryRef,
  ): RegistryImage {
    if (!this.repositories.find(destination, source.repository)) {
      this.repositories.create(
        destination,
        source.repository,
        this.settings.forNewRepository(
          destination,
          source.repository,
          'REPLICATION',
        ),
      );
    }
    this.layers.copy(source, destination, source.repository);
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

  /** Removes an image and, as ECR does, what refers to it. */
  removeImage(registry: RegistryRef, name: string, digest: string): void {
    const images = this.book.images(registry, name);
    images.delete(digest);
    for (const image of images.values()) {
      if (image.subject === digest) {
        images.delete(image.digest);
      }
    }
    this.book.touch();
  }
}

/** Between 20 and 120 MB, and the same for a digest every time. */
function sizeOf(digest: string): number {
  return 20_000_000 + (parseInt(digest.slice(7, 15), 16) % 100_000_000);
}
