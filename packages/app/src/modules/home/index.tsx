import { createFrontendModule } from '@backstage/frontend-plugin-api';
import {
  HomePageLayoutBlueprint,
  HomePageWidgetBlueprint,
} from '@backstage/plugin-home-react/alpha';

const layout = HomePageLayoutBlueprint.make({
  params: {
    loader: () => import('./HomeLayout').then(m => m.HomeLayout),
  },
});

const quickStarts = HomePageWidgetBlueprint.make({
  name: 'quick-starts',
  if: { permissions: { $contains: 'scaffolder.task.create' } },
  params: {
    name: 'QuickStarts',
    title: 'Start something',
    description: 'The templates that can be run',
    components: () =>
      import('./QuickStarts').then(m => ({ Content: m.QuickStarts })),
  },
});

/** The home page: how widgets are arranged, and the quick starts. */
export const homeModule = createFrontendModule({
  pluginId: 'home',
  extensions: [layout, quickStarts],
});
