import {
  AuditorService,
  AuthService,
  HttpAuthService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { DeploymentSource, GitHost } from '@fairway/plugin-platform-envs-node';
import express from 'express';
import { PromotionStore } from './database/PromotionStore';
import { PlatformEnvsConfig } from './readConfig';
import { DeliveryPromotions } from './router/components';
import { createPromotionsRouter } from './router/promotions';
import { createPromotions } from './services/promotions/createPromotions';
import { PromotionTargets } from './services/promotions/PromotionTargets';

/** Only ever read from, by what shows old promotions. */
const noGitHost = new Proxy({} as GitHost, {
  get: () => async () => {
    throw new NotFoundError('No Git host is configured');
  },
});

/** Promotions as the plugin mounts and runs them. */
export interface RunningPromotions {
  router: express.Router;
  delivery: DeliveryPromotions;
  start(): void;
  stop(): Promise<void>;
}

/** What promotions need of the plugin. */
export interface SetUpPromotionsOptions {
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  httpAuth: HttpAuthService;
  logger: LoggerService;
  notifications: NotificationService;
  permissions: PermissionsService;
  config: PlatformEnvsConfig;
  permissionsEnabled: boolean;
  gitHost?: GitHost;
  deploymentSources: DeploymentSource[];
  store: PromotionStore;
  targets: PromotionTargets;
  /** Told that feeds are needed, while something is rolled out. */
  audience: { read(): void };
}

/**
 * Promotions, or, where they cannot be had, what says why.
 *
 * F08: without permissions everybody could approve, so the routes that change
 * something do not exist then, and nothing is carried on.
 */
export function setUpPromotions(
  options: SetUpPromotionsOptions,
): RunningPromotions {
  const unavailableReason = whyUnavailable(options);
  const promotions = createPromotions({
    ...options,
    gitHost: options.gitHost ?? noGitHost,
    timings: options.config.promotions,
  });
  const router = createPromotionsRouter({
    ...options,
    service: promotions.service,
    views: promotions.views,
    unavailableReason,
  });
  if (!unavailableReason) return { ...promotions, router };
  options.logger.warn('Nothing can be promoted', { reason: unavailableReason });
  return {
    router,
    delivery: {
      listForComponent: promotions.delivery.listForComponent,
      listTargets: async (componentRef, credentials) =>
        (await promotions.delivery.listTargets(componentRef, credentials)).map(
          target => ({ ...target, allowed: false, reason: unavailableReason }),
        ),
    },
    start: () => {},
    stop: async () => {},
  };
}

function whyUnavailable({
  permissionsEnabled,
  gitHost,
}: SetUpPromotionsOptions): string | undefined {
  if (!permissionsEnabled) {
    return 'Nothing can be promoted, for permissions are off: set permission.enabled to true.';
  }
  if (!gitHost) {
    return 'Nothing can be promoted, for no Git host is configured: set platformEnvs.gitHost.host.';
  }
  return undefined;
}
