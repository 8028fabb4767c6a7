import {
  CellDetail,
  CellLinks,
  ComparisonQuery,
  ComponentComparison,
  ComponentDelivery,
  ComponentObservability,
  EnvironmentDetail,
  EnvironmentReplication,
  FirstDelivery,
  FollowFirstDeliveryRequest,
  isOpenFirstDelivery,
  ListFirstDeliveriesQuery,
  ListPromotionsQuery,
  Overview,
  OverviewQuery,
  OverviewStreamListeners,
  PlatformEnvsApi,
  PlatformEnvsRequestOptions,
  Promotion,
  PromotionDetail,
  PromotionList,
  PromotionPlanPreview,
  DecideRemovalRequest,
  isOpenRemoval,
  ListRemovalsQuery,
  RemovalDetail,
  TERMINAL_PROMOTION_STATES,
} from '@fairway/plugin-platform-envs-common';
import { aReplication, asOverview, AT, BuiltBoard } from './builders';
import { aPlanPreview, aPromotion } from './promotionBuilders';
import { aComparison } from './comparisonBuilders';
import { aCapacity, aLiveReading, aStack } from './environmentBuilders';

/** What a {@link FakePlatformEnvsApi} answers with; a function may also throw or wait. */
export interface FakeAnswers {
  overview: BuiltBoard;
  replication: EnvironmentReplication;
  planPreview: PromotionPlanPreview;
  promotions: PromotionDetail[];
  delivery?: Partial<ComponentDelivery>;
  environment?: Partial<EnvironmentDetail>;
  observability?: ComponentObservability;
  comparison?: ComponentComparison;
  firstDeliveries?: FirstDelivery[];
  removals?: RemovalDetail[];
}

/** Screens show removals; runs of templates carry them out. */
async function onlyRuns(): Promise<never> {
  throw new Error('Only a run of a template asks for this');
}

/** A backend in memory. Assign to a field or a method to change what it says. */
export class FakePlatformEnvsApi implements PlatformEnvsApi {
  readonly calls: Array<{ method: string; input: unknown }> = [];
  readonly streams = new Set<OverviewStreamListeners>();
  private readonly byKey = new Map<string, Promotion>();

  constructor(readonly answers: FakeAnswers) {}

  async getEnvironments() {
    return { items: this.answers.overview.environments };
  }

  async listRemovals(query: ListRemovalsQuery = {}) {
    return {
      items: (this.answers.removals ?? [])
        .map(({ removal, quorum, availableActions }) => ({
          removal,
          quorum,
          viewerCanDecide: availableActions.some(
            ({ action, allowed }) => action === 'approve' && allowed,
          ),
        }))
        .filter(
          ({ removal, viewerCanDecide }) =>
            (query.scope === 'all' || isOpenRemoval(removal)) &&
            (query.scope !== 'waiting' || viewerCanDecide) &&
            (!query.componentRef ||
              query.componentRef === removal.componentRef),
        ),
    };
  }

  async getRemoval(id: string): Promise<RemovalDetail> {
    const found = this.answers.removals?.find(d => d.removal.id === id);
    if (!found) throw new Error(`There is no removal ${id}`);
    return found;
  }

  async decideRemoval(id: string, request: DecideRemovalRequest) {
    this.calls.push({ method: 'decideRemoval', input: { id, ...request } });
    return (await this.getRemoval(id)).removal;
  }

  async cancelRemoval(id: string, request: { reason: string }) {
    this.calls.push({ method: 'cancelRemoval', input: { id, ...request } });
    return (await this.getRemoval(id)).removal;
  }

  readonly planRemoval = onlyRuns;
  readonly requestRemoval = onlyRuns;
  readonly beginRemoval = onlyRuns;
  readonly noteRemovalStep = onlyRuns;
  readonly completeRemoval = onlyRuns;

