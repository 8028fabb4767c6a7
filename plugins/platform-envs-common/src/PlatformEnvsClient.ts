import {
  CancelPromotionRequest,
  CellDetail,
  ComponentDelivery,
  CreatePromotionRequest,
  DecidePromotionRequest,
  EnvironmentDetail,
  EnvironmentList,
  EnvironmentReplication,
  ListPromotionsQuery,
  PlanPromotionRequest,
  PromotionDetail,
  PromotionList,
  PromotionPlanPreview,
} from './api';
import { BackendCalls, PlatformEnvsClientOptions } from './BackendCalls';
import {
  componentPath,
  environmentPath,
  promotionPath,
  removalPath,
  searchOf,
} from './backendPaths';
import { ComparisonQuery, ComponentComparison } from './comparison';
import {
  FirstDelivery,
  FirstDeliveryList,
  FollowFirstDeliveryRequest,
  ListFirstDeliveriesQuery,
} from './firstDelivery';
import { CellLinks, ComponentObservability } from './observability';
import { OverviewQuery } from './overview';
import { expandOverview, OverviewPage } from './overviewWire';
import {
  OverviewStreamListeners,
  PlatformEnvsApi,
  PlatformEnvsRequestOptions,
} from './PlatformEnvsApi';
import { Promotion } from './promotion/types';
import { readServerSentEvents } from './readServerSentEvents';
import {
  DecideRemovalRequest,
  ListRemovalsQuery,
  NoteRemovalStepRequest,
  Removal,
  RemovalDetail,
  RemovalList,
  RemovalPreview,
  RequestRemoval,
} from './removal/types';
import { DetectDriftRequest } from './stacks';

/** The one client of the platform-envs backend, for browser and server alike. @public */
export class PlatformEnvsClient implements PlatformEnvsApi {
  private readonly calls: BackendCalls;

  constructor(options: PlatformEnvsClientOptions) {
    this.calls = new BackendCalls(options);
  }

  getEnvironments(options?: PlatformEnvsRequestOptions) {
    return this.calls.get<EnvironmentList>('/environments', options);
  }

  getEnvironment(environmentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<EnvironmentDetail>(
      environmentPath(environmentRef),
      options,
    );
  }

  getReplicationLag(
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<EnvironmentReplication>(
      `${environmentPath(environmentRef)}/replication-lag`,
      options,
    );
  }

  async getOverview(
    query: OverviewQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return expandOverview(
      await this.calls.get<OverviewPage>(
        `/overview${searchOf(query)}`,
        options,
      ),
    );
  }

  getCell(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<CellDetail>(
      `${componentPath(componentRef)}${environmentPath(environmentRef)}`,
      options,
    );
  }

  async streamOverview(
    listeners: OverviewStreamListeners,
    options?: PlatformEnvsRequestOptions,
  ) {
    const response = await this.calls.request('/overview/stream', options, {
      headers: { accept: 'text/event-stream' },
    });
    if (!response.body) {
      throw new Error('The event stream of the overview has no body');
    }
    listeners.onOpen?.();
    await readServerSentEvents(
      response.body,
      event => {
        if (event.type === 'revision') {
          listeners.onRevision(JSON.parse(event.data));
        }
      },
      listeners.onActivity,
    );
  }

  getComparison(
    componentRef: string,
    query: ComparisonQuery,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<ComponentComparison>(
      `${componentPath(componentRef)}/comparison?${new URLSearchParams({
        ...query,
      })}`,
      options,
    );
  }

  getDelivery(componentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<ComponentDelivery>(
      `${componentPath(componentRef)}/delivery`,
      options,
    );
  }

  getObservability(componentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<ComponentObservability>(
      `${componentPath(componentRef)}/observability`,
      options,
    );
  }

  getCellLinks(
    componentRef: string,
    environmentRef: string,
    options: PlatformEnvsRequestOptions & { around?: string } = {},
  ) {
    const { around } = options;
    return this.calls.get<CellLinks>(
      `${componentPath(componentRef)}${environmentPath(
        environmentRef,
      )}/links${searchOf({ around })}`,
      options,
    );
  }

  sync(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.operate('sync', componentRef, environmentRef, options);
  }

  refresh(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.operate('refresh', componentRef, environmentRef, options);
  }

  planPromotion(
    request: PlanPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<PromotionPlanPreview> {
    return this.calls.post('/promotions/plan', request, options);
  }

  createPromotion(
    request: CreatePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Promotion> {
    return this.calls.post('/promotions', request, options);
  }

  listPromotions(
    query: ListPromotionsQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<PromotionList>(
      `/promotions${searchOf(query)}`,
      options,
    );
  }

  getPromotion(id: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<PromotionDetail>(promotionPath(id), options);
  }

  async decidePromotion(
    id: string,
    request: DecidePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.calls.send(`${promotionPath(id)}/approvals`, request, options);
  }

  async cancelPromotion(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.calls.send(
      `${promotionPath(id)}/cancellation`,
      request,
      options,
    );
  }

  planRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<RemovalPreview> {
    return this.calls.post('/removals/plan', request, options);
  }

  requestRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post('/removals', request, options);
  }

  listRemovals(
    query: ListRemovalsQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<RemovalList>(`/removals${searchOf(query)}`, options);
  }

  getRemoval(id: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<RemovalDetail>(removalPath(id), options);
  }

  decideRemoval(
    id: string,
    request: DecideRemovalRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post(`${removalPath(id)}/approvals`, request, options);
  }

  cancelRemoval(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post(`${removalPath(id)}/cancellation`, request, options);
  }

  beginRemoval(
    id: string,
    planDigest: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post(`${removalPath(id)}/begin`, { planDigest }, options);
  }

  noteRemovalStep(
    id: string,
    step: NoteRemovalStepRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post(`${removalPath(id)}/steps`, step, options);
  }

  completeRemoval(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.calls.post(`${removalPath(id)}/completion`, {}, options);
  }

  listFirstDeliveries(
    query: ListFirstDeliveriesQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.calls.get<FirstDeliveryList>(
      `/first-deliveries${searchOf(query)}`,
      options,
    );
  }

  getFirstDelivery(id: string, options?: PlatformEnvsRequestOptions) {
    return this.calls.get<FirstDelivery>(
      `/first-deliveries/${encodeURIComponent(id)}`,
      options,
    );
  }

  followFirstDelivery(
    request: FollowFirstDeliveryRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<FirstDelivery> {
    return this.calls.post('/first-deliveries', request, options);
  }

  async detectDrift(
    environmentRef: string,
    request: DetectDriftRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.calls.send(
      `${environmentPath(environmentRef)}/drift-detections`,
      request,
      options,
    );
  }

  private async operate(
    operation: 'sync' | 'refresh',
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void> {
    await this.calls.send(
      `${componentPath(componentRef)}${environmentPath(
        environmentRef,
      )}/${operation}`,
      {},
      options,
    );
  }
}
