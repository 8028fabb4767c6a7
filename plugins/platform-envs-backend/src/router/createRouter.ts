import { AuditorService, UserInfoService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { haveRightOfWay } from '../rightOfWay';
import { ComparisonService } from '../services/comparison/ComparisonService';
import { EnvironmentService } from '../services/EnvironmentService';
import { FirstDeliveryService } from '../services/firstDelivery/FirstDeliveryService';
import { ReplicationService } from '../services/ReplicationService';
import { Infrastructure } from '../setUpInfrastructure';
import { createApplicationsRouter } from './applications';
import { Gatekeeper } from './authorize';
import { createComparisonRouter } from './comparison';
import { createComponentsRouter, DeliveryPromotions } from './components';
import { createDescriptionRouter } from './description';
import { createEnvironmentsRouter } from './environments';
import { createFirstDeliveriesRouter } from './firstDeliveries';
import { createOverviewRouter } from './overview';
import { createRemovalsRouter, RemovalsRouterOptions } from './removals';
import { createStacksRouter } from './stacks';
import { ObservabilityService } from '../services/observability/ObservabilityService';
import { createObservabilityRouter } from './observability';
import { RevisionStreams } from './RevisionStreams';

/** What the routes are made of. */
export interface RouterOptions extends Gatekeeper, RemovalsRouterOptions {
  auditor: AuditorService;
  userInfo: UserInfoService;
  environments: EnvironmentService;
  replication: ReplicationService;
  infrastructure: Infrastructure;
  comparison: ComparisonService;
  observability: ObservabilityService;
  firstDeliveries: FirstDeliveryService;
  streams: RevisionStreams;
  promotions: DeliveryPromotions;
  /** Routes below `/promotions`; absent when promotions cannot be had. */
  promotionsRouter?: express.Router;
}

/** All routes of the plugin. */
export function createRouter(options: RouterOptions): express.Router {
  const router = Router();
  router.use(haveRightOfWay);
  router.use(express.json({ limit: '100kb' }));
  router.use(createEnvironmentsRouter(options));
  router.use(createStacksRouter(options));
  router.use(createOverviewRouter(options));
  router.use(createComponentsRouter(options));
  router.use(createComparisonRouter(options));
  router.use(createApplicationsRouter(options));
  router.use(createObservabilityRouter(options));
  router.use(createFirstDeliveriesRouter(options));
  router.use(createRemovalsRouter(options));
  if (options.promotionsRouter) router.use(options.promotionsRouter);
  router.use(createDescriptionRouter(options));
  return router;
}
