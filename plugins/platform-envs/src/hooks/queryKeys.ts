import {
  ListFirstDeliveriesQuery,
  ListPromotionsQuery,
  ListRemovalsQuery,
} from '@fairway/plugin-platform-envs-common';

const live = ['platform-envs'] as const;

/** Names of what is cached; all of it is asked again when the server tells of a change. */
export const queryKeys = {
  live,
  overview: [...live, 'overview'] as const,
  delivery: (componentRef: string) =>
    [...live, 'delivery', componentRef] as const,
  cell: (componentRef: string, environmentRef: string) =>
    [...live, 'cell', componentRef, environmentRef] as const,
  environment: (environmentRef: string) =>
    [...live, 'environment', environmentRef] as const,
  promotions: (query: ListPromotionsQuery) =>
    [...live, 'promotions', query] as const,
  removals: (query: ListRemovalsQuery) => [...live, 'removals', query] as const,
  removal: (id: string) => [...live, 'removal', id] as const,
  firstDeliveries: (query: ListFirstDeliveriesQuery) =>
    [...live, 'first-deliveries', query] as const,
  promotion: (id: string) => [...live, 'promotion', id] as const,
  /** Not under `live`: lag has its own rhythm and no event. */
  replicationLag: (environmentRef: string) =>
    ['platform-envs-lag', environmentRef] as const,
  me: ['platform-envs-me'] as const,
};
