import { ECSClient } from '@aws-sdk/client-ecs';
import { LoggerService } from '@backstage/backend-plugin-api';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  Deployment,
  DeploymentSnapshot,
  Pace,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { EcsClusterReader } from './EcsClusterReader';
import { explainEcsError } from './explainEcsError';
import { EcsPlace, toDeployment } from './toDeployment';

/** While nobody looks, new services are looked for this often. */
const IDLE_LIST_MS = 6 * 60 * 60_000;

/** A look may take this long before the last word is stale. */
const LONGEST_LOOK_MS = 30_000;

/** What a feed is made of. */
export interface EcsClusterFeedOptions {
  credentials: AwsCredentialsManager;
  logger: LoggerService;
  pace: Pace;
  /** How often is asked whether a look is due. */
  pollIntervalMs: number;
  now: () => Date;
  /** Called after each look. */
  onLook: () => void;
}

/** One cluster of Amazon ECS, looked at every so often, and what was found there. */
export class EcsClusterFeed {
  /** By name. */
  deployments = new Map<string, Deployment>();
  /** Of the deployments, to tell a change. */
  fingerprint = '';
  #condition: SourceCondition;
  readonly #reader: EcsClusterReader;
  #client?: ECSClient;
  /** When it was last looked at, milliseconds since 1970. */
  #lookedAt?: number;
  /** The look that is under way. */
  #looking?: Promise<void>;
  /** Ends the looking, when the cluster is no environment's any more. */
  readonly #gone = new AbortController();
  /** The looking, once it has begun. */
  #loop?: Promise<void>;

  /** @param environmentRefs - of those that it is the cluster of */
  constructor(
    public place: EcsPlace,
    public environmentRefs: string[],
    private readonly options: EcsClusterFeedOptions,
  ) {
    this.#reader = new EcsClusterReader(place.cluster);
    this.#condition = {
      state: 'stale',
      message: `The cluster ${place.cluster} has not been read yet`,
    };
  }

  /** In its own time: one cluster that hangs keeps no other waiting. */
  start(): void {
    const { signal } = this.#gone;
    const loop = async () => {
      while (!signal.aborted) {
        await this.lookIfDue();
        await sleep(this.options.pollIntervalMs, undefined, { signal }).catch(
          () => undefined,
        );
      }
      this.#client?.destroy();
    };
    this.#loop ??= loop();
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#gone.abort();
    await this.#loop;
  }

  /** Takes what was known of the cluster before a restart, until it is read. */
  restore({ deployments, observedAt }: DeploymentSnapshot): void {
    if (this.#condition.observedAt) return;
    const { region, accountId, cluster } = this.place;
    const part = `:${region}:${accountId}:service/${cluster}/`;
    for (const deployment of deployments) {
      if (!deployment.name.includes(part)) continue;
      this.deployments.set(deployment.name, deployment);
    }
    if (observedAt && this.deployments.size) {
      this.#condition = { ...this.#condition, observedAt };
    }
  }

  /** A feed that has missed several looks is stale, whatever it said last. */
  get condition(): SourceCondition {
    const { state, observedAt } = this.#condition;
    if (state !== 'live') return this.#condition;
    const { now, pace } = this.options;
    const age = now().getTime() - Date.parse(observedAt!);
    return age <= pace.patienceMs + LONGEST_LOOK_MS
      ? this.#condition
      : {
          state: 'stale',
          observedAt,
          message: `The cluster ${this.place.cluster} has not been read lately`,
        };
  }

  /** What changes when a look says something new, and not with time alone. */
  get news(): unknown[] {
    const { state, message } = this.#condition;
    return [this.environmentRefs, this.fingerprint, state, message];
  }

  /** Looks, unless it has just been looked at. */
  async lookIfDue(): Promise<void> {
    if (!this.options.pace.isDue(this.#lookedAt)) return;
    await this.look();
  }

  /** One look at a time; `again` does not take one that had begun before. Never throws. */
  async look(options?: { again: boolean }): Promise<void> {
    if (options?.again) await this.#looking;
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { logger, now, onLook, pace } = this.options;
    this.#lookedAt = now().getTime();
    const before = this.#condition.message;
    try {
      const facts = await this.#reader.read(await this.#connect(), {
        signal: this.#gone.signal,
        nowMs: this.#lookedAt,
        listedWithinMs: pace.isActive ? 0 : IDLE_LIST_MS,
      });
      const deployments = facts.map(f => toDeployment(f, this.place));
      this.deployments = new Map(deployments.map(d => [d.name, d]));
      this.fingerprint = JSON.stringify(deployments);
      this.#condition = { state: 'live', observedAt: now().toISOString() };
    } catch (error) {
      if (this.#gone.signal.aborted) return;
      const { message, isLasting } = explainEcsError(error, this.place);
      this.#condition = {
        ...this.#condition,
        state: isLasting ? 'error' : 'stale',
        message,
      };
      if (message !== before) {
        logger.warn('A cluster of Amazon ECS cannot be read', {
          environments: this.environmentRefs.join(', '),
          reason: message,
        });
      }
    }
    onLook();
  }

  /** One client, kept: it remembers the session of the role. */
  async #connect(): Promise<ECSClient> {
    const { accountId, region } = this.place;
    if (!this.#client) {
      const provider = await this.options.credentials.getCredentialProvider({
        accountId,
      });
      this.#client = new ECSClient({
        region,
        credentials: provider.sdkCredentialProvider,
        maxAttempts: 3,
      });
    }
    return this.#client;
  }
}
