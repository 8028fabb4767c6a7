import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { NavContentBlueprint } from '@backstage/plugin-app-react';
import { FairwaySidebar } from './FairwaySidebar';

const navigation = NavContentBlueprint.make({
  params: {
    component: FairwaySidebar,
  },
});

/** The sidebar. */
export const navModule = createFrontendModule({
  pluginId: 'app',
  extensions: [navigation],
});
