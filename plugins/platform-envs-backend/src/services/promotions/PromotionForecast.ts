import { ConflictError } from '@backstage/errors';
import {
  evaluateGates,
  GateResult,
  isTerminal,
  PlanPromotionRequest,
  Promotion,
  PromotionState,
} from '@fairway/plugin-platform-envs-common';
import { PromotionStore } from '../../database/PromotionStore';
import { PromotionObserver } from './PromotionObserver';
import { PromotionPlanner } from './PromotionPlanner';
import { PromotionPlace, PromotionTargets } from './PromotionTargets';

/** The states in which a promotion holds its place. */
const IN_PROGRESS: readonly PromotionState[] = [
  'WRITING',
  'SYNCING',
  'VERIFYING',
];

/** What a promotion would write, and what its gates say; nothing is kept. */
export class PromotionForecast {
  constructor(
    private readonly options: {
      store: PromotionStore;
      targets: PromotionTargets;
      planner: PromotionPlanner;
      observer: PromotionObserver;
    },
  ) {}

  /** What a promotion that nobody has asked for yet would write, and its gates. */
  async ofRequest(request: PlanPromotionRequest) {
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

  /** What the gates say of a plan at its place. */
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

  async #slotHolder(promotion: Promotion): Promise<string | undefined> {
    const holders = await this.options.store.list({
      states: IN_PROGRESS,
      componentRef: promotion.componentRef,
      toEnvironmentRef: promotion.toEnvironmentRef,
    });
    return holders.find(h => h.promotion.id !== promotion.id)?.promotion.id;
  }
}

/** @throws ConflictError - a required gate is failing. */
export function refuseFailing(gates: GateResult[]) {
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
