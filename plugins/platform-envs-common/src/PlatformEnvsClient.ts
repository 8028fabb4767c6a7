import { parseEntityRef } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
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
import { ComparisonQuery, ComponentComparison } from './comparison';
import {
  FirstDelivery,
  FirstDeliveryList,
  FollowFirstDeliveryRequest,
  ListFirstDeliveriesQuery,
} from './firstDelivery';
import { CellLinks, ComponentObservability } from './observability';
import {
  expandOverview,
  Overview,
  OverviewPage,
  OverviewQuery,
  OverviewStreamEvent,
} from './overview';
import { Promotion } from './promotion/types';
import {
  DecideRemovalRequest,
  ListRemovalsQuery,
  NoteRemovalStepRequest,
  Removal,
  RemovalDetail,
  RemovalList,
  RemovalPreview,
  RequestRemoval,
} from './removal';
import { DetectDriftRequest } from './stacks';
import { readServerSentEvents } from './readServerSentEvents';

/** Options of a single call. @public */
export interface PlatformEnvsRequestOptions {
  /** Backstage token, where `fetchApi` does not add one: on the server. */
  token?: string;
  signal?: AbortSignal;
}

/** What {@link PlatformEnvsClient} needs; both fit browser and server. @public */
export interface PlatformEnvsClientOptions {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi: { fetch: typeof fetch };
}

/** Listeners of {@link PlatformEnvsApi.streamOverview}. @public */
export interface OverviewStreamListeners {
  /** The stream is open; changes from now on are told. */
  onOpen?: () => void;
  /** Something visible changed. */
  onRevision: (event: OverviewStreamEvent) => void;
  /** Bytes arrived, an event or a heartbeat. */
  onActivity?: () => void;
}

/**
 * Everything that can be asked of the platform-envs backend.
 *
 * Every method rejects with a `ResponseError` when the backend refuses; its
 * `statusCode` and `body.error` name what and why.
 *
 * @public
 */
