import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The cost page. */
export const rootRouteRef = createRouteRef();
