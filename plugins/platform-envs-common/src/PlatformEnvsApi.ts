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
import { OverviewQuery, OverviewStreamEvent } from './overview';
import { Overview } from './overviewWire';
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
} from './removal/types';
import { DetectDriftRequest } from './stacks';

/** Options of a single call. @public */
export interface PlatformEnvsRequestOptions {
  /** Backstage token, where `fetchApi` does not add one: on the server. */
  token?: string;
  signal?: AbortSignal;
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
  /** Has CloudFormation compare a stack of an environment with its template. */
  detectDrift(
    environmentRef: string,
    request: DetectDriftRequest,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void>;
  /** One page of the board, or all of it with `limit: 'all'`. */
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
