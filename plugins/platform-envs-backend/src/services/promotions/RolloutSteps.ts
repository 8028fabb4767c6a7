import {
  DEPLOYERS,
  nameRelease,
  Promotion,
} from '@fairway/plugin-platform-envs-common';
import { Deployment, GitHost } from '@fairway/plugin-platform-envs-node';
import { PromotionStore, StoredPromotion } from '../../database/PromotionStore';
import { failedRollout, shortName, withSync } from './ecsRollout';
import { ObservedDeployment, PromotionObserver } from './PromotionObserver';
import { PromotionTargets } from './PromotionTargets';
import {
  applyEvent,
  endPromotion,
  failPromotion,
  Fence,
  sentence,
  Step,
} from './steps';
import { PromotionTimings } from './timings';

/** Watches what was written until it runs. */
export class RolloutSteps {
  constructor(
    private readonly options: {
      store: PromotionStore;
      targets: PromotionTargets;
      observer: PromotionObserver;
      gitHost: GitHost;
      timings: PromotionTimings;
      /** Told that feeds are needed. */
      audience?: { read(): void };
    },
  ) {}

  /** SYNCING: until Argo CD holds our commit, or ECS runs our release; asks for the sync where nothing else does. */
  async sync(current: StoredPromotion, fence: Fence): Promise<Step> {
    const { promotion } = current;
    const observed = await this.#observe(promotion);
    if (observed.status === 'absent') {
      await applyEvent(
        this.options.store,
        promotion.id,
        fence,
        { type: 'synced' },
        `Committed. ${observed.reason}`,
      );
      return 'again';
    }
    if (observed.status === 'unavailable') {
      return this.#overdue(current, fence, 'sync', observed.reason);
    }
    let { deployment } = observed;
    const isOnEcs = observed.source.runtime === 'ecs';
    // a pipeline rolls out to ECS; there is nobody who could be asked
    if (!isOnEcs && !(await this.#holdsCommit(promotion, deployment))) {
      try {
        deployment = await observed.source.refresh(deployment.name, {
          namespace: deployment.namespace,
        });
        if (!isUnderWay(deployment) && !deployment.automated) {
          const failed = failedOperation(deployment, promotion);
          if (failed) return await this.#syncFailed(current, fence, failed);
          if (!(await this.#holdsCommit(promotion, deployment))) {
            deployment = await observed.source.sync(deployment.name, {
              revision: promotion.commitSha,
              namespace: deployment.namespace,
            });
          }
        }
      } catch (error) {
        return this.#overdue(current, fence, 'sync', sentence(error));
      }
    }
    const failed = isOnEcs
      ? failedRollout(deployment, current.progress.stateSince)
      : failedOperation(deployment, promotion);
    if (failed) return this.#syncFailed(current, fence, failed);
    const name = shortName(deployment.name);
    if (await this.#holdsCommit(promotion, deployment, isOnEcs)) {
      await applyEvent(
        this.options.store,
        promotion.id,
        fence,
        { type: 'synced' },
        deployment.revision
          ? `${name} is Synced at ${deployment.revision.slice(0, 12)}.`
          : `${name} runs ${nameRelease(promotion.plan!.release)}.`,
      );
      return 'again';
    }
    const { moving } = DEPLOYERS[observed.source.runtime];
    return this.#overdue(
      current,
      fence,
      'sync',
      isUnderWay(deployment)
        ? `${name} is ${moving.toLocaleLowerCase('en-US')}.`
        : `${name} is ${deployment.sync}.`,
    );
  }

  /** VERIFYING: until Healthy for the soak time. */
  async verify(current: StoredPromotion, fence: Fence): Promise<Step> {
    const { store } = this.options;
    const { promotion, progress } = current;
    const observed = await this.#observe(promotion);
    if (observed.status === 'absent') {
      return this.#succeed(current, fence, observed.reason);
    }
    if (observed.status === 'unavailable') {
      await store.saveProgress(
        promotion.id,
        { healthySince: undefined },
        fence,
      );
      return this.#overdue(current, fence, 'verify', observed.reason);
    }
    const { deployment } = observed;
    const name = shortName(deployment.name);
    const now = (await store.now()).getTime();
    if (deployment.health === 'Healthy' && deployment.sync === 'Synced') {
      const since = progress.healthySince ?? new Date(now).toISOString();
      const left = Date.parse(since) + this.options.timings.soakMs - now;
      if (left <= 0) {
        return this.#succeed(current, fence, `${name} is Healthy and Synced.`);
      }
      await store.saveProgress(promotion.id, { healthySince: since }, fence);
      return {
        waitMs: Math.min(left, 5_000),
        blockedBy: `${name} is Healthy; watched for ${Math.ceil(
          left / 1000,
        )} s more.`,
      };
    }
    await store.saveProgress(promotion.id, { healthySince: undefined }, fence);
    const degradedFor =
      now -
      Math.max(
        Date.parse(progress.stateSince),
        Date.parse(deployment.healthSince ?? progress.stateSince),
      );
    const says = `${name} is ${deployment.health}${
      deployment.healthMessage ? `: ${deployment.healthMessage}` : ''
    }.`;
    if (
      deployment.health === 'Degraded' &&
      degradedFor >= this.options.timings.degradedGraceMs
    ) {
      const message = `degraded: ${says} Undo it with another promotion.`;
      return failPromotion(this.options.store, current, fence, message);
    }
    return this.#overdue(current, fence, 'verify', says);
  }

  /** Waits on, unless the deadline has passed. */
  async #overdue(
    current: StoredPromotion,
    fence: Fence,
    phase: 'sync' | 'verify',
    reason: string,
  ): Promise<Step> {
    const now = await this.options.store.now();
    const deadlineMs =
      phase === 'sync'
        ? this.options.timings.syncDeadlineMs
        : this.options.timings.verifyDeadlineMs;
    const waitedMs = now.getTime() - Date.parse(current.progress.stateSince);
    if (waitedMs < deadlineMs) return { waitMs: 2_000, blockedBy: reason };
    const message = `${phase}_timeout: not ${
      phase === 'sync' ? 'synced' : 'healthy'
    } after ${Math.round(deadlineMs / 60_000)} min. ${reason}`;
    return failPromotion(this.options.store, current, fence, message);
  }

