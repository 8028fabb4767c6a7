import {
  createFrontendModule,
  NotFoundErrorPage,
} from '@backstage/frontend-plugin-api';
import { SwappableComponentBlueprint } from '@backstage/plugin-app-react';
import kubernetesPlugin from '@backstage/plugin-kubernetes/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';

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

// without the right, every form is empty and ends in a refusal
const createPage = scaffolderPlugin
  .getExtension('page:scaffolder')
  .override({ if: { permissions: { $contains: 'scaffolder.task.create' } } });

/** What people see only with the right to it, and what they see instead. */
export const accessModules = [
  createFrontendModule({ pluginId: 'app', extensions: [notFound] }),
  createFrontendModule({ pluginId: 'kubernetes', extensions: [kubernetesTab] }),
  createFrontendModule({ pluginId: 'scaffolder', extensions: [createPage] }),
];
