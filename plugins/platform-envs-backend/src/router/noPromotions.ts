import { DeliveryPromotions } from './components';

/** Stands in where promotions cannot be had: no permissions, or no Git host to write to. */
export const noPromotions: DeliveryPromotions = {
  listForComponent: async () => [],
  listTargets: async () => [],
};
