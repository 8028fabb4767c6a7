import { isTerminal } from '@fairway/plugin-platform-envs-common';
import { StoredPromotion } from '../../database/PromotionStore';
import { Rounds } from '../Rounds';
import { People } from './People';
import { PlanStep } from './PlanStep';
import { PromotionObserver } from './PromotionObserver';
import { PromotionTargets } from './PromotionTargets';
import { RolloutSteps } from './RolloutSteps';
import { StartSteps } from './StartSteps';
import { Fence, sentence, Step } from './steps';
import { DEFAULT_TIMINGS, PromotionTimings } from './timings';
import { WriteStep, WriteStepOptions } from './WriteStep';

/** @see PromotionReconciler */
export interface PromotionReconcilerOptions extends WriteStepOptions {
  targets: PromotionTargets;
  observer: PromotionObserver;
  people: People;
  planStep: PlanStep;
  /** Tells this worker from others, e.g. host and process. */
  owner: string;
  timings?: Partial<PromotionTimings>;
  /** Told that feeds are needed, while something is rolled out. */
  audience?: { read(): void };
  /** Called after each round. */
  afterRound?: () => Promise<void>;
}

const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
/** Between rounds: one small query when nothing is due. */
const POLL_MS = 2_000;
/** Steps of one promotion in one round: more than there are states. */
const MAX_STEPS = 12;

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
  readonly #start: StartSteps;
  readonly #writer: WriteStep;
  readonly #rollout: RolloutSteps;
  readonly #rounds = new Rounds(() => this.#round());
  #timer?: NodeJS.Timeout;
  #running = false;
  #stopped = false;

  constructor(private readonly options: PromotionReconcilerOptions) {
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    const writer = new WriteStep(options);
    this.#writer = writer;
    this.#start = new StartSteps({
      ...options,
      timings,
      onClaimed: (id, fence) => writer.allow(id, fence),
    });
    this.#rollout = new RolloutSteps({ ...options, timings });
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
    await this.#rounds.stop();
  }

  /** One round over everything that is due. */
  async tick(): Promise<void> {
    await this.#rounds.run();
  }

  async #round() {
    const due = await this.options.store.listDue();
    await Promise.all(due.map(id => this.#work(id)));
    await this.options.afterRound?.();
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
        { epoch },
      );
    } finally {
      clearInterval(renewal);
      this.#writer.forget(id, { epoch });
      await store.releaseLease(id, epoch).catch(() => {});
    }
  }

  async #steps(id: string, fence: Fence) {
    for (let i = 0; i < MAX_STEPS && !this.#stopped; i++) {
      const current = await this.options.store.get(id);
      if (!current || isTerminal(current.promotion.state)) return;
      const step = await this.#step(current, fence);
      if (step !== 'again') {
        const { version } = current.promotion;
        if (await this.#wait(id, step, { ...fence, version })) return;
      }
    }
  }

  /**
   * Notes when to look again, and what is in the way. False when somebody
   * changed the promotion since it was looked at: then there is no reason to wait.
   */
  async #wait(
    id: string,
    { waitMs, blockedBy }: Exclude<Step, 'again'>,
    fence: Fence & { version?: number },
  ): Promise<boolean> {
    const { store } = this.options;
    const at = await store.now();
    const nextAttemptAt = new Date(at.getTime() + waitMs).toISOString();
    try {
      await store.saveProgress(id, { nextAttemptAt, blockedBy }, fence);
      return true;
    } catch (error) {
      if ((error as Error).name !== 'ConflictError') throw error;
      return false;
    }
  }

  async #step(current: StoredPromotion, fence: Fence) {
    switch (current.promotion.state) {
      case 'PLANNING':
        await this.options.planStep.plan(current, fence);
        return 'again' as const;
      case 'WAITING':
        return this.#start.waiting(current, fence);
      case 'APPROVED':
        return this.#start.approved(current, fence);
      case 'WRITING':
        return this.#writer.write(current, fence);
      case 'SYNCING':
        return this.#rollout.sync(current, fence);
      case 'VERIFYING':
        return this.#rollout.verify(current, fence);
      default:
        return { waitMs: 60_000 };
    }
  }
}
