import {
  AuthService,
  BackstageCredentials,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { NotificationService } from '@backstage/plugin-notifications-node';
import {
  ComponentDelivery,
  nameGroups,
  promotionCreatePermission,
  promotionReadPermission,
  stringifyPromotionTarget,
} from '@fairway/plugin-platform-envs-common';
import { DeploymentSource, GitHost } from '@fairway/plugin-platform-envs-node';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { PromotionStore } from '../../database/PromotionStore';
import { People } from './People';
import { PlanStep } from './PlanStep';
import { PromotionForecast } from './PromotionForecast';
import { PromotionNotifier } from './PromotionNotifier';
import { PromotionObserver } from './PromotionObserver';
import { PromotionPlanner } from './PromotionPlanner';
import { PromotionReconciler } from './PromotionReconciler';
import { PromotionTimings } from './timings';
import { PromotionService } from './PromotionService';
import { PromotionTargets } from './PromotionTargets';
import { PromotionViews } from './PromotionViews';

/** What promotions are made of. */
export interface PromotionsOptions {
  auth: AuthService;
  catalog: CatalogService;
  logger: LoggerService;
  notifications: NotificationService;
  permissions: PermissionsService;
  gitHost: GitHost;
  deploymentSources: DeploymentSource[];
  store: PromotionStore;
  targets: PromotionTargets;
  timings?: Partial<PromotionTimings>;
  /** Told that feeds are needed, while something is rolled out. */
  audience?: { read(): void };
  jitterMs?: number;
}

/** Puts the parts of promotions together; nothing runs until `start`. */
export function createPromotions(options: PromotionsOptions) {
  const { store, targets, gitHost, deploymentSources, logger } = options;
  const planner = new PromotionPlanner(gitHost);
  const observer = new PromotionObserver({ planner, deploymentSources });
  const people = new People(options);
  const forecast = new PromotionForecast({
    store,
    targets,
    planner,
    observer,
  });
  const planStep = new PlanStep({ store, forecast });
  let wake = () => {};
  const service: PromotionService = new PromotionService({
    store,
    targets,
    forecast,
    planStep,
    people,
    wake: () => wake(),
  });
  const views = new PromotionViews({
    store,
    service,
    forecast,
    people,
    gitHost,
  });
  const notifier = new PromotionNotifier(options);
  const reconciler: PromotionReconciler = new PromotionReconciler({
    store,
    forecast,
    planStep,
    targets,
    observer,
    people,
    gitHost,
    logger,
    owner: `${os.hostname()}:${process.pid}:${randomUUID()}`,
    timings: options.timings,
    audience: options.audience,
    jitterMs: options.jitterMs,
    afterRound: () => notifier.drain(),
  });
  wake = () => reconciler.wake();
  return {
    service,
    views,
    reconciler,
    notifier,
    delivery: createDeliveryPromotions(options, views),
    start: () => reconciler.start(),
    stop: () => reconciler.stop(),
  };
}

/** What the Delivery tab of a component needs. */
function createDeliveryPromotions(
  { permissions, targets }: PromotionsOptions,
  views: PromotionViews,
) {
  return {
    async listForComponent(
      componentRef: string,
      options: { credentials: BackstageCredentials },
    ): Promise<ComponentDelivery['promotions']> {
      const [decision] = await permissions.authorize(
        [{ permission: promotionReadPermission }],
        options,
      );
      return decision.result === AuthorizeResult.ALLOW
        ? views.ofComponent(componentRef)
        : [];
    },

    async listTargets(
      componentRef: string,
      options: { credentials: BackstageCredentials },
    ): Promise<ComponentDelivery['promotionTargets']> {
      const places = await targets.list(componentRef);
      if (places.length === 0) return [];
      const decisions = await permissions.authorize(
        places.map(({ target }) => ({
          permission: promotionCreatePermission,
          resourceRef: stringifyPromotionTarget({
            componentRef,
            environmentRef: target.ref,
          }),
        })),
        options,
      );
      return places.map(({ target, source, reason }, index) => {
        const allowed = decisions[index].result === AuthorizeResult.ALLOW;
        const why =
          reason ??
          (allowed
            ? undefined
            : `Only members of ${nameGroups([
                target.ownerRef,
              ])} can ask for a promotion to ${target.shortName}.`);
        return {
          toEnvironmentRef: target.ref,
          ...(source && { fromEnvironmentRef: source.ref }),
          allowed: !why,
          ...(why && { reason: why }),
        };
      });
    },
  };
}
