import { createFrontendModule } from '@backstage/frontend-plugin-api';
import appPlugin from '@backstage/plugin-app';
import { SwappableComponentBlueprint } from '@backstage/plugin-app-react';
import { titled } from './titled';

const { component } = SwappableComponentBlueprint.dataRefs;

// pages with the header of the app itself would keep the title of the page before
const pageLayout = appPlugin
  .getExtension('component:app/core-page-layout')
  .override({
    factory(originalFactory) {
      const { ref, loader } = originalFactory().get(component);
      return [component({ ref, loader: async () => titled(await loader!()) })];
    },
  });

/** What a tab of the browser is called. */
export const titlesModule = createFrontendModule({
  pluginId: 'app',
  extensions: [pageLayout],
});
