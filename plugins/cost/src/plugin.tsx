import {
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { RiMoneyDollarCircleLine } from '@remixicon/react';
import { costApi } from './api';
import { rootRouteRef } from './routes';

/** Who may not see cost sees no page, card or widget of it. */
const MAY_READ = { permissions: { $contains: 'cost.read' } };

const page = PageBlueprint.make({
  if: MAY_READ,
  params: {
    path: '/cost',
    title: 'Cost',
    icon: <RiMoneyDollarCircleLine />,
    routeRef: rootRouteRef,
    loader: () => import('./components/CostPage').then(m => <m.CostPage />),
  },
});

const componentCard = EntityCardBlueprint.make({
  name: 'component',
  if: MAY_READ,
  params: {
    filter: {
      kind: 'component',
      'metadata.annotations.fairway.dev/environments': { $exists: true },
    },
    loader: () =>
      import('./components/ComponentCostCard').then(m => (
        <m.ComponentCostCard />
      )),
  },
});

const environmentCard = EntityCardBlueprint.make({
  name: 'environment',
  if: MAY_READ,
  params: {
    // developers' machines are on no bill
    filter: { kind: 'environment', 'spec.runtime': { $in: ['eks', 'ecs'] } },
    loader: () =>
      import('./components/EnvironmentCostCard').then(m => (
        <m.EnvironmentCostCard />
      )),
  },
});

const widget = HomePageWidgetBlueprint.make({
  name: 'cost-this-month',
  if: MAY_READ,
  params: {
    name: 'CostThisMonth',
    title: 'Cost this month',
    description: 'The month so far against the plan',
    components: () =>
      import('./components/CostThisMonth').then(m => ({
        Content: m.CostThisMonth,
      })),
  },
});

/** What environments and components cost. @public */
export const costPlugin = createFrontendPlugin({
  pluginId: 'cost',
  title: 'Cost',
  icon: <RiMoneyDollarCircleLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { root: rootRouteRef },
  extensions: [costApi, page, componentCard, environmentCard, widget],
});
