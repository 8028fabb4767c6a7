import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_GITHUB_ORG,
  ANNOTATION_REGISTRY_ACCOUNT_ID,
  ANNOTATION_REGISTRY_REGION,
  EnvironmentSummary,
  FirstDelivery,
  FollowFirstDeliveryRequest,
  ListFirstDeliveriesQuery,
  okReading,
  OPEN_FIRST_DELIVERY_STATES,
} from '@fairway/plugin-platform-envs-common';
import { ulid } from 'ulid';
import {
  FirstDeliveryStore,
  StoredFirstDelivery,
} from '../../database/FirstDeliveryStore';
import { EnvironmentService } from '../EnvironmentService';
import { secondRegionsOf } from './FirstDeliveryFollower';
import { judgeFirstDelivery } from './judgeFirstDelivery';

/** What is followed, and how it stands. Everything about a platform comes from the catalog. */
export class FirstDeliveryService {
  constructor(
    private readonly options: {
      store: FirstDeliveryStore;
      environments: EnvironmentService;
      catalog: CatalogService;
      /** Where people see repositories; absent where no Git host is configured. */
      repositoryUrl?: (repository: string) => string;
      /** Has the reconciler look soon. */
      wake: () => void;
      now?: () => Date;
    },
  ) {}

  /**
   * Begins to follow a component, unless that was done for the same task.
   *
   * @throws NotFoundError - no such System, or they may not see it.
   * @throws InputError - the System lacks an annotation, or has no such environment.
   */
  async follow(
    request: FollowFirstDeliveryRequest,
    requestedBy: string,
    credentials: BackstageCredentials,
  ): Promise<{ delivery: FirstDelivery; created: boolean }> {
    const { store, wake } = this.options;
    const { name } = parseEntityRef(request.componentRef);
    const platform = await this.#platform(request.systemRef, credentials);
    const environment = await this.#environment(request);
    const now = (this.options.now ?? (() => new Date()))();
    const repository = `${platform.organisation}/${
      request.repositoryName ?? name
    }`;
    const repositoryUrl = this.options.repositoryUrl?.(repository) ?? '';
    const fresh: FirstDelivery = {
      id: ulid(now.getTime()),
      componentRef: request.componentRef,
      systemRef: request.systemRef,
      environmentRef: environment.ref,
      environmentName: environment.shortName,
      requestedBy,
      ...(request.taskId && { taskId: request.taskId }),
      repository,
      state: 'following',
      sentence: 'Nothing has been looked at yet.',
      steps: [],
      createdAt: now.toISOString(),
      observedAt: now.toISOString(),
    };
    const { steps, sentence } = judgeFirstDelivery(
      fresh,
      {
        repositoryUrl,
        secondRegions: secondRegionsOf(this.options.environments, request),
        // nobody has been asked yet
        build: okReading(undefined, now.toISOString()),
      },
      now,
    );
    const { stored, created } = await store.create({
      delivery: { ...fresh, steps, sentence },
      image: `${platform.registry}/${name}`,
      repositoryUrl,
    });
    // whoever asks again has mended something
    if (!created) await store.lookSoon(stored.delivery.id, now);
    wake();
    return { delivery: stored.delivery, created };
  }

  /** @throws NotFoundError - nothing is kept under this id. */
  async get(id: string): Promise<FirstDelivery> {
    const stored = await this.options.store.get(id);
    if (!stored) throw new NotFoundError(`There is no first delivery ${id}`);
    return stored.delivery;
  }

  /** Newest first. */
  async list(
    query: Omit<ListFirstDeliveriesQuery, 'mine'> & { requestedBy?: string },
  ): Promise<FirstDelivery[]> {
    const found: StoredFirstDelivery[] = await this.options.store.list({
      ...(query.scope !== 'all' && { states: OPEN_FIRST_DELIVERY_STATES }),
      ...(query.requestedBy && { requestedBy: query.requestedBy }),
      ...(query.componentRef && { componentRef: query.componentRef }),
      limit: query.limit ?? 50,
    });
    return found.map(({ delivery }) => delivery);
  }

  async #environment({
    systemRef,
    environment: shortName,
  }: FollowFirstDeliveryRequest): Promise<EnvironmentSummary> {
    const { environments } = this.options;
    const inSystem = () =>
      environments
        .getSystemEnvironments(systemRef)
        .filter(e => e.runtime !== 'local' && e.lifecycle !== 'retired');
    if (inSystem().length === 0) await environments.refreshCatalog();
    const places = inSystem();
    const found = shortName
      ? places.find(place => place.shortName === shortName)
      : places[0];
    if (found) return found;
    throw new InputError(
      places.length > 0
        ? `${systemRef} has no environment "${shortName}"; it has ${places
            .map(place => place.shortName)
            .join(', ')}`
        : `${systemRef} has no environment that components could be deployed to`,
    );
  }

  async #platform(
    systemRef: string,
    credentials: BackstageCredentials,
  ): Promise<{ organisation: string; registry: string }> {
    const system = await this.options.catalog.getEntityByRef(systemRef, {
      credentials,
    });
    if (!system) {
      throw new NotFoundError(
        `There is no ${systemRef} in the catalog, or you may not see it`,
      );
    }
    const annotation = (key: string): string => {
      const value = system.metadata.annotations?.[key];
      if (value) return value;
      throw new InputError(
        `System ${system.metadata.name} lacks the annotation ${key}: add it to the entity in the catalog`,
      );
    };
    return {
      organisation: annotation(ANNOTATION_GITHUB_ORG),
      registry: `${annotation(
        ANNOTATION_REGISTRY_ACCOUNT_ID,
      )}.dkr.ecr.${annotation(ANNOTATION_REGISTRY_REGION)}.amazonaws.com`,
    };
  }
}
