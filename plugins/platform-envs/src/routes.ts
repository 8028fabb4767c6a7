import {
  createRouteRef,
  createSubRouteRef,
} from '@backstage/frontend-plugin-api';

/** The board of every environment. @public */
export const boardRouteRef = createRouteRef();

/** The list of promotions. @public */
export const promotionsRouteRef = createRouteRef();

/** One promotion: the approver's page. @public */
export const promotionRouteRef = createSubRouteRef({
  parent: promotionsRouteRef,
  path: '/:id',
});

/** Requests to take components away. @public */
export const removalsRouteRef = createRouteRef();

/** The Delivery tab of a component. @public */
export const deliveryRouteRef = createRouteRef();