  #syncFailed(
    current: StoredPromotion,
    fence: Fence,
    failed: string,
  ): Promise<Step> {
    const message = `sync_failed: ${failed}`;
    return failPromotion(this.options.store, current, fence, message);
  }

  async #succeed(
    current: StoredPromotion,
    fence: Fence,
    message: string,
  ): Promise<Step> {
    return endPromotion(
      this.options.store,
      current,
      fence,
      { type: 'verified' },
      message,
    );
  }

  async #observe(promotion: Promotion): Promise<ObservedDeployment> {
    const { targets, observer, audience } = this.options;
    audience?.read();
    const place = await targets.resolve({
      componentRef: promotion.componentRef,
      toEnvironmentRef: promotion.toEnvironmentRef,
    });
    const observed = observer.deployment(place.component, place.target);
    if (observed.status !== 'found') return observed;
    const { deployment } = observed;
    const { release } = promotion.plan!;
    return {
      ...observed,
      deployment: withSync(deployment, place.target, release),
    };
  }

  /** Whether Argo CD is in line with our commit, or one that came after it; ECS tells no commit. */
  async #holdsCommit(
    promotion: Promotion,
    deployment: Deployment,
    isOnEcs = false,
  ): Promise<boolean> {
    const { plan, commitSha } = promotion;
    if (deployment.sync !== 'Synced' || isUnderWay(deployment)) return false;
    if (isOnEcs) return true;
    if (!deployment.revision) return false;
    return (
      deployment.revision === commitSha ||
      this.options.gitHost.isAncestor(
        plan!.repository,
        commitSha!,
        deployment.revision,
      )
    );
  }
}

function isUnderWay(deployment: Deployment): boolean {
  return (
    deployment.operation?.phase === 'Running' ||
    deployment.operation?.phase === 'Terminating'
  );
}

/** What Argo CD says about a sync of our commit that did not work. */
function failedOperation(
  { name, operation }: Deployment,
  { commitSha }: Promotion,
): string | undefined {
  if (!operation || !['Failed', 'Error'].includes(operation.phase)) {
    return undefined;
  }
  if (operation.revision !== commitSha) return undefined;
  return `the sync of ${name} ${operation.phase.toLocaleLowerCase('en-US')}: ${
    operation.message ?? 'Argo CD gives no reason'
  }`;
}
