import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  CreatePromotionRequest,
  DecidePromotionRequest,
  PlanPromotionRequest,
  Promotion,
  PROMOTION_STATES,
  PromotionPlanPreview,
  PromotionState,
  TERMINAL_PROMOTION_STATES,
  transition,
} from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import {
  OutboxEntry,
  PromotionStore,
  StoredPromotion,
} from '../../database/PromotionStore';
import { notifyRequester } from './notifications';
import { People } from './People';
import { PlanStep } from './PlanStep';
import { PromotionForecast, refuseFailing } from './PromotionForecast';
import { PromotionTargets } from './PromotionTargets';

/** The states that have not ended. */
export const OPEN: readonly PromotionState[] = PROMOTION_STATES.filter(
  state => !TERMINAL_PROMOTION_STATES.includes(state),
);

/** @see PromotionService */
export interface PromotionServiceOptions {
  store: PromotionStore;
  targets: PromotionTargets;
  forecast: PromotionForecast;
  planStep: PlanStep;
  people: People;
  /** Called after each change that gives the worker something to do. */
  wake: () => void;
}

/**
 * What people do with promotions: ask, decide, withdraw.
 *
 * Whether somebody is allowed to is asked before, by the router. That a person
 * is eligible to decide is looked up here again, at that moment.
 */
export class PromotionService {
  constructor(private readonly options: PromotionServiceOptions) {}

  /** What a promotion would write; nothing is kept. */
  async preview(request: PlanPromotionRequest): Promise<PromotionPlanPreview> {
    const { place, plan, gates } = await this.options.forecast.ofRequest(
      request,
    );
    const existing = await this.#findOpen(request, plan.planDigest);
    return {
      plan,
      gates,
      policy: place.policy,
      ...(existing && { existingPromotionId: existing.promotion.id }),
    };
  }

  /**
   * Keeps a request. The same key, or the same plan while it is open, gives
   * the promotion that there is.
   *
   * @throws InputError - nothing is promoted there, or the overlay is unclear.
   * @throws ConflictError - a gate says no.
   * @throws IdempotencyConflictError - the key was used for another request.
   */
  async request(
    request: CreatePromotionRequest,
    requestedBy: string,
  ): Promise<{ promotion: Promotion; created: boolean }> {
    const { store, wake } = this.options;
    const { idempotencyKey, ...body } = request;
    const requestHash = hash(body);
    if (!(await store.findByKey(requestedBy, idempotencyKey))) {
      const { plan, gates } = await this.options.forecast.ofRequest(request);
      const existing = await this.#findOpen(request, plan.planDigest);
      if (existing) return { promotion: existing.promotion, created: false };
      refuseFailing(gates);
    }
    const at = (await store.now()).toISOString();
    const { policy, source } = await this.options.targets.resolve(request);
    if (policy.minApprovals > 0 && request.reason.trim() === '') {
      throw new InputError(
        'reason: must not be empty where others approve; say what the release brings',
      );
    }
    const { stored, created } = await store.create({
      idempotencyKey,
      requestHash,
      promotion: {
        id: ulid(Date.parse(at)),
        kind: 'promote',
        componentRef: request.componentRef,
        fromEnvironmentRef: source.ref,
        toEnvironmentRef: request.toEnvironmentRef,
        requestedBy,
        reason: request.reason,
        state: 'PLANNING',
        version: 1,
        policy,
        approvals: [],
        createdAt: at,
        updatedAt: at,
      },
      record: {
        actor: requestedBy,
        event: 'requested',
        message: request.reason || 'No reason was given; none is needed here.',
        details: { requestHash },
      },
    });
    if (!created) return { promotion: stored.promotion, created };
    const promotion = await this.options.planStep.plan(stored);
    wake();
    return { promotion, created };
  }

  /**
   * Records one person's yes or no. The same decision again changes nothing.
   *
   * @throws NotAllowedError - the requester, or somebody not eligible now.
   * @throws ConflictError - the plan is another one now, or it is too late.
   */
  async decide(
    id: string,
    decision: DecidePromotionRequest,
    actor: string,
  ): Promise<{ promotion: Promotion; changed: boolean }> {
    const { store, people, wake } = this.options;
    const before = await this.#get(id);
    if (before.promotion.policy.minApprovals === 0) {
      throw new ConflictError(
        `no_approval_needed: promotion ${id} goes to an environment that needs no approval.`,
      );
    }
    const { requestedBy, policy } = before.promotion;
    const eligibility = await people.whyNotEligible(actor, {
      requestedBy,
      approverGroups: policy.approverGroups,
    });
    if (eligibility.reason) throw new NotAllowedError(eligibility.reason);
    let changed = false;
    const { promotion } = await store.update(id, (current, at) => {
      changed = false;
      if (isRepetition(current.promotion, decision, actor)) return undefined;
      const time = at.toISOString();
      const next = transition(current.promotion, {
        type: 'decided',
        at: time,
        approval: {
          actor,
          verdict: decision.verdict,
          comment: decision.comment,
          planDigest: decision.planDigest,
          groups: eligibility.groups,
          at: time,
        },
      });
      changed = true;
      return {
        promotion: next,
        record: {
          actor,
          event: decision.verdict === 'approve' ? 'approved' : 'rejected',
          message: decision.comment,
          details: {
            planDigest: decision.planDigest,
            groups: eligibility.groups,
          },
        },
        outbox: effectsOf(next),
      };
    });
    if (changed) wake();
    return { promotion, changed };
  }

  /** @throws ConflictError - it has begun to write, or has ended. */
  async cancel(id: string, reason: string, actor: string): Promise<Promotion> {
    const { promotion } = await this.options.store.update(
      id,
      (current, at) => ({
        promotion: transition(current.promotion, {
          type: 'cancelled',
          at: at.toISOString(),
        }),
        record: { actor, event: 'cancelled', message: reason },
        outbox:
          actor === current.promotion.requestedBy
            ? undefined
            : [notifyRequester(current.promotion, 'CANCELLED')],
      }),
    );
    return promotion;
  }

  /** @throws NotFoundError - no such promotion. */
  async get(id: string): Promise<Promotion> {
    return (await this.#get(id)).promotion;
  }

  async #findOpen(
    { componentRef, toEnvironmentRef }: PlanPromotionRequest,
    planDigest: string,
  ): Promise<StoredPromotion | undefined> {
    const open = await this.options.store.list({
      states: OPEN,
      componentRef,
      toEnvironmentRef,
    });
    return open.find(s => s.promotion.plan?.planDigest === planDigest);
  }

  async #get(id: string): Promise<StoredPromotion> {
    const stored = await this.options.store.get(id);
    if (!stored) throw new NotFoundError(`There is no promotion ${id}`);
    return stored;
  }
}

function isRepetition(
  promotion: Promotion,
  decision: DecidePromotionRequest,
  actor: string,
): boolean {
  return promotion.approvals.some(
    a =>
      a.actor === actor &&
      a.planDigest === decision.planDigest &&
      a.verdict === decision.verdict &&
      !a.voidedReason,
  );
}

function effectsOf(promotion: Promotion): OutboxEntry[] | undefined {
  return promotion.state === 'REJECTED'
    ? [notifyRequester(promotion, 'REJECTED')]
    : undefined;
}

function hash(body: unknown): string {
  const entries = Object.entries(body as Record<string, unknown>).sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
