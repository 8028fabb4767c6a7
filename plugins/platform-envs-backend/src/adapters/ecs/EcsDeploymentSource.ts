import { ECSClient } from '@aws-sdk/client-ecs';
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
import { setTimeout as sleep } from 'node:timers/promises';
import { EcsClusterReader } from './EcsClusterReader';
import { explainEcsError } from './explainEcsError';
import { EcsPlace, toDeployment } from './toDeployment';

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

/** One cluster to look at, and what was found. */
interface Target {
  /** Of those that it is the cluster of. */
  environmentRefs: string[];
  place: EcsPlace;
  reader: EcsClusterReader;
  client?: ECSClient;
  deployments: Map<string, Deployment>;
  /** Of the deployments, to tell a change. */
  fingerprint: string;
  condition: SourceCondition;
  /** When it was last looked at, milliseconds since 1970. */
  lookedAt?: number;
  /** The look that is under way. */
  looking?: Promise<void>;
  /** Ends the looking, when the cluster is no environment's any more. */
  gone: AbortController;
}

/** Key of the source in configuration, snapshots and URLs. */
const INSTANCE = 'ecs';

/** While nobody looks, new services are looked for this often. */
const IDLE_LIST_MS = 6 * 60 * 60_000;

/** A look may take this long before the last word is stale. */
const LONGEST_LOOK_MS = 30_000;

