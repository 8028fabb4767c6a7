import {
  AuditorService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';
import express from 'express';
import Router from 'express-promise-router';
import { ComparisonService } from '../services/comparison/ComparisonService';
import { EnvironmentService } from '../services/EnvironmentService';
import {
  Gatekeeper,
  listOperations,
  readerOf,
  requireOperate,
} from './authorize';
import { cellOf, componentRefOf } from './parameters';

/** What the Delivery tab needs to know of promotions. */
export interface DeliveryPromotions {
  /** Open and recent ones, newest first; empty when the viewer may not see them. */
  listForComponent(
    componentRef: string,
    options: { credentials: BackstageCredentials },
  ): Promise<ComponentDelivery['promotions']>;
  /** What the viewer may do, one entry per environment that can be promoted to. */
  listTargets(
    componentRef: string,
    options: { credentials: BackstageCredentials },
  ): Promise<ComponentDelivery['promotionTargets']>;
}

const CELL =
  '/components/:namespace/:kind/:name/environments/:environmentNamespace/:environmentName';

/** `/components`: how one is delivered, and having Argo CD look or sync. */
export function createComponentsRouter(
  options: Gatekeeper & {
    auditor: AuditorService;
    environments: EnvironmentService;
    comparison: ComparisonService;
    promotions: DeliveryPromotions;
  },
): express.Router {
  const { environments, comparison, promotions, auditor } = options;
  const router = Router();

  router.get(
    '/components/:namespace/:kind/:name/delivery',
    async (req, res) => {
      const credentials = await readerOf(options, req);
      const componentRef = componentRefOf(req.params);
      await environments.ensureComponent(componentRef);
      await environments.learnHistory(componentRef);
      const delivered = environments.getDelivery(componentRef);
      const { cells } = delivered.row;
      const [configChanges, operations, promoted, promotionTargets] =
        await Promise.all([
          comparison.countConfigChanges(
            componentRef,
            cells.map(cell => cell.environmentRef),
          ),
          listOperations(
            options.permissions,
            credentials,
            cells.filter(cell => cell.application),
          ),
          promotions.listForComponent(componentRef, { credentials }),
          promotions.listTargets(componentRef, { credentials }),
        ]);
      const delivery: ComponentDelivery = {
        ...delivered,
        configChanges,
        operations,
        promotions: promoted,
        promotionTargets,
      };
      res.json(delivery);
    },
  );

  router.get(CELL, async (req, res) => {
    await readerOf(options, req);
    const { componentRef, environmentRef } = cellOf(req.params);
    await environments.ensureComponent(componentRef);
    res.json(environments.getCellDetail(componentRef, environmentRef));
  });

  for (const operation of ['sync', 'refresh'] as const) {
    router.post(`${CELL}/${operation}`, async (req, res) => {
      const target = cellOf(req.params);
      const event = await auditor.createEvent({
        eventId: 'environment-operate',
        severityLevel: 'medium',
        request: req,
        meta: { operation, ...target },
      });
      try {
        const credentials = await options.httpAuth.credentials(req, {
          allow: ['user'],
        });
        await readerOf(options, req);
        await requireOperate(options.permissions, credentials, target);
        const { name, instance } =
          operation === 'sync'
            ? await environments.syncDeployment(
                target.componentRef,
                target.environmentRef,
              )
            : await environments.refreshDeployment(
                target.componentRef,
                target.environmentRef,
              );
        await event.success({ meta: { application: name, instance } });
        res.status(202).json({ application: { name, instance } });
      } catch (error) {
        await event.fail({ error: error as Error });
        throw error;
      }
    });
  }

  return router;
}
