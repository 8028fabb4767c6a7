import {
  AuditorService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  componentCreatePermission,
  FollowFirstDeliveryRequest,
} from '@fairway/plugin-platform-envs-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { FirstDeliveryService } from '../services/firstDelivery/FirstDeliveryService';
import { Gatekeeper, readerOf } from './authorize';
import { parse, refOf } from './parameters';

/** What the list can be asked for. */
export const firstDeliveriesQuery = z.object({
  scope: z.enum(['open', 'all']).default('open'),
  mine: z.stringbool().optional(),
  componentRef: refOf('component').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** What is to be followed. */
export const followBody = z.strictObject({
  componentRef: refOf('component'),
  systemRef: refOf('system'),
  environment: z.string().min(1).max(63).optional(),
  repositoryName: z
    .string()
    .max(100)
    .regex(/^[\w.-]+$/, 'must be the name of a repository, without its owner')
    .optional(),
  taskId: z.string().min(1).max(64).optional(),
  /** Of calls that are not made for a person. */
  requestedBy: refOf('user').optional(),
});

const idParameter = z.object({
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a delivery id'),
});

/** `/first-deliveries`: new components on their way to their first environment. */
export function createFirstDeliveriesRouter(
  options: Gatekeeper & {
    auditor: AuditorService;
    permissions: PermissionsService;
    firstDeliveries: FirstDeliveryService;
  },
): express.Router {
  const { firstDeliveries, auditor, permissions, httpAuth } = options;
  const router = Router();

  router.get('/first-deliveries', async (req, res) => {
    const credentials = await readerOf(options, req);
    const { mine, ...query } = parse(firstDeliveriesQuery, req.query);
    const { principal } = credentials;
    const me = principal.type === 'user' ? principal.userEntityRef : 'nobody';
    const items = await firstDeliveries.list({
      ...query,
      ...(mine && { requestedBy: me }),
    });
    res.json({ items });
  });

  router.get('/first-deliveries/:id', async (req, res) => {
    await readerOf(options, req);
    const { id } = parse(idParameter, req.params);
    res.json(await firstDeliveries.get(id));
  });

  router.post('/first-deliveries', async (req, res) => {
    const event = await auditor.createEvent({
      eventId: 'first-delivery-follow',
      severityLevel: 'low',
      request: req,
    });
    try {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      await readerOf(options, req);
      const { requestedBy, ...body } = parse(followBody, req.body);
      const request: FollowFirstDeliveryRequest = body;
      const [{ result }] = await permissions.authorize(
        [
          {
            permission: componentCreatePermission,
            resourceRef: request.systemRef,
          },
        ],
        { credentials },
      );
      if (result !== AuthorizeResult.ALLOW) {
        throw new NotAllowedError(
          `You may not have components of ${request.systemRef} followed (${componentCreatePermission.name}): its owners may`,
        );
      }
      const { principal } = credentials;
      const person =
        principal.type === 'user' ? principal.userEntityRef : requestedBy;
      if (!person) {
        throw new InputError(
          'requestedBy: a service must say for whom it asks',
        );
      }
      const { delivery, created } = await firstDeliveries.follow(
        request,
        person,
        credentials,
      );
      await event.success({ meta: { delivery: delivery.id, created } });
      res.status(created ? 201 : 200).json(delivery);
    } catch (error) {
      await event.fail({ error: error as Error });
      throw error;
    }
  });

  return router;
}