export interface PlatformEnvsApi {
  getEnvironments(
    options?: PlatformEnvsRequestOptions,
  ): Promise<EnvironmentList>;
  getEnvironment(
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<EnvironmentDetail>;
  getReplicationLag(
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<EnvironmentReplication>;
  /** One page of the board, or all of it with `limit: 'all'`. */
  /** Has CloudFormation compare a stack of an environment with its template. */
  detectDrift(
    environmentRef: string,
    request: DetectDriftRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  getOverview(
    query?: OverviewQuery,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Overview>;
  /** Everything about one cell of the board. */
  getCell(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<CellDetail>;
  /** Resolves when the server ends the stream; rejects when it breaks or is aborted. */
  streamOverview(
    listeners: OverviewStreamListeners,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  getDelivery(
    componentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<ComponentDelivery>;
  /** What differs between two environments, or between Git and what runs in one. */
  getComparison(
    componentRef: string,
    query: ComparisonQuery,
    options?: PlatformEnvsRequestOptions,
  ): Promise<ComponentComparison>;
  /** Request figures, alerts and dashboards of a component. */
  getObservability(
    componentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<ComponentObservability>;
  /**
   * Everything that leads out of one cell, already filled. `around` is an
   * ISO 8601 time: dashboards then open half an hour around it.
   */
  getCellLinks(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions & { around?: string },
  ): Promise<CellLinks>;
  /** Asks Argo CD to sync the component's application in one environment. */
  sync(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  /** Asks Argo CD to compare the component's application with Git again. */
  refresh(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  /** What a promotion would write; nothing is written. */
  planPromotion(
    request: PlanPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<PromotionPlanPreview>;
  /** The same idempotency key gives the same promotion. */
  createPromotion(
    request: CreatePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Promotion>;
  listPromotions(
    query?: ListPromotionsQuery,
    options?: PlatformEnvsRequestOptions,
  ): Promise<PromotionList>;
  getPromotion(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<PromotionDetail>;
  decidePromotion(
    id: string,
    request: DecidePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  cancelPromotion(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  /** What a removal would take away and who has to agree; nothing is kept. */
  planRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<RemovalPreview>;
  /** An open one of the component is brought up to date instead. */
  requestRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  listRemovals(
    query?: ListRemovalsQuery,
    options?: PlatformEnvsRequestOptions,
  ): Promise<RemovalList>;
  getRemoval(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<RemovalDetail>;
  decideRemoval(
    id: string,
    request: DecideRemovalRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  cancelRemoval(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  /** For the run that carries it out, in the name of whoever asked for it. */
  beginRemoval(
    id: string,
    planDigest: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  noteRemovalStep(
    id: string,
    step: NoteRemovalStepRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  completeRemoval(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal>;
  /** New components on their way to their first environment. */
  listFirstDeliveries(
    query?: ListFirstDeliveriesQuery,
    options?: PlatformEnvsRequestOptions,
  ): Promise<FirstDeliveryList>;
  getFirstDelivery(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<FirstDelivery>;
  /** The same component, environment and task give the same delivery. */
  followFirstDelivery(
    request: FollowFirstDeliveryRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<FirstDelivery>;
}

/** The one client of the platform-envs backend, for browser and server alike. @public */
export class PlatformEnvsClient implements PlatformEnvsApi {
  private readonly discoveryApi: PlatformEnvsClientOptions['discoveryApi'];
  private readonly fetchApi: PlatformEnvsClientOptions['fetchApi'];

  constructor(options: PlatformEnvsClientOptions) {
    this.discoveryApi = options.discoveryApi;
    this.fetchApi = options.fetchApi;
  }

  getEnvironments(options?: PlatformEnvsRequestOptions) {
    return this.get<EnvironmentList>('/environments', options);
  }

  getEnvironment(environmentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.get<EnvironmentDetail>(
      environmentPath(environmentRef),
      options,
    );
  }

  getReplicationLag(
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.get<EnvironmentReplication>(
      `${environmentPath(environmentRef)}/replication-lag`,
      options,
    );
  }

  async getOverview(
    query: OverviewQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return expandOverview(
      await this.get<OverviewPage>(`/overview${searchOf(query)}`, options),
    );
  }

  getCell(
    componentRef: string,
    environmentRef: string,
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.get<CellDetail>(
      `${componentPath(componentRef)}${environmentPath(environmentRef)}`,
      options,
    );
  }

  async streamOverview(
    listeners: OverviewStreamListeners,
    options?: PlatformEnvsRequestOptions,
  ) {
    const response = await this.request('/overview/stream', options, {
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
    return this.get<ComponentComparison>(
      `${componentPath(componentRef)}/comparison?${new URLSearchParams({
        ...query,
      })}`,
      options,
    );
  }

  getDelivery(componentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.get<ComponentDelivery>(
      `${componentPath(componentRef)}/delivery`,
      options,
    );
  }

  getObservability(componentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.get<ComponentObservability>(
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
    return this.get<CellLinks>(
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
    return this.post('/promotions/plan', request, options).then(toJson);
  }

  createPromotion(
    request: CreatePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Promotion> {
    return this.post('/promotions', request, options).then(toJson);
  }

  listPromotions(
    query: ListPromotionsQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.get<PromotionList>(`/promotions${searchOf(query)}`, options);
  }

  getPromotion(id: string, options?: PlatformEnvsRequestOptions) {
    return this.get<PromotionDetail>(promotionPath(id), options);
  }

  async decidePromotion(
    id: string,
    request: DecidePromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.post(`${promotionPath(id)}/approvals`, request, options);
  }

  async cancelPromotion(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.post(`${promotionPath(id)}/cancellation`, request, options);
  }

  planRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<RemovalPreview> {
    return this.post('/removals/plan', request, options).then(toJson);
  }

  requestRemoval(
    request: RequestRemoval,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post('/removals', request, options).then(toJson);
  }

  listRemovals(
    query: ListRemovalsQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.get<RemovalList>(`/removals${searchOf(query)}`, options);
  }

  getRemoval(id: string, options?: PlatformEnvsRequestOptions) {
    return this.get<RemovalDetail>(removalPath(id), options);
  }

  decideRemoval(
    id: string,
    request: DecideRemovalRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post(`${removalPath(id)}/approvals`, request, options).then(
      toJson,
    );
  }

  cancelRemoval(
    id: string,
    request: CancelPromotionRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post(`${removalPath(id)}/cancellation`, request, options).then(
      toJson,
    );
  }

  beginRemoval(
    id: string,
    planDigest: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post(`${removalPath(id)}/begin`, { planDigest }, options).then(
      toJson,
    );
  }

  noteRemovalStep(
    id: string,
    step: NoteRemovalStepRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post(`${removalPath(id)}/steps`, step, options).then(toJson);
  }

  completeRemoval(
    id: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Removal> {
    return this.post(`${removalPath(id)}/completion`, {}, options).then(toJson);
  }

  listFirstDeliveries(
    query: ListFirstDeliveriesQuery = {},
    options?: PlatformEnvsRequestOptions,
  ) {
    return this.get<FirstDeliveryList>(
      `/first-deliveries${searchOf(query)}`,
      options,
    );
  }

  getFirstDelivery(id: string, options?: PlatformEnvsRequestOptions) {
    return this.get<FirstDelivery>(
      `/first-deliveries/${encodeURIComponent(id)}`,
      options,
    );
  }

  followFirstDelivery(
    request: FollowFirstDeliveryRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<FirstDelivery> {
    return this.post('/first-deliveries', request, options).then(toJson);
  }

  async detectDrift(
    environmentRef: string,
    request: DetectDriftRequest,
    options?: PlatformEnvsRequestOptions,
  ) {
    await this.post(
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
    await this.post(
      `${componentPath(componentRef)}${environmentPath(
        environmentRef,
      )}/${operation}`,
      {},
      options,
    );
  }

  private get<T>(path: string, options?: PlatformEnvsRequestOptions) {
    return this.request(path, options).then(toJson) as Promise<T>;
  }

  private post(
    path: string,
    body: unknown,
    options?: PlatformEnvsRequestOptions,
  ): Promise<Response> {
    return this.request(path, options, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  private async request(
    path: string,
    options: PlatformEnvsRequestOptions = {},
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const baseUrl = await this.discoveryApi.getBaseUrl('platform-envs');
    const response = await this.fetchApi.fetch(`${baseUrl}${path}`, {
      ...init,
      ...(options.signal && { signal: options.signal }),
      headers: {
        ...init.headers,
        ...(options.token && { authorization: `Bearer ${options.token}` }),
      },
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }
}

function toJson(response: Response) {
  return response.json();
}

/** `?a=1&b=2,3`, or nothing. */
function searchOf(query: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.size > 0 ? `?${search}` : '';
}

function environmentPath(environmentRef: string): string {
  const { namespace, name } = parseEntityRef(environmentRef, {
    defaultKind: 'environment',
  });
  return `/environments/${encodeURIComponent(namespace)}/${encodeURIComponent(
    name,
  )}`;
}

function componentPath(componentRef: string): string {
  const { kind, namespace, name } = parseEntityRef(componentRef, {
    defaultKind: 'component',
  });
  return `/components/${[namespace, kind.toLocaleLowerCase('en-US'), name]
    .map(encodeURIComponent)
    .join('/')}`;
}

function removalPath(id: string): string {
  return `/removals/${encodeURIComponent(id)}`;
}

function promotionPath(id: string): string {
  return `/promotions/${encodeURIComponent(id)}`;
}