  async listFirstDeliveries(query: ListFirstDeliveriesQuery = {}) {
    const { firstDeliveries = [] } = this.answers;
    return {
      items: firstDeliveries.filter(
        delivery =>
          (query.scope === 'all' || isOpenFirstDelivery(delivery)) &&
          (!query.componentRef ||
            query.componentRef === delivery.componentRef) &&
          (!query.mine || delivery.requestedBy === 'user:default/me'),
      ),
    };
  }

  async getFirstDelivery(id: string): Promise<FirstDelivery> {
    const found = this.answers.firstDeliveries?.find(d => d.id === id);
    if (!found) throw new Error(`No first delivery ${id}`);
    return found;
  }

  async followFirstDelivery(
    request: FollowFirstDeliveryRequest,
  ): Promise<FirstDelivery> {
    throw new Error(`Screens do not follow ${request.componentRef}`);
  }

  async getEnvironment(environmentRef: string): Promise<EnvironmentDetail> {
    const { environments, rows, sources } = this.answers.overview;
    const environment = environments.find(e => e.ref === environmentRef);
    if (!environment) throw new Error(`No environment ${environmentRef}`);
    return {
      environment,
      sources,
      rows: rows.flatMap(row =>
        row.cells
          .filter(cell => cell.environmentRef === environmentRef)
          .map(cell => ({ component: row.component, cell })),
      ),
      findings: [],
      capacity: aLiveReading(aCapacity()),
      stacks: aLiveReading([aStack()]),
      operations: { detectDrift: { allowed: true } },
      ...this.answers.environment,
    };
  }

  async detectDrift(environmentRef: string, request: { stackId: string }) {
    this.calls.push({
      method: 'detectDrift',
      input: { environmentRef, ...request },
    });
  }

  async getReplicationLag() {
    return this.answers.replication;
  }

  async getOverview(query: OverviewQuery = {}): Promise<Overview> {
    this.calls.push({ method: 'getOverview', input: query });
    const overview = asOverview(this.answers.overview);
    const { component } = query;
    if (!component) return overview;
    return {
      ...overview,
      rows: overview.rows.filter(row => component.includes(row.component.ref)),
    };
  }

  async getCell(
    componentRef: string,
    environmentRef: string,
  ): Promise<CellDetail> {
    const { environments, rows, revision } = this.answers.overview;
    const row = rows.find(r => r.component.ref === componentRef);
    const cell = row?.cells.find(c => c.environmentRef === environmentRef);
    const environment = environments.find(e => e.ref === environmentRef);
    if (!row || !cell || !environment) {
      throw new Error(`No ${componentRef} in ${environmentRef}`);
    }
    const { component, findings } = row;
    return { revision, component, environment, cell, findings };
  }

  async getCellLinks(
    componentRef: string,
    environmentRef: string,
  ): Promise<CellLinks> {
    const { cell } = await this.getCell(componentRef, environmentRef);
    return { items: cell.links };
  }

  async getComparison(
    componentRef: string,
    query: ComparisonQuery,
  ): Promise<ComponentComparison> {
    this.calls.push({ method: 'getComparison', input: query });
    return this.answers.comparison ?? aComparison(componentRef);
  }

  async getObservability(
    componentRef: string,
  ): Promise<ComponentObservability> {
    const { observability } = this.answers;
    if (!observability) throw new Error(`Nothing observes ${componentRef}`);
    return observability;
  }

  async streamOverview(
    listeners: OverviewStreamListeners,
    options: PlatformEnvsRequestOptions = {},
  ) {
    this.streams.add(listeners);
    listeners.onOpen?.();
    await new Promise<void>(resolve => {
      options.signal?.addEventListener('abort', () => resolve());
    });
    this.streams.delete(listeners);
  }

  /** Tells every open stream of a change, and which components changed where that is known. */
  push(revision: string, changed?: string[]) {
    this.streams.forEach(stream => stream.onRevision({ revision, changed }));
  }

