import { World } from '../../types';
import { AwsError } from '../AwsError';
import { checkRepositoryName } from './imageRules';
import { RegistryBook } from './RegistryBook';
import {
  NewRepository,
  RegistryRef,
  Repository,
  RepositorySettings,
} from './types';

/** The repositories of all accounts and regions, without what is in them. */
export class Repositories {
  constructor(
    private readonly clock: World['clock'],
    private readonly book: RegistryBook,
  ) {}

  /** Repositories of one registry, by name. */
  list(registry: RegistryRef): Repository[] {
    return this.book
      .repositories()
      .filter(
        ({ accountId, region }) =>
          accountId === registry.accountId && region === registry.region,
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Repositories of all registries, in no order. */
  all(): Repository[] {
    return this.book.repositories();
  }

  find(registry: RegistryRef, name: string): Repository | undefined {
    return this.book.repository(registry, name);
  }

  /** @throws AwsError - RepositoryNotFoundException */
  get(registry: RegistryRef, name: string): Repository {
    const repository = this.find(registry, name);
    if (!repository) {
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${name}' does not exist in the registry with id '${registry.accountId}'`,
      );
    }
    return repository;
  }

  /** @throws AwsError - RepositoryAlreadyExistsException, InvalidParameterException */
  create(
    registry: RegistryRef,
    name: string,
    settings: NewRepository = {},
  ): Repository {
    checkRepositoryName(name);
    if (this.find(registry, name)) {
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
      createdAt: this.clock.now().toISOString(),
    };
    this.book.add(repository);
    return repository;
  }

  /** Changes settings; keys given as undefined are removed. @throws AwsError - RepositoryNotFoundException */
  update(
    registry: RegistryRef,
    name: string,
    change: Partial<RepositorySettings>,
  ): Repository {
    const repository = this.get(registry, name);
    Object.assign(repository, change);
    this.book.touch();
    return repository;
  }

  /** @throws AwsError - RepositoryNotFoundException, RepositoryNotEmptyException */
  delete(
    registry: RegistryRef,
    name: string,
    options: { force: boolean },
  ): Repository {
    const repository = this.get(registry, name);
    if (!options.force && this.book.images(registry, name).size > 0) {
      throw new AwsError(
        'RepositoryNotEmptyException',
        `The repository with name '${name}' in registry with id '${registry.accountId}' cannot be deleted because it still contains images`,
      );
    }
    this.book.remove(repository);
    return repository;
  }
}
