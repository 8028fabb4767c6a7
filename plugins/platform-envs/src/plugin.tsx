import {
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { ANNOTATION_ENVIRONMENTS } from '@fairway/plugin-platform-envs-common';
import {
  RiDeleteBin6Line,
  RiGitPullRequestLine,
  RiStackLine,
} from '@remixicon/react';
import { platformEnvsApi } from './api';
import {
  boardRouteRef,
  deliveryRouteRef,
  promotionRouteRef,
  promotionsRouteRef,
  removalsRouteRef,
} from './routes';

const boardPage = PageBlueprint.make({
  params: {
    path: '/environments',
    title: 'Environments',
    icon: <RiStackLine />,
    routeRef: boardRouteRef,
    loader: () => import('./components/Board').then(m => <m.BoardPage />),
  },
});

const promotionsPage = PageBlueprint.make({
  name: 'promotions',
  params: {
    path: '/promotions',
    title: 'Promotions',
    icon: <RiGitPullRequestLine />,
    routeRef: promotionsRouteRef,
    loader: () =>
      import('./components/Promotions').then(m => <m.PromotionsPage />),
  },
});

const removalsPage = PageBlueprint.make({
  name: 'removals',
  params: {
    path: '/removals',
    title: 'Removals',
    icon: <RiDeleteBin6Line />,
    routeRef: removalsRouteRef,
    loader: () => import('./components/Removals').then(m => <m.RemovalsPage />),
  },
});

const deliveryContent = EntityContentBlueprint.make({
  name: 'delivery',
  params: {
    path: '/delivery',
    title: 'Delivery',
    group: 'deployment',
    routeRef: deliveryRouteRef,
    filter: {
      kind: 'component',
      [`metadata.annotations.${ANNOTATION_ENVIRONMENTS}`]: { $exists: true },
    },
    loader: () => import('./components/Delivery').then(m => <m.DeliveryTab />),
  },
});

const monitoringContent = EntityContentBlueprint.make({
  name: 'monitoring',
  params: {
    path: '/monitoring',
    title: 'Monitoring',
    group: 'observability',
    filter: {
      kind: 'component',
      [`metadata.annotations.${ANNOTATION_ENVIRONMENTS}`]: { $exists: true },
    },
    loader: () =>
      import('./components/Monitoring').then(m => <m.MonitoringTab />),
  },
});

const whereItRunsCard = EntityCardBlueprint.make({
  name: 'where-it-runs',
  params: {
    filter: {
      kind: 'component',
      [`metadata.annotations.${ANNOTATION_ENVIRONMENTS}`]: { $exists: true },
    },
    type: 'content',
    loader: () =>
      import('./components/WhereItRuns').then(m => <m.WhereItRunsCard />),
  },
});

const isEnvironment = { kind: 'environment' };

/** Developers' machines have no clusters, stacks or replicas. */
const isOnAws = {
  kind: 'environment',
  'spec.runtime': { $in: ['eks', 'ecs'] },
};

const passportCard = EntityCardBlueprint.make({
  name: 'passport',
  params: {
    filter: isEnvironment,
    type: 'info',
    loader: () =>
      import('./components/Environment').then(m => <m.PassportCard />),
  },
});

const runsHereCard = EntityCardBlueprint.make({
  name: 'runs-here',
  params: {
    filter: isEnvironment,
    type: 'content',
    loader: () =>
      import('./components/Environment').then(m => <m.RunsHereCard />),
  },
});

const replicationCard = EntityCardBlueprint.make({
  name: 'replication',
  params: {
    filter: isOnAws,
    type: 'content',
    loader: () =>
      import('./components/Environment').then(m => <m.ReplicationCard />),
  },
});

const capacityCard = EntityCardBlueprint.make({
  name: 'capacity',
  params: {
    filter: isOnAws,
    type: 'content',
    loader: () =>
      import('./components/Environment').then(m => <m.CapacityCard />),
  },
});

const stacksCard = EntityCardBlueprint.make({
  name: 'stacks',
  params: {
    filter: isOnAws,
    type: 'content',
    loader: () =>
      import('./components/Environment').then(m => <m.StacksCard />),
  },
});

const findingsCard = EntityCardBlueprint.make({
  name: 'findings',
  params: {
    filter: isEnvironment,
    type: 'content',
    loader: () =>
      import('./components/Environment').then(m => <m.FindingsCard />),
  },
});

const myServicesWidget = HomePageWidgetBlueprint.make({
  name: 'my-services',
  params: {
    name: 'MyServices',
    title: 'My services',
    description: 'The services you own in each environment, worst first.',
    components: () =>
      import('./components/Home').then(m => ({ Content: m.MyServicesWidget })),
    layout: { width: { defaultColumns: 8 }, height: { defaultRows: 5 } },
  },
});

const environmentsWidget = HomePageWidgetBlueprint.make({
  name: 'environments',
  params: {
    name: 'Environments',
    title: 'Environments',
    description: 'Every platform and how its environments are.',
    components: () =>
      import('./components/Home').then(m => ({
        Content: m.EnvironmentsWidget,
      })),
    layout: { width: { defaultColumns: 4 }, height: { defaultRows: 4 } },
  },
});

const waitingForMeWidget = HomePageWidgetBlueprint.make({
  name: 'waiting-for-me',
  params: {
    name: 'WaitingForMe',
    title: 'Waiting for me',
    description: 'Promotions to decide, and what you own that is not well.',
    components: () =>
      import('./components/Home').then(m => ({
        Content: m.WaitingForMeWidget,
      })),
    layout: { width: { defaultColumns: 4 }, height: { defaultRows: 3 } },
  },
});

/**
 * The screens of environments, delivery and promotions.
 *
 * @public
 */
export const platformEnvsPlugin = createFrontendPlugin({
  pluginId: 'platform-envs',
  title: 'Environments',
  icon: <RiStackLine />,
  info: { packageJson: () => import('../package.json') },
  routes: {
    root: boardRouteRef,
    promotions: promotionsRouteRef,
    promotion: promotionRouteRef,
    removals: removalsRouteRef,
    delivery: deliveryRouteRef,
  },
  extensions: [
    platformEnvsApi,
    boardPage,
    promotionsPage,
    removalsPage,
    deliveryContent,
    monitoringContent,
    whereItRunsCard,
    passportCard,
    runsHereCard,
    replicationCard,
    capacityCard,
    stacksCard,
    findingsCard,
    myServicesWidget,
    environmentsWidget,
    waitingForMeWidget,
  ],
});
