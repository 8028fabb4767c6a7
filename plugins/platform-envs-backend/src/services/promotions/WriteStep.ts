import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  countedApprovals,
  nameRelease,
  Promotion,
  transition,
} from '@fairway/plugin-platform-envs-common';
import {
  BranchMovedError,
  BranchProtectedError,
  GitHost,
} from '@fairway/plugin-platform-envs-node';
import { PromotionStore, StoredPromotion } from '../../database/PromotionStore';
import { PromotionForecast } from './PromotionForecast';
import {
  applyEvent,
  failPromotion,
  Fence,
  isAnswer,
  sentence,
  Step,
  system,
} from './steps';

const MAX_PUSHES = 10;
const MAX_ATTEMPTS = 10;
/** How long the lease must last from the last look to the end of the push. */
const LEASE_SECONDS = 30;

const PROMOTION_ID = 'Promotion-Id';
const PLAN_DIGEST = 'Plan-Digest';

/** @see WriteStep */
export interface WriteStepOptions {
  store: PromotionStore;
  forecast: PromotionForecast;
  gitHost: GitHost;
  logger: LoggerService;
  /** Waits between attempts to push, up to this times the number of the attempt. */
  jitterMs?: number;
  /** Where commits are said to come from. */
  author?: { name: string; email: string };
}

/** Makes the one commit of a promotion. */
export class WriteStep {
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #claimed = new Set<string>();

  constructor(private readonly options: WriteStepOptions) {}

  /** Only what was claimed under a lease is written under it. */
  allow(id: string, fence: Fence): void {
    this.#claimed.add(claimOf(id, fence));
  }

  /** The lease has ended. */
  forget(id: string, fence: Fence): void {
    this.#claimed.delete(claimOf(id, fence));
  }

  /** WRITING: our own commit is looked for first; else exactly one is made. */
  async write(current: StoredPromotion, fence: Fence): Promise<Step> {
    const { promotion, progress } = current;
    const { repository, branch } = promotion.plan!;
    // Two promotions to one branch in this process wait for each other instead of racing.
    return this.#exclusively(`${repository}#${branch}`, async () => {
      try {
        const known = await this.#findOwnCommit(promotion);
        if (known) return this.#committed(promotion, fence, known);
        if (!this.#claimed.has(claimOf(promotion.id, fence))) {
          // Not claimed in this round: it was interrupted, or did not get
          // through. Nothing was written, so start again from the checks.
          await applyEvent(
            this.options.store,
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

  async #commit(promotion: Promotion, fence: Fence): Promise<Step> {
    const { gitHost, forecast, store, logger } = this.options;
    const { repository, branch, baseCommit, planDigest } = promotion.plan!;
    for (let push = 1; ; push++) {
      const { plan, content } = await forecast.planOf(promotion);
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
    fence: Fence,
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
    fence: Fence,
    error: unknown,
  ): Promise<Step> {
    const { promotion, progress } = current;
    const final =
      error instanceof BranchProtectedError ||
      (isAnswer(error) && !(error instanceof BranchMovedError));
    if (final) {
      return failPromotion(this.options.store, current, fence, sentence(error));
    }
    const attempts = progress.attempts + 1;
    if (attempts >= MAX_ATTEMPTS) {
      const message = `It could not be written after ${attempts} attempts: ${sentence(
        error,
      )}`;
      return failPromotion(
        this.options.store,
        current,
        fence,
        message,
        'errored',
      );
    }
    await this.options.store.saveProgress(promotion.id, { attempts }, fence);
    return {
      waitMs: Math.min(1000 * 2 ** attempts, 60_000),
      blockedBy: sentence(error),
    };
  }

  /** Trailers are how a restart, and an auditor, tells whose commit it is. */
  #message(promotion: Promotion) {
    const { plan } = promotion;
    const target = lastPart(promotion.toEnvironmentRef);
    const reason = promotion.reason.replace(/\s+/g, ' ').trim();
    return {
      subject: `Promote ${lastPart(promotion.componentRef)} ${nameRelease(
        plan!.release,
      )} to ${target}`,
      // One line that cannot be mistaken for a trailer, whatever people write.
      body: reason && `Reason: ${reason}`,
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

function lastPart(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function claimOf(id: string, { epoch }: Fence): string {
  return `${id}#${epoch}`;
}
