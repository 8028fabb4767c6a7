import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { EnvironmentService } from '../services/EnvironmentService';
import { ObservabilityService } from '../services/observability/ObservabilityService';
import { Gatekeeper, readerOf } from './authorize';
import { cellOf, componentRefOf, parse } from './parameters';

/** What links may be asked for. */
export const querySchema = z.strictObject({
  /** ISO 8601 time; dashboards and logs then open half an hour around it. */
  around: z.iso.datetime({ offset: true }).optional(),
});

/** Long enough before a deployment to compare with, and after it to judge. */
const AROUND_MS = 30 * 60_000;

/** How components are doing, and where to look further. Everything comes from feeds. */
export function createObservabilityRouter(
  options: Gatekeeper & {
    environments: Pick<EnvironmentService, 'ensureComponent'>;
    observability: ObservabilityService;
  },
): express.Router {
  const { environments, observability } = options;
  const router = Router();

  router.get(
    '/components/:namespace/:kind/:name/observability',
    async (req, res) => {
      await readerOf(options, req);
      const componentRef = componentRefOf(req.params);
      await environments.ensureComponent(componentRef);
      res.json(observability.getObservability(componentRef));
    },
  );

  router.get(
    '/components/:namespace/:kind/:name/environments/:environmentNamespace/:environmentName/links',
    async (req, res) => {
      await readerOf(options, req);
      const { componentRef, environmentRef } = cellOf(req.params);
      const { around } = parse(querySchema, req.query);
      await environments.ensureComponent(componentRef);
      const atMs = around && Date.parse(around);
      res.json(
        observability.getCellLinks(
          componentRef,
          environmentRef,
          atMs
            ? { fromMs: atMs - AROUND_MS, toMs: atMs + AROUND_MS }
            : undefined,
        ),
      );
    },
  );

  return router;
}
