import { parseEntityRef } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import {
  CancelPromotionRequest,
  ComponentDelivery,
  CreatePromotionRequest,
  DecidePromotionRequest,
  EnvironmentDetail,
  EnvironmentList,
  EnvironmentReplication,
  ListPromotionsQuery,
  Overview,
  OverviewStreamEvent,
  PlanPromotionRequest,
  PromotionDetail,
  PromotionList,
  PromotionPlanPreview,
} from './api';
import { Promotion } from './promotion/types';
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
  getOverview(options?: PlatformEnvsRequestOptions): Promise<Overview>;
  /** Resolves when the server ends the stream; rejects when it breaks or is aborted. */
  streamOverview(
    listeners: OverviewStreamListeners,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  getDelivery(
    componentRef: string,
    options?: PlatformEnvsRequestOptions,
  ): Promise<ComponentDelivery>;
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

  getOverview(options?: PlatformEnvsRequestOptions) {
    return this.get<Overview>('/overview', options);
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

  getDelivery(componentRef: string, options?: PlatformEnvsRequestOptions) {
    return this.get<ComponentDelivery>(
      `${componentPath(componentRef)}/delivery`,
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
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) search.set(key, String(value));
    }
    const suffix = search.toString();
    return this.get<PromotionList>(
      `/promotions${suffix && `?${suffix}`}`,
      options,
    );
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

function promotionPath(id: string): string {
  return `/promotions/${encodeURIComponent(id)}`;
}
