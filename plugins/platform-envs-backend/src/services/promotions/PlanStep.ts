import {
  isTerminal,
  Promotion,
  PromotionPlan,
  transition,
} from '@fairway/plugin-platform-envs-common';
import { PromotionStore, StoredPromotion } from '../../database/PromotionStore';
import { notifyApprovers, notifyRequester } from './notifications';
import { PromotionForecast, refuseFailing } from './PromotionForecast';
import { Fence, isAnswer, sentence, system } from './steps';

const WAITING_HOURS = 72;

/** Fixes what a promotion would write. */
export class PlanStep {
  constructor(
    private readonly options: {
      store: PromotionStore;
      forecast: PromotionForecast;
    },
  ) {}

  /**
   * Takes a promotion from PLANNING on: fixes what it would write and who has
   * to agree. Older requests that nobody decided on yet give way.
   */
  async plan(stored: StoredPromotion, fence?: Fence): Promise<Promotion> {
    const { store, forecast } = this.options;
    const { id } = stored.promotion;
    let plan: PromotionPlan;
    try {
      const outcome = await forecast.planOf(stored.promotion);
      plan = outcome.plan;
      refuseFailing(
        await forecast.evaluate({ ...stored.promotion, plan }, outcome.place),
      );
    } catch (error) {
      if (!isAnswer(error)) throw error;
      const failed = await store.update(
        id,
        ({ promotion }, at) => ({
          promotion: transition(promotion, {
            type: 'failed',
            at: at.toISOString(),
            kind: 'failed',
            message: sentence(error),
          }),
          record: system('failed', sentence(error)),
          outbox: [notifyRequester(promotion, 'FAILED')],
        }),
        fence,
      );
      return failed.promotion;
    }
    const planned = await store.update(
      id,
      ({ promotion }, at) => {
        if (promotion.state !== 'PLANNING') return undefined;
        const next = transition(
          {
            ...promotion,
            expiresAt: hoursAfter(at, WAITING_HOURS),
          },
          { type: 'planned', at: at.toISOString(), plan },
        );
        return {
          promotion: next,
          record: system(
            'planned',
            plan.files
              .map(f => `${f.path}:${f.line}: ${f.after.trim()}`)
              .join('; '),
            { planDigest: plan.planDigest, baseCommit: plan.baseCommit },
          ),
          outbox:
            next.state === 'WAITING' ? [notifyApprovers(next)] : undefined,
        };
      },
      fence,
    );
    await this.#supersede(planned.promotion);
    return planned.promotion;
  }

  /** What nobody decided on yet gives way to a newer request for the same place. */
  async #supersede(newer: Promotion) {
    if (isTerminal(newer.state)) return;
    const { store } = this.options;
    const waiting = await store.list({
      states: ['WAITING'],
      componentRef: newer.componentRef,
      toEnvironmentRef: newer.toEnvironmentRef,
    });
    for (const { promotion: older } of waiting) {
      if (older.id >= newer.id) continue;
      await store.update(older.id, ({ promotion }, at) =>
        promotion.state === 'WAITING'
          ? {
              promotion: transition(promotion, {
                type: 'superseded',
                at: at.toISOString(),
              }),
              record: system(
                'superseded',
                `${newer.requestedBy} asked for a newer promotion, ${newer.id}.`,
                { by: newer.id },
              ),
              outbox: [notifyRequester(promotion, 'SUPERSEDED')],
            }
          : undefined,
      );
    }
  }
}

function hoursAfter(at: Date, hours: number): string {
  return new Date(at.getTime() + hours * 3_600_000).toISOString();
}
