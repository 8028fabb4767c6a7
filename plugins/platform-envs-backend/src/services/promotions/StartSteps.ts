import {
  countedApprovals,
  gatesPass,
  nameRelease,
  Promotion,
  transition,
} from '@fairway/plugin-platform-envs-common';
import { PromotionStore, StoredPromotion } from '../../database/PromotionStore';
import { notifyApprovers } from './notifications';
import { People } from './People';
import { PromotionForecast } from './PromotionForecast';
import {
  applyEvent,
  endPromotion,
  failPromotion,
  Fence,
  isAnswer,
  sentence,
  Step,
  system,
} from './steps';
import { PromotionTimings } from './timings';

/** What has to be so before anything is written. */
export class StartSteps {
  constructor(
    private readonly options: {
      store: PromotionStore;
      forecast: PromotionForecast;
      people: People;
      timings: PromotionTimings;
      /** Told of each promotion that this worker is about to write. */
      onClaimed: (id: string, fence: Fence) => void;
    },
  ) {}

  /** WAITING: until enough people agreed, or too late. */
  async waiting(current: StoredPromotion, fence: Fence): Promise<Step> {
    const { promotion } = current;
    const now = await this.options.store.now();
    if (
      promotion.expiresAt &&
      now.getTime() >= Date.parse(promotion.expiresAt)
    ) {
      return endPromotion(
        this.options.store,
        current,
        fence,
        { type: 'expired' },
        'Nobody decided in time.',
      );
    }
    const replanned = await this.#replan(current, fence);
    return replanned === 'same' ? { waitMs: 30_000 } : 'again';
  }

  /** APPROVED: until the gates of this moment pass; then claims it. */
  async approved(current: StoredPromotion, fence: Fence): Promise<Step> {
    const { store, forecast } = this.options;
    const { promotion, progress } = current;
    const now = await store.now();
    if (
      now.getTime() - Date.parse(progress.stateSince) >=
      this.options.timings.startDeadlineMs
    ) {
      return endPromotion(
        this.options.store,
        current,
        fence,
        { type: 'expired' },
        `It could not be started in time. ${progress.blockedBy ?? ''}`.trim(),
      );
    }
    if ((await this.#replan(current, fence)) === 'changed') return 'again';
    if (await this.#voidLostApprovals(promotion, fence)) return 'again';
    const gates = await forecast.gatesOf(promotion);
    if (!gatesPass(gates)) {
      return { waitMs: 5_000, blockedBy: messages(gates) };
    }
    try {
      await applyEvent(
        this.options.store,
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
      this.options.onClaimed(promotion.id, fence);
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
    fence: Fence,
  ): Promise<'same' | 'changed'> {
    let outcome: Awaited<ReturnType<PromotionForecast['planOf']>>;
    try {
      outcome = await this.options.forecast.planOf(promotion);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      await failPromotion(
        this.options.store,
        { promotion },
        fence,
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
      await failPromotion(this.options.store, { promotion }, fence, message);
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
    fence: Fence,
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
    await applyEvent(
      this.options.store,
      promotion.id,
      fence,
      { type: 'approvalsVoided', actors: lost.map(l => l.actor), reason },
      reason,
      [notifyApprovers(promotion)],
    );
    return true;
  }
}

function messages(
  gates: Array<{ state: string; message: string; required: boolean }>,
) {
  return gates
    .filter(gate => gate.required && gate.state !== 'passing')
    .map(gate => gate.message)
    .join(' ');
}
