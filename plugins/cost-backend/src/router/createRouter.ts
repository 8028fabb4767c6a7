import {
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { costReadPermission } from '@fairway/plugin-cost-common';
import express from 'express';
import Router from 'express-promise-router';
import { CostService } from '../services/CostService';

/** What the router needs. */
export interface RouterOptions {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  service: CostService;
}

/** `GET /overview` and `GET /components/:namespace/:kind/:name`, both behind `cost.read`. */
export function createRouter(options: RouterOptions): express.Router {
  const { httpAuth, permissions, service } = options;
  const router = Router();

  router.use(async (req, _res, next) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const [decision] = await permissions.authorize(
      [{ permission: costReadPermission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        'You may not see cost; members of any team may',
      );
    }
    next();
  });

  router.get('/overview', async (_req, res) => {
    res.json(await service.getOverview());
  });

  router.get('/components/:namespace/:kind/:name', async (req, res) => {
    const { namespace, kind, name } = req.params;
    if (kind.toLowerCase() !== 'component') {
      throw new InputError(`Cost is kept by component, not by ${kind}`);
    }
    res.json(
      await service.getComponentCost(
        stringifyEntityRef({ namespace, kind, name }),
      ),
    );
  });

  return router;
}