/**
 * What runs on Amazon ECS: the services of the cluster of each environment
 * whose runtime is `ecs`, looked at every so often, and seldom while nobody
 * reads of it. The catalog says where the clusters are; a cluster that cannot be read costs no other its freshness.
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
  readonly #targets = new Map<string, Target>();
  /** Environments that do not say where their cluster is, and what is missing. */
  readonly #unplaced = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  readonly #loops = new Set<Promise<void>>();
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
      for (const target of this.#targets.values()) void this.#lookIfDue(target);
    });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const target of this.#targets.values()) this.#keepLooking(target);
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    for (const target of this.#targets.values()) target.gone.abort();
    await Promise.all(this.#loops);
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
    for (const [key, target] of this.#targets) {
      if (wanted.has(key)) continue;
      target.gone.abort();
      this.#targets.delete(key);
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
      const known = this.#targets.get(key);
      if (known) {
        Object.assign(known, { place, environmentRefs });
        continue;
      }
      const target = this.#newTarget(place, environmentRefs);
      this.#targets.set(key, target);
      if (this.#started) this.#keepLooking(target);
    }
    this.#emitIfChanged();
  }

  getSnapshot(): DeploymentSnapshot {
    const environments = Object.fromEntries([
      ...[...this.#targets.values()].flatMap(target =>
        target.environmentRefs.map(ref => [ref, this.#conditionOf(target)]),
      ),
      ...[...this.#unplaced].map(([ref, message]) => [
        ref,
        { state: 'error', message },
      ]),
    ]) as Record<string, SourceCondition>;
    return {
      ...summaryOf(Object.values(environments)),
      environments,
      deployments: [...this.#targets.values()].flatMap(t => [
        ...t.deployments.values(),
      ]),
    };
  }

  restore(snapshot: DeploymentSnapshot): void {
    this.#restored = snapshot;
    for (const target of this.#targets.values()) this.#putBack(target);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(name: string): Promise<Deployment> {
    const target = this.#targetOf(name);
    await this.#look(target, { again: true });
    const found = target.deployments.get(name);
    if (!found) throw this.#unknown(name);
    return found;
  }

  async sync(name: string): Promise<Deployment> {
    this.#targetOf(name);
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

  #newTarget(place: EcsPlace, environmentRefs: string[]): Target {
    const target: Target = {
      environmentRefs,
      place,
      reader: new EcsClusterReader(place.cluster),
      deployments: new Map(),
      fingerprint: '',
      condition: {
        state: 'stale',
        message: `The cluster ${place.cluster} has not been read yet`,
      },
      gone: new AbortController(),
    };
    this.#putBack(target);
    return target;
  }

  /** What was known of a cluster before the restart, until it is read. */
  #putBack(target: Target): void {
    if (target.condition.observedAt) return;
    const { deployments, observedAt } = this.#restored;
    const { region, accountId, cluster } = target.place;
    const part = `:${region}:${accountId}:service/${cluster}/`;
    for (const deployment of deployments) {
      if (!deployment.name.includes(part)) continue;
      target.deployments.set(deployment.name, deployment);
    }
    if (observedAt && target.deployments.size) {
      target.condition = { ...target.condition, observedAt };
    }
  }

  /** A feed that has missed several looks is stale, whatever it said last. */
  #conditionOf({ condition, place }: Target): SourceCondition {
    const { state, observedAt } = condition;
    if (state !== 'live') return condition;
    const age = this.#now().getTime() - Date.parse(observedAt!);
    return age <= this.#pace.patienceMs + LONGEST_LOOK_MS
      ? condition
      : {
          state: 'stale',
          observedAt,
          message: `The cluster ${place.cluster} has not been read lately`,
        };
  }

  /** Each cluster in its own time: one that hangs keeps no other waiting. */
  #keepLooking(target: Target): void {
    const { signal } = target.gone;
    const loop = async () => {
      while (!signal.aborted) {
        await this.#lookIfDue(target);
        await sleep(this.#pollIntervalMs, undefined, { signal }).catch(
          () => undefined,
        );
      }
      target.client?.destroy();
    };
    const running = loop().finally(() => this.#loops.delete(running));
    this.#loops.add(running);
  }

  async #lookIfDue(target: Target): Promise<void> {
    if (!this.#started || !this.#pace.isDue(target.lookedAt)) return;
    await this.#look(target);
  }

  /** One look at a cluster at a time. Never throws. */
  async #look(target: Target, options?: { again: boolean }): Promise<void> {
    if (options?.again) await target.looking;
    target.looking ??= this.#lookOnce(target).finally(() => {
      target.looking = undefined;
    });
    await target.looking;
  }

  async #lookOnce(target: Target): Promise<void> {
    const { place, reader } = target;
    target.lookedAt = this.#now().getTime();
    const before = target.condition.message;
    try {
      const facts = await reader.read(await this.#clientOf(target), {
        signal: target.gone.signal,
        nowMs: target.lookedAt,
        listedWithinMs: this.#pace.isActive ? 0 : IDLE_LIST_MS,
      });
      const deployments = facts.map(f => toDeployment(f, place));
      target.deployments = new Map(deployments.map(d => [d.name, d]));
      target.fingerprint = JSON.stringify(deployments);
      target.condition = {
        state: 'live',
        observedAt: this.#now().toISOString(),
      };
    } catch (error) {
      if (target.gone.signal.aborted) return;
      const { message, isLasting } = explainEcsError(error, place);
      target.condition = {
        ...target.condition,
        state: isLasting ? 'error' : 'stale',
        message,
      };
      if (message !== before) {
        this.options.logger.warn('A cluster of Amazon ECS cannot be read', {
          environments: target.environmentRefs.join(', '),
          reason: message,
        });
      }
    }
    this.#emitIfChanged();
  }

  /** One for each cluster, kept: it remembers the session of the role. */
  async #clientOf(target: Target): Promise<ECSClient> {
    const { accountId, region } = target.place;
    if (!target.client) {
      const provider = await this.options.credentials.getCredentialProvider({
        accountId,
      });
      target.client = new ECSClient({
        region,
        credentials: provider.sdkCredentialProvider,
        maxAttempts: 3,
      });
    }
    return target.client;
  }

  #targetOf(name: string): Target {
    for (const target of this.#targets.values()) {
      if (target.deployments.has(name)) return target;
    }
    throw this.#unknown(name);
  }

  #unknown(name: string): NotFoundError {
    return new NotFoundError(`Amazon ECS has no service ${name}`);
  }

  #emitIfChanged(): void {
    const states = [
      ...[...this.#targets.values()].map(t => [
        t.environmentRefs,
        t.fingerprint,
        t.condition.state,
        t.condition.message,
      ]),
      ...this.#unplaced,
    ];
    const now = JSON.stringify(states);
    if (now === this.#announced) return;
    this.#announced = now;
    for (const listener of this.#listeners) listener();
  }
}

/** Where the catalog says that the cluster is, or what it leaves out. */
function placeOf(
  environment: EnvironmentSummary,
): { place: EcsPlace } | { missing: string } {
  const { awsAccountId, clusterRef, regions } = environment;
  const region = regions.find(r => r.role === 'primary') ?? regions[0];
  const missing = [
    !awsAccountId && 'spec.awsAccountId',
    !clusterRef && 'spec.cluster',
    !region && 'spec.regions',
  ].filter(Boolean);
  if (missing.length || !awsAccountId || !clusterRef || !region) {
    return {
      missing: `${
        environment.title
      } does not say where its cluster is (${missing.join(', ')})`,
    };
  }
  return {
    place: {
      instance: INSTANCE,
      accountId: awsAccountId,
      region: region.name,
      cluster: parseEntityRef(clusterRef).name,
    },
  };
}

function keyOf({ accountId, region, cluster }: EcsPlace): string {
  return `${accountId}/${region}/${cluster}`;
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
