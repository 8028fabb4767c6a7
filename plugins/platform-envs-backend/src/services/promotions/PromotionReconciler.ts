import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  countedApprovals,
  gatesPass,
  isTerminal,
  nameRelease,
  Promotion,
  PromotionTransitionEvent,
  transition,
} from '@fairway/plugin-platform-envs-common';
import {
  BranchMovedError,
  BranchProtectedError,
  Deployment,
  GitHost,
} from '@fairway/plugin-platform-envs-node';
import {
  OutboxEntry,
  PromotionChange,
  PromotionStore,
  StoredPromotion,
} from '../../database/PromotionStore';
import { notifyApprovers, notifyRequester } from './notifications';
import { ObservedDeployment, PromotionObserver } from './PromotionObserver';
import { isAnswer, PromotionService, system } from './PromotionService';
import { People } from './People';
import { PromotionTargets } from './PromotionTargets';

/** How long things may take, in milliseconds. */
export interface PromotionTimings {
  /** Healthy for this long before a promotion counts as succeeded. */
  soakMs: number;
  /** From the commit to Synced. */
  syncDeadlineMs: number;
  /** From Synced to Healthy for the soak time. */
  verifyDeadlineMs: number;
  /** Degraded for this long is a failure. */
  degradedGraceMs: number;
  /** Approved, but not started for this long: expires. */
  startDeadlineMs: number;
}

export const DEFAULT_TIMINGS: PromotionTimings = {
  soakMs: 10_000,
  syncDeadlineMs: 15 * 60_000,
  verifyDeadlineMs: 15 * 60_000,
  degradedGraceMs: 60_000,
  startDeadlineMs: 4 * 3_600_000,
};

/** @see PromotionReconciler */
export interface PromotionReconcilerOptions {
  store: PromotionStore;
  service: PromotionService;
  targets: PromotionTargets;
  observer: PromotionObserver;
  people: People;
  gitHost: GitHost;
  logger: LoggerService;
  /** Tells this worker from others, e.g. host and process. */
  owner: string;
  timings?: Partial<PromotionTimings>;
  /** Waits between attempts to push; tests make it short. */
  jitterMs?: number;
  /** Called after each round. */
  afterRound?: () => Promise<void>;
  /** Where commits are said to come from. */
  author?: { name: string; email: string };
}

const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
/** Between rounds: one small query when nothing is due. */
const POLL_MS = 2_000;
const MAX_PUSHES = 10;
const MAX_ATTEMPTS = 10;
/** Steps of one promotion in one round: more than there are states. */
const MAX_STEPS = 12;

const PROMOTION_ID = 'Promotion-Id';
const PLAN_DIGEST = 'Plan-Digest';

/** Outcome of a step: look again at once, or after a while. */
type Step = 'again' | { waitMs: number; blockedBy?: string };

/**
 * Carries promotions on: level-based, each step safe to repeat, so that a
 * restart at any point loses nothing.
 *
 * 1. Lease: one worker at a time; each write carries the lease's epoch, so a
 *    worker that was overtaken changes nothing.
 * 2. APPROVED: plan anew, ask again who is eligible and what the gates say.
 * 3. WRITING: look for our own commit first, then make exactly one.
 * 4. SYNCING: until Argo CD holds our commit; asks for the sync where nothing else does.
 * 5. VERIFYING: until Healthy for the soak time.
 */
export class PromotionReconciler {
  readonly #timings: PromotionTimings;
  readonly #writing = new Map<string, Promise<unknown>>();
  /** Epoch in which this worker claimed a promotion. */
  readonly #claimed = new Map<string, number>();
  #round?: Promise<void>;
  #again = false;
  #timer?: NodeJS.Timeout;
  #running = false;
  #stopped = false;

  constructor(private readonly options: PromotionReconcilerOptions) {
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
  }

  /** Looks every few seconds, until stopped. */
  start(): void {
    this.#running = true;
    this.wake();
  }

