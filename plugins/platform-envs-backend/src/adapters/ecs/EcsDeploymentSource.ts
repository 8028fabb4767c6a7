import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  DEPLOYERS,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import {
  Audience,
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  Pace,
  RevisionMetadata,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { EcsClusterFeed } from './EcsClusterFeed';
import { INSTANCE, keyOf, placeOf } from './ecsPlace';
import { EcsPlace } from './toDeployment';

/** @public */
export interface EcsDeploymentSourceOptions {
  credentials: AwsCredentialsManager;
  logger: LoggerService;
  /** How often each cluster is looked at while somebody looks. Default: 20 s. */
  pollIntervalMs?: number;
  /** And while nobody does. Default: 30 min. */
  idlePollIntervalMs?: number;
  now?: () => Date;
}

/**
 * What runs on Amazon ECS: the services of the cluster of each environment
 * whose runtime is `ecs`, looked at every so often, and seldom while nobody
 * reads of it. The catalog says where the clusters are; a cluster that cannot
 * be read costs no other its freshness.
 *
 * @public
 */
export class EcsDeploymentSource implements DeploymentSource {
  readonly instance = INSTANCE;
  readonly title = 'Amazon ECS';
  readonly runtime = 'ecs';
  readonly #pollIntervalMs: number;
  readonly #pace: Pace;
  readonly #now: () => Date;
  /** By {@link keyOf} their place. */
  readonly #feeds = new Map<string, EcsClusterFeed>();
  /** Environments that do not say where their cluster is, and what is missing. */
  readonly #unplaced = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  /** Feeds of clusters that are no environment's any more, until they have ended. */
  readonly #ending = new Set<Promise<void>>();
  #restored: DeploymentSnapshot = { state: 'stale', deployments: [] };
  #started = false;
  #announced = '';

  constructor(private readonly options: EcsDeploymentSourceOptions) {
    this.#pollIntervalMs = options.pollIntervalMs ?? 20_000;
    this.#now = options.now ?? (() => new Date());
    const { idlePollIntervalMs = 30 * 60_000 } = options;
    this.#pace = new Pace(
      { activeMs: this.#pollIntervalMs, idleMs: idlePollIntervalMs },
      { now: this.#now },
    );
  }

  attend(audience: Audience): void {
    this.#pace.attend(audience);
    audience.onArrival(() => {
      if (!this.#started) return;
      for (const feed of this.#feeds.values()) void feed.lookIfDue();
    });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const feed of this.#feeds.values()) feed.start();
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([
      ...[...this.#feeds.values()].map(feed => feed.stop()),
      ...this.#ending,
    ]);
  }

  follow(environments: EnvironmentSummary[]): void {
    const wanted = new Map<string, EnvironmentSummary[]>();
    const places = new Map<string, EcsPlace>();
    this.#unplaced.clear();
    for (const environment of environments) {
      const isOurs =
        environment.runtime === 'ecs' && environment.lifecycle !== 'retired';
      if (!isOurs) continue;
      const found = placeOf(environment);
      if ('missing' in found) {
        this.#unplaced.set(environment.ref, found.missing);
        continue;
      }
      const key = keyOf(found.place);
      wanted.set(key, [...(wanted.get(key) ?? []), environment]);
      places.set(key, found.place);
    }
    for (const [key, feed] of this.#feeds) {
      if (wanted.has(key)) continue;
      this.#feeds.delete(key);
      const ending = feed.stop().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
    for (const [key, sharing] of wanted) {
      const [first] = sharing;
      const place: EcsPlace = {
        ...places.get(key)!,
        ...(sharing.length === 1 && {
          environment: {
            shortName: first.shortName,
            system: parseEntityRef(first.systemRef).name,
          },
        }),
      };
      const environmentRefs = sharing.map(e => e.ref);
      const known = this.#feeds.get(key);
      if (known) {
        Object.assign(known, { place, environmentRefs });
        continue;
      }
      const feed = this.#newFeed(place, environmentRefs);
      this.#feeds.set(key, feed);
      if (this.#started) feed.start();
    }
    this.#emitIfChanged();
  }

  getSnapshot(): DeploymentSnapshot {
    const environments = Object.fromEntries([
      ...[...this.#feeds.values()].flatMap(({ environmentRefs, condition }) =>
        environmentRefs.map(ref => [ref, condition]),
      ),
      ...[...this.#unplaced].map(([ref, message]) => [
        ref,
        { state: 'error', message },
      ]),
    ]) as Record<string, SourceCondition>;
    return {
      ...summaryOf(Object.values(environments)),
      environments,
      deployments: [...this.#feeds.values()].flatMap(feed => [
        ...feed.deployments.values(),
      ]),
    };
  }

  restore(snapshot: DeploymentSnapshot): void {
    this.#restored = snapshot;
    for (const feed of this.#feeds.values()) feed.restore(snapshot);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(name: string): Promise<Deployment> {
    const feed = this.#feedOf(name);
    await feed.look({ again: true });
    const found = feed.deployments.get(name);
    if (!found) throw this.#unknown(name);
    return found;
  }

  async sync(name: string): Promise<Deployment> {
    this.#feedOf(name);
    throw new ConflictError(DEPLOYERS.ecs.whyNoSync);
  }

  async getRevisionMetadata(
    name: string,
    revision: string,
  ): Promise<RevisionMetadata> {
    throw new NotFoundError(
      `Amazon ECS knows no commits, so not ${revision} of ${name}`,
    );
  }

  peekRevisionMetadata(): undefined {
    return undefined;
  }

  #newFeed(place: EcsPlace, environmentRefs: string[]): EcsClusterFeed {
    const feed = new EcsClusterFeed(place, environmentRefs, {
      credentials: this.options.credentials,
      logger: this.options.logger,
      pace: this.#pace,
      pollIntervalMs: this.#pollIntervalMs,
      now: this.#now,
      onLook: () => this.#emitIfChanged(),
    });
    feed.restore(this.#restored);
    return feed;
  }

  #feedOf(name: string): EcsClusterFeed {
    for (const feed of this.#feeds.values()) {
      if (feed.deployments.has(name)) return feed;
    }
    throw this.#unknown(name);
  }

  #unknown(name: string): NotFoundError {
    return new NotFoundError(`Amazon ECS has no service ${name}`);
  }

  #emitIfChanged(): void {
    const states = [
      ...[...this.#feeds.values()].map(({ news }) => news),
      ...this.#unplaced,
    ];
    const now = JSON.stringify(states);
    if (now === this.#announced) return;
    this.#announced = now;
    for (const listener of this.#listeners) listener();
  }
}

/** The worst of all, so that nobody takes a part for the whole. */
function summaryOf(conditions: SourceCondition[]): SourceCondition {
  if (conditions.length === 0) {
    return {
      state: 'absent',
      message: 'No environment of the catalog runs on ECS',
    };
  }
  const bad = conditions.filter(c => c.state !== 'live');
  const oldest = conditions
    .flatMap(c => c.observedAt ?? [])
    .sort()
    .at(0);
  if (bad.length === 0) {
    return { state: 'live', ...(oldest && { observedAt: oldest }) };
  }
  return {
    state: bad.some(c => c.state === 'error') ? 'error' : 'stale',
    ...(oldest && { observedAt: oldest }),
    message:
      conditions.length === 1
        ? bad[0].message
        : `${bad.length} of ${conditions.length} environments: ${bad[0].message}`,
  };
}
