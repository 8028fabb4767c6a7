/**
 * The screens of environments, delivery and promotions.
 *
 * @packageDocumentation
 */
export { platformEnvsPlugin as default } from './plugin';
export { platformEnvsApiRef } from './api';
export {
  boardRouteRef,
  deliveryRouteRef,
  promotionRouteRef,
  promotionsRouteRef,
} from './routes';
