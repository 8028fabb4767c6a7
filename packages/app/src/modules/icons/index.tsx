import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { IconBundleBlueprint } from '@backstage/plugin-app-react';
import { RiStackLine } from '@remixicon/react';

const kinds = IconBundleBlueprint.make({
  name: 'kinds',
  params: { icons: { 'kind:environment': <RiStackLine /> } },
});

/** Icons of the catalog kinds that are our own. */
export const iconsModule = createFrontendModule({
  pluginId: 'app',
  extensions: [kinds],
});
