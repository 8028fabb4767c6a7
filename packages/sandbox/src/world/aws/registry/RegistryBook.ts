import { JsonFile } from '../JsonFile';
import {
  RegistryImage,
  registryKey,
  RegistryRef,
  ReplicationRule,
  Repository,
} from './types';

interface Stored {
  repositories: Array<
    Repository & {
      images: Array<Omit<RegistryImage, 'pushedAt'> & { pushedAt: string }>;
    }
  >;
  replication: Array<RegistryRef & { rules: ReplicationRule[] }>;
}

interface Shelf {
  repository: Repository;
  /** By digest. */
  images: Map<string, RegistryImage>;
}

/** Which repositories there are in all registries, with their images, on disk. */
export class RegistryBook {
  private readonly shelves = new Map<string, Shelf>();
  private readonly rulesByRegistry = new Map<string, ReplicationRule[]>();
  private readonly file: JsonFile<Stored>;

  constructor(path: string) {
    this.file = new JsonFile(path, () => this.toStored());
  }

  /** False when there is nothing on disk. */
  load(): boolean {
    const stored = this.file.load();
    if (!stored) {
      return false;
    }
    for (const { images, ...repository } of stored.repositories) {
      this.shelves.set(keyOf(repository, repository.name), {
        repository,
        images: new Map(
          images.map(image => [
            image.digest,
            { ...image, pushedAt: new Date(image.pushedAt) },
          ]),
        ),
      });
    }
    for (const { accountId, region, rules } of stored.replication) {
      this.rulesByRegistry.set(registryKey({ accountId, region }), rules);
    }
    return true;
  }

  clear(): void {
    this.shelves.clear();
    this.rulesByRegistry.clear();
    this.touch();
  }

  /** Writes what was changed in place. */
  touch(): void {
    this.file.touch();
  }

  flush(): void {
    this.file.flush();
  }

  /** Repositories of all registries, in no order. */
  repositories(): Repository[] {
    return [...this.shelves.values()].map(({ repository }) => repository);
  }

  repository(registry: RegistryRef, name: string): Repository | undefined {
    return this.shelves.get(keyOf(registry, name))?.repository;
  }

  /** Images of a repository by digest; an empty map where there is none. */
  images(registry: RegistryRef, name: string): Map<string, RegistryImage> {
    return this.shelves.get(keyOf(registry, name))?.images ?? new Map();
  }

  add(repository: Repository): void {
    this.shelves.set(keyOf(repository, repository.name), {
      repository,
      images: new Map(),
    });
    this.touch();
  }

  remove(repository: Repository): void {
    this.shelves.delete(keyOf(repository, repository.name));
    this.touch();
  }

  rules(registry: RegistryRef): ReplicationRule[] {
    return this.rulesByRegistry.get(registryKey(registry)) ?? [];
  }

  setRules(registry: RegistryRef, rules: ReplicationRule[]): void {
    this.rulesByRegistry.set(registryKey(registry), rules);
    this.touch();
  }

  private toStored(): Stored {
    return {
      repositories: [...this.shelves.values()].map(
        ({ repository, images }) => ({
          ...repository,
          images: [...images.values()].map(image => ({
            ...image,
            pushedAt: image.pushedAt.toISOString(),
          })),
        }),
      ),
      replication: [...this.rulesByRegistry].map(([key, rules]) => {
        const [accountId, region] = key.split('/');
        return { accountId, region, rules };
      }),
    };
  }
}

function keyOf(registry: RegistryRef, name: string): string {
  return `${registryKey(registry)}/${name}`;
}