  /** Starts a round soon; calls during a round lead to one more. */
  wake(delayMs: number = 0): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.tick()
        .catch(error =>
          this.options.logger.error('A round over promotions failed', error),
        )
        .finally(() => {
          if (this.#running) this.wake(POLL_MS);
        });
    }, delayMs);
    this.#timer.unref();
  }

  /** Ends after the present step. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#round?.catch(() => {});
  }

  /** One round over everything that is due. */
  async tick(): Promise<void> {
    if (this.#round) {
      this.#again = true;
      return this.#round;
    }
    this.#round = this.#rounds().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #rounds() {
    do {
      this.#again = false;
      const due = await this.options.store.listDue();
      await Promise.all(due.map(id => this.#work(id)));
      await this.options.afterRound?.();
    } while (this.#again && !this.#stopped);
  }

  async #work(id: string): Promise<void> {
    const { store, owner, logger } = this.options;
    const epoch = await store.acquireLease(id, owner, LEASE_SECONDS);
    if (epoch === undefined) return;
    const renewal = setInterval(() => {
      store.renewLease(id, epoch, LEASE_SECONDS).catch(error =>
        logger.warn('The lease of a promotion could not be renewed', {
          promotion: id,
          reason: String(error),
        }),
      );
    }, RENEW_MS);
    try {
      await this.#steps(id, { epoch });
    } catch (error) {
      logger.warn(
        'A step of a promotion was not done; it will be tried again',
        {
          promotion: id,
          reason: String(error),
        },
      );
      await this.#wait(
        id,
        { waitMs: 15_000, blockedBy: sentence(error) },
        epoch,
      );
    } finally {
      clearInterval(renewal);
      this.#claimed.delete(id);
      await store.releaseLease(id, epoch).catch(() => {});
    }
  }

  async #steps(id: string, fence: { epoch: number }) {
    for (let i = 0; i < MAX_STEPS && !this.#stopped; i++) {
      const current = await this.options.store.get(id);
      if (!current || isTerminal(current.promotion.state)) return;
      const step = await this.#step(current, fence);
      if (step !== 'again') {
        await this.#wait(id, step, fence.epoch);
        return;
      }
    }
  }

  /** Notes when to look again, and what is in the way. */
  async #wait(
    id: string,
    { waitMs, blockedBy }: Exclude<Step, 'again'>,
    epoch: number,
  ) {
    const { store } = this.options;
    const at = await store.now();
    await store
      .saveProgress(
        id,
        {
          nextAttemptAt: new Date(at.getTime() + waitMs).toISOString(),
          blockedBy,
        },
        { epoch },
      )
      .catch(error => {
        if ((error as Error).name !== 'ConflictError') throw error;
      });
  }

  async #step(current: StoredPromotion, fence: { epoch: number }) {
    switch (current.promotion.state) {
      case 'PLANNING':
        await this.options.service.fixPlan(current, fence);
        return 'again' as const;
      case 'WAITING':
        return this.#waiting(current, fence);
      case 'APPROVED':
        return this.#approved(current, fence);
      case 'WRITING':
        return this.#write(current, fence);
      case 'SYNCING':
        return this.#sync(current, fence);
      case 'VERIFYING':
        return this.#verify(current, fence);
      default:
        return { waitMs: 60_000 };
    }
  }

  async #waiting(
    current: StoredPromotion,
    fence: { epoch: number },
  ): Promise<Step> {
    const { promotion } = current;
    const now = await this.options.store.now();
    if (
      promotion.expiresAt &&
      now.getTime() >= Date.parse(promotion.expiresAt)
    ) {
      return this.#end(
        current,
        fence,
        { type: 'expired' },
        'Nobody decided in time.',
      );
    }
    const replanned = await this.#replan(current, fence);
    return replanned === 'same' ? { waitMs: 30_000 } : 'again';
  }

  async #approved(
    current: StoredPromotion,
    fence: { epoch: number },
  ): Promise<Step> {
    const { store, service } = this.options;
    const { promotion, progress } = current;
    const now = await store.now();
    if (
      now.getTime() - Date.parse(progress.stateSince) >=
      this.#timings.startDeadlineMs
    ) {
      return this.#end(
        current,
        fence,
        { type: 'expired' },
        `It could not be started in time. ${progress.blockedBy ?? ''}`.trim(),
      );
    }
    if ((await this.#replan(current, fence)) === 'changed') return 'again';
    if (await this.#voidLostApprovals(promotion, fence)) return 'again';
    const gates = await service.gatesOf(promotion);
    if (!gatesPass(gates)) {
      return { waitMs: 5_000, blockedBy: messages(gates) };
    }
    try {
      await this.#apply(
        promotion.id,
        fence,
        { type: 'claimed' },
        'Begins to write.',
        [
          {
            effect: 'git_write',
            key: promotion.plan!.planDigest,
            payload: {},
          },
        ],
      );
      this.#claimed.set(promotion.id, fence.epoch);
    } catch (error) {
      if (sentence(error).startsWith('slot_busy')) {
        return { waitMs: 5_000, blockedBy: sentence(error) };
      }
      throw error;
    }
    return 'again';
  }

  /** Plans on the branch and the policy of this moment; what people agreed to must be what is written. */
  async #replan(
    { promotion }: StoredPromotion,
    fence: { epoch: number },
  ): Promise<'same' | 'changed'> {
    let outcome: Awaited<ReturnType<PromotionService['planOf']>>;
    try {
      outcome = await this.options.service.planOf(promotion);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      await this.#end(
        { promotion },
        fence,
        { type: 'failed', kind: 'failed', message: sentence(error) },
        sentence(error),
      );
      return 'changed';
    }
    const { plan, place } = outcome;
    if (plan.planDigest === promotion.plan?.planDigest) return 'same';
    if (plan.files.length === 0) {
      const message = `conflict: ${
        place.target.title
      } already holds ${nameRelease(plan.release)}; somebody else wrote it.`;
      await this.#end(
        { promotion },
        fence,
        { type: 'failed', kind: 'failed', message },
        message,
      );
      return 'changed';
    }
    const reason =
      'plan_changed: the overlay or the policy was changed after this promotion was planned.';
    await this.options.store.update(
      promotion.id,
      (current, at) => {
        const next = transition(current.promotion, {
          type: 'replanned',
          at: at.toISOString(),
          plan,
          policy: place.policy,
          reason,
        });
        return {
          promotion: next,
          record: system('replanned', reason, {
            planDigest: plan.planDigest,
            baseCommit: plan.baseCommit,
          }),
          outbox:
            next.state === 'WAITING' ? [notifyApprovers(next)] : undefined,
        };
      },
      fence,
    );
    return 'changed';
  }

  /** F05: who lost the right to approve since does not count. */
  async #voidLostApprovals(
    promotion: Promotion,
    fence: { epoch: number },
  ): Promise<boolean> {
    const { people } = this.options;
    const lost: Array<{ actor: string; reason: string }> = [];
    for (const { actor } of countedApprovals(promotion)) {
      const { reason } = await people.whyNotEligible(actor, {
        requestedBy: promotion.requestedBy,
        approverGroups: promotion.policy.approverGroups,
      });
      if (reason) lost.push({ actor, reason });
    }
    if (lost.length === 0) return false;
    const reason = lost.map(l => l.reason).join(' ');
    await this.#apply(
      promotion.id,
      fence,
      { type: 'approvalsVoided', actors: lost.map(l => l.actor), reason },
      reason,
      [notifyApprovers(promotion)],
    );
    return true;
  }

  async #write(
    current: StoredPromotion,
    fence: { epoch: number },
  ): Promise<Step> {
    const { promotion, progress } = current;
    const { repository, branch } = promotion.plan!;
    // Two promotions to one branch in this process wait for each other instead of racing.
    return this.#exclusively(`${repository}#${branch}`, async () => {
      try {
        const known = await this.#findOwnCommit(promotion);
        if (known) return this.#committed(promotion, fence, known);
        if (this.#claimed.get(promotion.id) !== fence.epoch) {
          // Not claimed in this round: it was interrupted, or did not get
          // through. Nothing was written, so start again from the checks.
          await this.#apply(
            promotion.id,
            fence,
            { type: 'released' },
            `Nothing was written. ${
              progress.blockedBy ?? 'The worker was interrupted.'
            }`,
          );
          return 'again';
        }
        return await this.#commit(promotion, fence);
      } catch (error) {
        return this.#writeFailed(current, fence, error);
      }
    });
  }

  async #commit(promotion: Promotion, fence: { epoch: number }): Promise<Step> {
    const { gitHost, service, store, logger } = this.options;
    const { repository, branch, baseCommit, planDigest } = promotion.plan!;
    for (let push = 1; ; push++) {
      const { plan, content } = await service.planOf(promotion);
      if (
        !(await gitHost.isAncestor(repository, baseCommit, plan.baseCommit))
      ) {
        throw new ConflictError(
          `history_rewritten: ${repository} ${branch} does not contain ${baseCommit.slice(
            0,
            12,
          )} any more. Somebody rewrote its history; look at it before anything is promoted.`,
        );
      }
      if (plan.planDigest !== planDigest) {
        throw new ConflictError(
          `conflict: ${
            plan.files[0]?.path ?? 'the overlay'
          } was changed where this promotion writes. Ask for a new promotion.`,
        );
      }
      // The last look before something leaves the house: is this still ours to do?
      if (!(await store.renewLease(promotion.id, fence.epoch, LEASE_SECONDS))) {
        throw new ConflictError('Another worker has taken over.');
      }
      try {
        const { sha } = await gitHost.commitChange({
          repository,
          branch,
          base: plan.baseCommit,
          files: [{ path: plan.files[0].path, content }],
          ...this.#message(promotion),
        });
        return await this.#committed(promotion, fence, sha);
      } catch (error) {
        if (!(error instanceof BranchMovedError) || push >= MAX_PUSHES) {
          throw error;
        }
        logger.debug('A branch moved while a promotion was written', {
          promotion: promotion.id,
          push,
        });
        await this.#jitter(push);
        const known = await this.#findOwnCommit(promotion);
        if (known) return await this.#committed(promotion, fence, known);
      }
    }
  }

  async #findOwnCommit(promotion: Promotion): Promise<string | undefined> {
    const { repository, branch, baseCommit, planDigest } = promotion.plan!;
    const commit = await this.options.gitHost.findCommitByTrailer(
      repository,
      branch,
      { key: PROMOTION_ID, value: promotion.id },
      baseCommit,
    );
    return commit?.body.split('\n').includes(`${PLAN_DIGEST}: ${planDigest}`)
      ? commit.sha
      : undefined;
  }

  async #committed(
    promotion: Promotion,
    fence: { epoch: number },
    sha: string,
  ): Promise<Step> {
    await this.options.store.update(
      promotion.id,
      (current, at) => ({
        promotion: transition(current.promotion, {
          type: 'committed',
          at: at.toISOString(),
          commitSha: sha,
        }),
        record: system('committed', `Commit ${sha}.`, { commitSha: sha }),
        progress: { attempts: 0 },
      }),
      fence,
    );
    return 'again';
  }

  async #writeFailed(
    current: StoredPromotion,
    fence: { epoch: number },
    error: unknown,
  ): Promise<Step> {
    const { promotion, progress } = current;
    const final =
      error instanceof BranchProtectedError ||
      (isAnswer(error) && !(error instanceof BranchMovedError));
    if (final) {
      return this.#end(
        current,
        fence,
        { type: 'failed', kind: 'failed', message: sentence(error) },
        sentence(error),
      );
    }
    const attempts = progress.attempts + 1;
    if (attempts >= MAX_ATTEMPTS) {
      const message = `It could not be written after ${attempts} attempts: ${sentence(
        error,
      )}`;
      return this.#end(
        current,
        fence,
        { type: 'failed', kind: 'errored', message },
        message,
      );
    }
    await this.options.store.saveProgress(promotion.id, { attempts }, fence);
    return {
      waitMs: Math.min(1000 * 2 ** attempts, 60_000),
      blockedBy: sentence(error),
    };
  }

  async #sync(
    current: StoredPromotion,
    fence: { epoch: number },
  ): Promise<Step> {
    const { promotion } = current;
    const observed = await this.#observe(promotion);
    if (observed.status === 'absent') {
      await this.#apply(
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
    if (!(await this.#holdsCommit(promotion, deployment))) {
      try {
        deployment = await observed.source.refresh(deployment.name);
        if (!isUnderWay(deployment) && !deployment.automated) {
          const failed = failedOperation(deployment, promotion);
          if (failed) return await this.#syncFailed(current, fence, failed);
          if (!(await this.#holdsCommit(promotion, deployment))) {
            deployment = await observed.source.sync(deployment.name, {
              revision: promotion.commitSha,
            });
          }
        }
      } catch (error) {
        return this.#overdue(current, fence, 'sync', sentence(error));
      }
    }
    const failed = failedOperation(deployment, promotion);
    if (failed) return this.#syncFailed(current, fence, failed);
    if (await this.#holdsCommit(promotion, deployment)) {
      await this.#apply(
        promotion.id,
        fence,
        { type: 'synced' },
        `${deployment.name} is Synced at ${deployment.revision?.slice(0, 12)}.`,
      );
      return 'again';
    }
    return this.#overdue(
      current,
      fence,
      'sync',
      isUnderWay(deployment)
        ? `${deployment.name} is being synced.`
        : `${deployment.name} is ${deployment.sync}.`,
    );
  }

  async #verify(
    current: StoredPromotion,
    fence: { epoch: number },
  ): Promise<Step> {
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
    const now = (await store.now()).getTime();
    if (deployment.health === 'Healthy' && deployment.sync === 'Synced') {
      const since = progress.healthySince ?? new Date(now).toISOString();
      const left = Date.parse(since) + this.#timings.soakMs - now;
      if (left <= 0) {
        return this.#succeed(
          current,
          fence,
          `${deployment.name} is Healthy and Synced.`,
        );
      }
      await store.saveProgress(promotion.id, { healthySince: since }, fence);
      return {
        waitMs: Math.min(left, 5_000),
        blockedBy: `${deployment.name} is Healthy; watched for ${Math.ceil(
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
    const says = `${deployment.name} is ${deployment.health}${
      deployment.healthMessage ? `: ${deployment.healthMessage}` : ''
    }.`;
    if (
      deployment.health === 'Degraded' &&
      degradedFor >= this.#timings.degradedGraceMs
    ) {
      const message = `degraded: ${says} Undo it with another promotion.`;
      return this.#end(
        current,
        fence,
        { type: 'failed', kind: 'failed', message },
        message,
      );
    }
    return this.#overdue(current, fence, 'verify', says);
  }

  /** Waits on, unless the deadline has passed. */
  async #overdue(
    current: StoredPromotion,
    fence: { epoch: number },
    phase: 'sync' | 'verify',
    reason: string,
  ): Promise<Step> {
    const now = await this.options.store.now();
    const deadlineMs =
      phase === 'sync'
        ? this.#timings.syncDeadlineMs
        : this.#timings.verifyDeadlineMs;
    const waitedMs = now.getTime() - Date.parse(current.progress.stateSince);
    if (waitedMs < deadlineMs) return { waitMs: 2_000, blockedBy: reason };
    const message = `${phase}_timeout: not ${
      phase === 'sync' ? 'synced' : 'healthy'
    } after ${Math.round(deadlineMs / 60_000)} min. ${reason}`;
    return this.#end(
      current,
      fence,
      { type: 'failed', kind: 'failed', message },
      message,
    );
  }

  #syncFailed(
    current: StoredPromotion,
    fence: { epoch: number },
    failed: string,
  ): Promise<Step> {
    const message = `sync_failed: ${failed}`;
    return this.#end(
      current,
      fence,
      { type: 'failed', kind: 'failed', message },
      message,
    );
  }

  async #succeed(
    current: StoredPromotion,
    fence: { epoch: number },
    message: string,
  ): Promise<Step> {
    return this.#end(current, fence, { type: 'verified' }, message);
  }

  async #observe(promotion: Promotion): Promise<ObservedDeployment> {
    const { targets, observer } = this.options;
    const place = await targets.resolve({
      componentRef: promotion.componentRef,
      toEnvironmentRef: promotion.toEnvironmentRef,
    });
    return observer.deployment(place.component, place.target);
  }

  /** Whether Argo CD is in line with our commit, or one that came after it. */
  async #holdsCommit(
    promotion: Promotion,
    deployment: Deployment,
  ): Promise<boolean> {
    const { plan, commitSha } = promotion;
    if (deployment.sync !== 'Synced' || !deployment.revision) return false;
    if (isUnderWay(deployment)) return false;
    return (
      deployment.revision === commitSha ||
      this.options.gitHost.isAncestor(
        plan!.repository,
        commitSha!,
        deployment.revision,
      )
    );
  }

  async #end(
    { promotion }: Pick<StoredPromotion, 'promotion'>,
    fence: { epoch: number },
    event: EventWithoutTime,
    message: string,
  ): Promise<Step> {
    await this.options.store.update(
      promotion.id,
      (current, at) => {
        const next = apply(current.promotion, event, at);
        return {
          promotion: next,
          record: system(event.type, message),
          outbox: [notifyRequester(next, next.state, message)],
        };
      },
      fence,
    );
    return 'again';
  }

  async #apply(
    id: string,
    fence: { epoch: number },
    event: EventWithoutTime,
    message: string,
    outbox?: OutboxEntry[],
  ) {
    await this.options.store.update(
      id,
      (current, at): PromotionChange => ({
        promotion: apply(current.promotion, event, at),
        record: system(event.type, message),
        outbox,
      }),
      fence,
    );
  }

  /** Trailers are how a restart, and an auditor, tells whose commit it is. */
  #message(promotion: Promotion) {
    const { plan } = promotion;
    const target = lastPart(promotion.toEnvironmentRef);
    return {
      subject: `Promote ${lastPart(promotion.componentRef)} ${nameRelease(
        plan!.release,
      )} to ${target}`,
      // One line that cannot be mistaken for a trailer, whatever people write.
      body: `Reason: ${promotion.reason.replace(/\s+/g, ' ').trim()}`,
      trailers: [
        { key: PROMOTION_ID, value: promotion.id },
        { key: PLAN_DIGEST, value: plan!.planDigest },
        { key: 'Requested-By', value: promotion.requestedBy },
        ...countedApprovals(promotion).map(approval => ({
          key: 'Approved-By',
          value: approval.actor,
        })),
      ],
      author: this.options.author ?? {
        name: 'Fairway',
        email: 'fairway@users.noreply.localhost',
      },
    };
  }

  #exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writing.get(key) ?? Promise.resolve();
    const run = before.then(work, work);
    this.#writing.set(key, run);
    const forget = () => {
      if (this.#writing.get(key) === run) this.#writing.delete(key);
    };
    run.then(forget, forget);
    return run;
  }

  #jitter(push: number) {
    const most = (this.options.jitterMs ?? 200) * push;
    return new Promise(resolve => setTimeout(resolve, Math.random() * most));
  }
}

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;
type EventWithoutTime = WithoutTime<PromotionTransitionEvent>;

function apply(
  promotion: Promotion,
  event: EventWithoutTime,
  at: Date,
): Promotion {
  return transition(promotion, {
    ...event,
    at: at.toISOString(),
  } as PromotionTransitionEvent);
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

function messages(
  gates: Array<{ state: string; message: string; required: boolean }>,
) {
  return gates
    .filter(gate => gate.required && gate.state !== 'passing')
    .map(gate => gate.message)
    .join(' ');
}

function lastPart(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