  async getDelivery(componentRef: string): Promise<ComponentDelivery> {
    const { overview, promotions } = this.answers;
    const row = overview.rows.find(r => r.component.ref === componentRef);
    if (!row) throw new Error(`No component ${componentRef}`);
    const environments = overview.environments
      .filter(e => e.systemRef === row.component.systemRef)
      .sort((a, b) => a.promotionOrder - b.promotionOrder);
    return {
      revision: overview.revision,
      sources: overview.sources,
      environments,
      row,
      history: row.cells.flatMap(cell =>
        cell.desired.status === 'ok'
          ? [
              {
                environmentRef: cell.environmentRef,
                at: cell.desired.value.committedAt ?? AT,
                release: cell.desired.value,
                revision: cell.desired.value.commit,
                author: cell.desired.value.author,
                message: cell.desired.value.message,
              },
            ]
          : [],
      ),
      promotions: promotions
        .map(p => p.promotion)
        .filter(p => p.componentRef === componentRef),
      promotionTargets: row.cells.slice(1).map((cell, i) => ({
        toEnvironmentRef: cell.environmentRef,
        fromEnvironmentRef: row.cells[i].environmentRef,
        allowed: true,
      })),
      operations: row.cells.map(cell => ({
        environmentRef: cell.environmentRef,
        allowed: true,
      })),
      ...this.answers.delivery,
    };
  }

  async sync(componentRef: string, environmentRef: string) {
    this.calls.push({
      method: 'sync',
      input: { componentRef, environmentRef },
    });
  }

  async refresh(componentRef: string, environmentRef: string) {
    this.calls.push({
      method: 'refresh',
      input: { componentRef, environmentRef },
    });
  }

  async planPromotion() {
    return this.answers.planPreview;
  }

  async createPromotion(
    request: Parameters<PlatformEnvsApi['createPromotion']>[0],
  ): Promise<Promotion> {
    this.calls.push({ method: 'createPromotion', input: request });
    const known = this.byKey.get(request.idempotencyKey);
    if (known) return known;
    const promotion = aPromotion({
      ...request,
      id: `01JD000000000000000000000${this.byKey.size + 7}`,
    });
    this.byKey.set(request.idempotencyKey, promotion);
    return promotion;
  }

  async listPromotions(
    query: ListPromotionsQuery = {},
  ): Promise<PromotionList> {
    this.calls.push({ method: 'listPromotions', input: query });
    const items = this.answers.promotions.map(detail => ({
      promotion: detail.promotion,
      quorum: detail.quorum,
      viewerCanDecide:
        detail.promotion.state === 'WAITING' &&
        detail.availableActions.some(a => a.action === 'approve' && a.allowed),
    }));
    if (query.scope === 'waiting') {
      return { items: items.filter(item => item.viewerCanDecide) };
    }
    if (query.scope === 'all') return { items };
    return {
      items: items.filter(
        item => !TERMINAL_PROMOTION_STATES.includes(item.promotion.state),
      ),
    };
  }

  async getPromotion(id: string): Promise<PromotionDetail> {
    const found = this.answers.promotions.find(p => p.promotion.id === id);
    if (!found) throw new Error(`No promotion ${id}`);
    return found;
  }

  async decidePromotion(
    id: string,
    request: Parameters<PlatformEnvsApi['decidePromotion']>[1],
  ) {
    this.calls.push({ method: 'decidePromotion', input: { id, ...request } });
  }

  async cancelPromotion(id: string, request: { reason: string }) {
    this.calls.push({ method: 'cancelPromotion', input: { id, ...request } });
  }
}

/** A fake backend with the given overview. */
export function aFakeApi(
  overview: BuiltBoard,
  answers: Partial<FakeAnswers> = {},
): FakePlatformEnvsApi {
  return new FakePlatformEnvsApi({
    overview,
    replication: aReplication(),
    planPreview: aPlanPreview(),
    promotions: [],
    ...answers,
  });
}
