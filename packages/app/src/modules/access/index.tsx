import {
  coreExtensionData,
  createFrontendModule,
  NotFoundErrorPage,
} from '@backstage/frontend-plugin-api';
import { SwappableComponentBlueprint } from '@backstage/plugin-app-react';
import kubernetesPlugin from '@backstage/plugin-kubernetes/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import { MayCreate } from './MayCreate';

const notFound = SwappableComponentBlueprint.make({
  name: 'core-not-found-error-page',
  params: define =>
    define({
      component: NotFoundErrorPage,
      loader: () => import('./NothingHere').then(m => m.NothingHere),
    }),
});

// without the right, the tab is a refused request and an empty page
const kubernetesTab = kubernetesPlugin
  .getExtension('entity-content:kubernetes/kubernetes')
  .override({ if: { permissions: { $contains: 'kubernetes.clusters.read' } } });

// without the right, every form is empty and ends in a refusal; the page stays,
// as others of the catalog link to it
const createPage = scaffolderPlugin.getExtension('page:scaffolder').override({
  *factory(originalFactory) {
    const original = originalFactory();
    yield* original;
    yield coreExtensionData.reactElement(
      <MayCreate>{original.get(coreExtensionData.reactElement)}</MayCreate>,
    );
  },
});

/** What people see only with the right to it, and what they see instead. */
export const accessModules = [
  createFrontendModule({ pluginId: 'app', extensions: [notFound] }),
  createFrontendModule({ pluginId: 'kubernetes', extensions: [kubernetesTab] }),
  createFrontendModule({ pluginId: 'scaffolder', extensions: [createPage] }),
];
