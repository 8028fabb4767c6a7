import { AuditorService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { StackService } from '../services/stacks/StackService';
import { Gatekeeper, readerOf, requireOperateEnvironment } from './authorize';
import { environmentRefOf, parse } from './parameters';

/** What a drift detection is asked with. */
export const driftBody = z.strictObject({
  /** ARN of the stack. */
  stackId: z.string().min(1).max(1200),
});

/** `/environments/…/drift-detections`: having CloudFormation look for drift now. */
export function createStacksRouter(
  options: Gatekeeper & {
    auditor: AuditorService;
    infrastructure: { stacks: StackService };
  },
): express.Router {
  const { auditor, infrastructure } = options;
  const router = Router();

  router.post(
    '/environments/:namespace/:name/drift-detections',
    async (req, res) => {
      const environmentRef = environmentRefOf(req.params);
      const event = await auditor.createEvent({
        eventId: 'environment-operate',
        severityLevel: 'low',
        request: req,
        meta: { operation: 'detect-drift', environmentRef },
      });
      try {
        const credentials = await options.httpAuth.credentials(req, {
          allow: ['user'],
        });
        await readerOf(options, req);
        await requireOperateEnvironment(
          options.permissions,
          credentials,
          environmentRef,
        );
        const { stackId } = parse(driftBody, req.body);
        const detection = await infrastructure.stacks.detectDrift(
          environmentRef,
          stackId,
          credentials.principal.userEntityRef,
        );
        await event.success({ meta: { stackId } });
        res.status(202).json({ detection });
      } catch (error) {
        await event.fail({ error: error as Error });
        throw error;
      }
    },
  );

  return router;
}
