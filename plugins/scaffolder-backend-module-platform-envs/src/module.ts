import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { ScmIntegrations } from '@backstage/integration';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import {
  scaffolderActionsExtensionPoint,
  scaffolderServiceRef,
} from '@backstage/plugin-scaffolder-node';
import { createAddOverlaysAction } from './actions/addOverlays';
import { createCreateDatabaseAction } from './actions/createDatabase';
import { createCreateRegistryAction } from './actions/createRegistry';
import { createDescribePlatformAction } from './actions/describePlatform';
import { createPlanComponentAction } from './actions/planComponent';
import { createPrepareRepositoryAction } from './actions/prepareRepository';
import { createProposeFilesAction } from './actions/proposeFiles';
import { createPublishRepositoryAction } from './actions/publishRepository';
import { createRegisterComponentAction } from './actions/registerComponent';
import { createRemoveServiceAction } from './actions/removeService';
import { createTrackDeliveryAction } from './actions/trackDelivery';
import { NameChecks } from './names/NameChecks';
import { actingOnBehalf } from './plan/actOnBehalf';
import { createPlanRouter } from './plan/createPlanRouter';
import { registerPlanAction } from './plan/registerPlanAction';
import { TemplatePlanner } from './plan/TemplatePlanner';
import { createRouter } from './router/createRouter';

/**
 * Scaffolder actions that put a new component on a platform: registry, desired
 * state in every environment, repository, and the way to the first healthy
 * deployment.
 *
 * @public
 */
export const scaffolderModulePlatformEnvs = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'platform-envs',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        actionsRegistry: actionsRegistryServiceRef,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        scaffolder: scaffolderServiceRef,
        urlReader: coreServices.urlReader,
        userInfo: coreServices.userInfo,
      },
      async init(deps) {
        const { auth, catalog, config, discovery, permissions } = deps;
        const actions = actingOnBehalf(deps.actions, auth);
        const gitHost = config.getString('platformEnvs.gitHost.host');
        const integrations = ScmIntegrations.fromConfig(config);
        const awsCredentials = DefaultAwsCredentialsManager.fromConfig(config);
        actions.addActions(
          createDescribePlatformAction({ catalog, integrations, gitHost }),
          createPlanComponentAction({
            catalog,
            permissions,
            integrations,
            awsCredentials,
            gitHost,
          }),
          createCreateRegistryAction({ catalog, permissions, awsCredentials }),
          createAddOverlaysAction({
            catalog,
            permissions,
            integrations,
            gitHost,
          }),
          createPrepareRepositoryAction({
            catalog,
            permissions,
            integrations,
            gitHost,
          }),
          createCreateDatabaseAction({
            catalog,
            permissions,
            integrations,
            gitHost,
          }),
          createProposeFilesAction({
            catalog,
            permissions,
            integrations,
            gitHost,
          }),
          createPublishRepositoryAction({
            catalog,
            permissions,
            integrations,
            config,
            gitHost,
          }),
          createRegisterComponentAction({ catalog, integrations }),
          createRemoveServiceAction({
            auth,
            catalog,
            discovery,
            integrations,
            awsCredentials,
            gitHost,
          }),
          createTrackDeliveryAction({
            auth,
            catalog,
            discovery,
            integrations,
          }),
        );
        const { logger } = deps;
        const names = new NameChecks({
          catalog,
          integrations,
          awsCredentials,
          gitHost,
          logger,
        });
        deps.httpRouter.use(createRouter({ ...deps, names }));
        const planner = new TemplatePlanner(deps);
        deps.httpRouter.use(createPlanRouter({ ...deps, planner }));
        registerPlanAction({ ...deps, planner });
      },
    });
  },
});
