import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  CreatePromotionRequest,
  DecidePromotionRequest,
  evaluateGates,
  GateResult,
  isTerminal,
  PlanPromotionRequest,
  Promotion,
  PROMOTION_STATES,
  PromotionPlan,
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
import { People } from './People';
import { PromotionObserver } from './PromotionObserver';
import { PromotionPlanner } from './PromotionPlanner';
import { PromotionPlace, PromotionTargets } from './PromotionTargets';
import { notifyApprovers, notifyRequester } from './notifications';

/** The states in which a promotion holds its place. */
export const IN_PROGRESS: readonly PromotionState[] = [
  'WRITING',
  'SYNCING',
  'VERIFYING',
];

/** The states that have not ended. */
export const OPEN: readonly PromotionState[] = PROMOTION_STATES.filter(
  state => !TERMINAL_PROMOTION_STATES.includes(state),
);

const WAITING_HOURS = 72;

/** @see PromotionService */
export interface PromotionServiceOptions {
  store: PromotionStore;
  targets: PromotionTargets;
  planner: PromotionPlanner;
  observer: PromotionObserver;
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
    const { place, plan, gates } = await this.#plan(request);
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
      const { plan, gates } = await this.#plan(request);
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
    const promotion = await this.fixPlan(stored);
    wake();
    return { promotion, created };
  }

  /**
   * Takes a promotion from PLANNING on: fixes what it would write and who has
   * to agree. Older requests that nobody decided on yet give way.
   */
  async fixPlan(
    stored: StoredPromotion,
    fence?: { epoch: number },
  ): Promise<Promotion> {
    const { store } = this.options;
    const { id } = stored.promotion;
    let plan: PromotionPlan;
    try {
      const outcome = await this.planOf(stored.promotion);
      plan = outcome.plan;
      refuseFailing(
        await this.evaluate({ ...stored.promotion, plan }, outcome.place),
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
            message: (error as Error).message,
          }),
          record: system('failed', (error as Error).message),
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

  /** What the gates say now. Of one that has ended, nothing is asked. */
  async gatesOf(promotion: Promotion): Promise<GateResult[]> {
    if (isTerminal(promotion.state) || !promotion.plan) return [];
    if (IN_PROGRESS.includes(promotion.state)) return [];
    try {
      const place = await this.options.targets.resolve(placeOf(promotion));
      return await this.evaluate(promotion, place);
    } catch (error) {
      return [
        {
          id: 'place',
          title: 'Component and environments are there',
          state: 'failing',
          message: (error as Error).message,
          required: true,
        },
      ];
    }
  }

  async evaluate(
    promotion: Promotion,
    place: PromotionPlace,
  ): Promise<GateResult[]> {
    const { store, observer } = this.options;
    const [readings, slotHeldBy] = await Promise.all([
      observer.readings(place, await store.now()),
      this.#slotHolder(promotion),
    ]);
    return evaluateGates(
      { ...promotion, release: promotion.plan!.release },
      { ...readings, slotHeldBy },
    );
  }

  /** What a promotion would write on the branch as it is now. */
  async planOf(promotion: Promotion) {
    const { targets, planner } = this.options;
    const place = await targets.resolve(placeOf(promotion));
    const release =
      promotion.plan?.release ?? (await planner.sourceRelease(place));
    const { plan, content } = await planner.plan(
      place,
      release,
      promotion.kind,
    );
    return { place, plan, content };
  }

  async #plan(request: PlanPromotionRequest) {
    const draft: Promotion = {
      id: '',
      kind: 'promote',
      componentRef: request.componentRef,
      fromEnvironmentRef: request.fromEnvironmentRef,
      toEnvironmentRef: request.toEnvironmentRef,
      requestedBy: '',
      reason: '',
      state: 'PLANNING',
      version: 0,
      policy: (await this.options.targets.resolve(request)).policy,
      approvals: [],
      createdAt: '',
      updatedAt: '',
    };
    const { place, plan } = await this.planOf(draft);
    const gates = await this.evaluate({ ...draft, plan }, place);
    return { place, plan, gates };
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

  async #slotHolder(promotion: Promotion): Promise<string | undefined> {
    const holders = await this.options.store.list({
      states: IN_PROGRESS,
      componentRef: promotion.componentRef,
      toEnvironmentRef: promotion.toEnvironmentRef,
    });
    return holders.find(h => h.promotion.id !== promotion.id)?.promotion.id;
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

  async #get(id: string): Promise<StoredPromotion> {
    const stored = await this.options.store.get(id);
    if (!stored) throw new NotFoundError(`There is no promotion ${id}`);
    return stored;
  }
}

/** A line of the record that the portal itself writes. */
export function system(
  event: string,
  message: string,
  details?: Record<string, unknown>,
) {
  return { actor: 'system:fairway', event, message, details };
}

/** Whether an error is an answer about the request, not our inability to give one. */
export function isAnswer(error: unknown): boolean {
  return ['InputError', 'NotFoundError', 'ConflictError'].includes(
    (error as Error).name,
  );
}

function refuseFailing(gates: GateResult[]) {
  const failing = gates.filter(g => g.required && g.state === 'failing');
  if (failing.length > 0) {
    throw new ConflictError(
      failing.map(g => `${g.id}: ${g.message}`).join(' '),
    );
  }
}

function placeOf(promotion: Promotion) {
  return {
    componentRef: promotion.componentRef,
    fromEnvironmentRef: promotion.fromEnvironmentRef,
    toEnvironmentRef: promotion.toEnvironmentRef,
  };
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

function hoursAfter(at: Date, hours: number): string {
  return new Date(at.getTime() + hours * 3_600_000).toISOString();
}
