import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderWorkspaceProviderExtensionPoint } from '@backstage/plugin-scaffolder-node/alpha';
import { ChangedWorkspaceProvider } from './ChangedWorkspaceProvider';
import { migrate } from './migrate';

/**
 * Keeps what runs of the scaffolder have written in its database, whenever that
 * has changed: `scaffolder.taskRecovery.workspaceProvider: databaseOnChange`.
 *
 * @public
 */
export const scaffolderModuleWorkspaces = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'workspaces',
  register(env) {
    env.registerInit({
      deps: {
        database: coreServices.database,
        workspaces: scaffolderWorkspaceProviderExtensionPoint,
      },
      async init({ database, workspaces }) {
        workspaces.addProviders({
          databaseOnChange: new ChangedWorkspaceProvider(
            await migrate(database),
          ),
        });
      },
    });
  },
});
