// before all else: the others load what it has loaded later
import './loadSdksLater';
import { createBackend } from '@backstage/backend-defaults';
import { appConfigSchema } from './configSchema';
import { endWhenUnread } from './endWhenUnread';
import { releaseStartMemory } from './releaseStartMemory';
import { rootLogger } from './rootLogger';

endWhenUnread();

const backend = createBackend();

backend.add(rootLogger);

backend.add(import('@backstage/plugin-app-backend'));
if (process.env.FAIRWAY_CONFIG_SCHEMA) {
  backend.add(appConfigSchema(process.env.FAIRWAY_CONFIG_SCHEMA));
}

// who may come in, and what they may do
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-github-provider'));
backend.add(import('@fairway/plugin-auth-backend-module-oidc'));
backend.add(import('@fairway/plugin-auth-backend-module-issuer-check'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(
  import('@fairway/plugin-permission-backend-module-platform-policy'),
);

// what there is
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@fairway/plugin-catalog-backend-module-platform-envs'));

// what runs where, promotions, cost
backend.add(import('@fairway/plugin-platform-envs-backend'));
backend.add(import('@fairway/plugin-argocd-backend'));
backend.add(import('@backstage/plugin-kubernetes-backend'));
backend.add(import('@fairway/plugin-kubernetes-backend-module-platform-envs'));
backend.add(import('@fairway/plugin-cost-backend'));

// self-service
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@backstage/plugin-scaffolder-backend-module-github'));
backend.add(
  import('@backstage/plugin-scaffolder-backend-module-notifications'),
);
// a run that is taken up again finds its files
backend.add(import('@fairway/plugin-scaffolder-backend-module-workspaces'));
backend.add(import('@fairway/plugin-scaffolder-backend-module-platform-envs'));

// docs and search
backend.add(import('@backstage/plugin-techdocs-backend'));
backend.add(import('@fairway/plugin-techdocs-backend-module-markdown'));
backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-pg'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));
backend.add(import('@backstage/plugin-search-backend-module-techdocs'));

// what each person keeps and is told
backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));

backend.start().then(releaseStartMemory);
