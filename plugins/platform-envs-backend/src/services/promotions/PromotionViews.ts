import {
  availableActions,
  isTerminal,
  Promotion,
  PromotionDetail,
  PromotionList,
  PromotionScope,
  PromotionState,
  quorumOf,
} from '@fairway/plugin-platform-envs-common';
import { GitHost } from '@fairway/plugin-platform-envs-node';
import { PromotionStore } from '../../database/PromotionStore';
import { People } from './People';
import { PromotionForecast } from './PromotionForecast';
import { OPEN, PromotionService } from './PromotionService';

/** Who asks, and what the permission policy answered for this promotion. */
export interface Viewer {
  /** Absent for anything that is not a person. */
  userRef?: string;
  mayApprove: boolean;
  mayCancel: boolean;
}

/** What people see of promotions. Looking changes nothing. */
export class PromotionViews {
  constructor(
    private readonly options: {
      store: PromotionStore;
      service: PromotionService;
      forecast: PromotionForecast;
      people: People;
      gitHost: Pick<GitHost, 'webUrl'>;
    },
  ) {}

  /** The approver's page. */
  async detail(id: string, viewer: Viewer): Promise<PromotionDetail> {
    const { store, service, forecast, gitHost } = this.options;
    const promotion = await service.get(id);
    const { commitSha, plan } = promotion;
    const [gates, events, actions] = await Promise.all([
      forecast.gatesOf(promotion),
      store.events(id),
      this.#actions(promotion, viewer),
    ]);
    return {
      promotion,
      gates,
      quorum: quorumOf(promotion),
      eligibleApprovers: promotion.policy.approverGroups,
      availableActions: actions,
      events,
      ...(commitSha &&
        plan && {
          commitUrl: gitHost.webUrl(plan.repository, { commit: commitSha }),
        }),
    };
  }

  /** Promotions, newest first, with what each viewer could do. */
  async list(query: {
    scope: PromotionScope;
    componentRef?: string;
    environmentRef?: string;
    requestedBy?: string;
    states?: PromotionState[];
    limit: number;
    viewerOf: (promotion: Promotion) => Promise<Viewer>;
  }): Promise<PromotionList> {
    const stored = await this.options.store.list({
      states:
        query.states ??
        { all: undefined, open: OPEN, waiting: ['WAITING'] as const }[
          query.scope
        ],
      componentRef: query.componentRef,
      toEnvironmentRef: query.environmentRef,
      requestedBy: query.requestedBy,
      limit: query.limit,
    });
    const items = await Promise.all(
      stored.map(async ({ promotion }) => ({
        promotion,
        quorum: quorumOf(promotion),
        viewerCanDecide: await this.#canDecide(promotion, query.viewerOf),
      })),
    );
    return {
      items:
        query.scope === 'waiting'
          ? items.filter(item => item.viewerCanDecide)
          : items,
    };
  }

  /** Open and recent promotions of a component, newest first. */
  async ofComponent(componentRef: string, limit = 20): Promise<Promotion[]> {
    const stored = await this.options.store.list({ componentRef, limit });
    return stored.map(({ promotion }) => promotion);
  }

  async #actions(promotion: Promotion, viewer: Viewer) {
    const { people } = this.options;
    if (isTerminal(promotion.state) || !viewer.userRef) {
      return availableActions(promotion, viewer);
    }
    const { reason } = await people.whyNotEligible(viewer.userRef, {
      requestedBy: promotion.requestedBy,
      approverGroups: promotion.policy.approverGroups,
    });
    return availableActions(promotion, {
      ...viewer,
      mayApprove: viewer.mayApprove && !reason,
      isRequesterByAnotherName:
        viewer.userRef !== promotion.requestedBy &&
        Boolean(reason?.startsWith('self_approval')),
    });
  }

  async #canDecide(
    promotion: Promotion,
    viewerOf: (promotion: Promotion) => Promise<Viewer>,
  ): Promise<boolean> {
    if (promotion.state !== 'WAITING') return false;
    const actions = await this.#actions(promotion, await viewerOf(promotion));
    return actions.some(a => a.action === 'approve' && a.allowed);
  }
}
