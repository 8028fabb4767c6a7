import { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import { COMPONENT_PLANS_PATH } from '@fairway/plugin-platform-envs-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod/v3';
import { TemplatePlanner } from './TemplatePlanner';

/** What the routes are made of. */
export interface PlanRouterOptions {
  httpAuth: HttpAuthService;
  planner: TemplatePlanner;
}

const requestSchema = z.object({
  templateRef: z.string().max(300),
  values: z.record(z.unknown()),
});

const parseBody = express.json({ limit: '2mb' });

/** In words that say what to do, where it is larger than any form. */
const readBody: express.RequestHandler = (req, res, next) =>
  parseBody(req, res, (error?: { type?: string }) =>
    next(
      error?.type === 'entity.too.large'
        ? new InputError('A form holds at most 2 MB in all: shorten its texts')
        : error,
    ),
  );

/**
 * `POST /platform-envs/plans` with `{ templateRef, values }` answers a
 * `ComponentPlan` to people who may run the template: 400 for values that the
 * template refuses, with `error.fields`; 403, 404, and 503 when it cannot be
 * made just now. Nothing is created.
 */
export function createPlanRouter(options: PlanRouterOptions): express.Router {
  const { httpAuth, planner } = options;
  const router = Router();
  router.post(
    COMPONENT_PLANS_PATH,
    async (req, _res, next) => {
      // Before a body of anybody is read.
      await httpAuth.credentials(req, { allow: ['user'] });
      next();
    },
    readBody,
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, { allow: ['user'] });
      const body = requestSchema.safeParse(req.body);
      if (!body.success) {
        throw new InputError(
          'Send { "templateRef": "template:default/<name>", "values": {…} }',
        );
      }
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      const plan = await planner.plan({
        templateRef: body.data.templateRef,
        values: body.data.values as JsonObject,
        credentials,
        signal: gone.signal,
      });
      res.set('Cache-Control', 'no-store').json(plan);
    },
  );
  return router;
}
