import {
  AuditorService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  CancelPromotionRequest,
  CreatePromotionRequest,
  DecidePromotionRequest,
  PlanPromotionRequest,
  Promotion,
  PROMOTION_STATES,
  promotionApprovePermission,
  promotionCancelPermission,
  promotionCreatePermission,
  promotionReadPermission,
  stringifyPromotionTarget,
} from '@fairway/plugin-platform-envs-common';
import express, { Request } from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { PromotionService } from '../services/promotions/PromotionService';
import { PromotionViews, Viewer } from '../services/promotions/PromotionViews';
import { Gatekeeper } from './authorize';
import { parse, refOf } from './parameters';

/** Comments and reasons, in characters: a page of text. */
const MAX_TEXT = 2000;

const text = z.string().trim().min(1, 'must not be empty').max(MAX_TEXT);

const planRequest = z.object({
  componentRef: refOf('component'),
  fromEnvironmentRef: refOf('environment'),
  toEnvironmentRef: refOf('environment'),
});

const createRequest = planRequest.extend({
  // where others approve, the service asks for one
  reason: z.string().trim().max(MAX_TEXT),
  idempotencyKey: z.string().min(1).max(200),
});

const decideRequest = z.object({
  verdict: z.enum(['approve', 'reject']),
  comment: text,
  planDigest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
});

const cancelRequest = z.object({ reason: text });

/** What the list can be asked for. */
export const listQuery = z.object({
  scope: z.enum(['waiting', 'open', 'all']).default('open'),
  componentRef: refOf('component').optional(),
  environmentRef: refOf('environment').optional(),
  state: z.enum(PROMOTION_STATES).optional(),
  mine: z.stringbool().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const idParameter = z.object({
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a promotion id'),
});

/** What the routes are made of. */
export interface PromotionsRouterOptions extends Gatekeeper {
  auditor: AuditorService;
  service: PromotionService;
  views: PromotionViews;
  /**
   * Why nothing can be promoted here. When given, only reading is mounted: the
   * routes that change something do not exist.
   */
  unavailableReason?: string;
}

/** `/promotions`: ask, look, decide, withdraw. */
export function createPromotionsRouter(
  options: PromotionsRouterOptions,
): express.Router {
  const router = Router();
  addReading(router, options);
  if (!options.unavailableReason) addChanging(router, options);
  return router;
}

function addReading(router: express.Router, options: PromotionsRouterOptions) {
  const { service, views, unavailableReason } = options;

  router.get('/promotions', async (req, res) => {
    const credentials = await requireRead(options, req);
    const query = parse(listQuery, req.query);
    const userRef = userRefOf(credentials);
    const list = await views.list({
      scope: query.scope,
      componentRef: query.componentRef,
      environmentRef: query.environmentRef,
      states: query.state && [query.state],
      requestedBy: query.mine ? userRef ?? 'nobody' : undefined,
      limit: query.limit,
      viewerOf: promotion => viewerOf(options, credentials, promotion),
    });
    res.json({ ...list, ...(unavailableReason && { unavailableReason }) });
  });

  router.get('/promotions/:id', async (req, res) => {
    const credentials = await requireRead(options, req);
    const { id } = parse(idParameter, req.params);
    const promotion = await service.get(id);
    const detail = await views.detail(
      id,
      await viewerOf(options, credentials, promotion),
    );
    res.json({
      ...detail,
      ...(unavailableReason && {
        unavailableReason,
        availableActions: detail.availableActions.map(({ action }) => ({
          action,
          allowed: false,
          reason: unavailableReason,
        })),
      }),
    });
  });
}

function addChanging(router: express.Router, options: PromotionsRouterOptions) {
  const { service } = options;

  router.post('/promotions/plan', async (req, res) => {
    const person = await requirePerson(options, req);
    const request: PlanPromotionRequest = parse(planRequest, req.body);
    await requireOnTarget(options, person, promotionCreatePermission, request);
    res.json(await service.preview(request));
  });

  router.post('/promotions', async (req, res) => {
    const result = await audited(
      options,
      req,
      'promotion-request',
      async () => {
        const person = await requirePerson(options, req);
        const request: CreatePromotionRequest = parse(createRequest, req.body);
        await requireOnTarget(
          options,
          person,
          promotionCreatePermission,
          request,
        );
        return service.request(request, person.principal.userEntityRef);
      },
    );
    res.status(result.created ? 201 : 200).json(result.promotion);
  });

  router.post('/promotions/:id/approvals', async (req, res) => {
    const { promotion } = await audited(
      options,
      req,
      'promotion-decide',
      async () => {
        const person = await requirePerson(options, req);
        const { id } = parse(idParameter, req.params);
        const request: DecidePromotionRequest = parse(decideRequest, req.body);
        const before = await service.get(id);
        if (before.requestedBy === person.principal.userEntityRef) {
          throw new NotAllowedError(
            'self_approval: you asked for this promotion; another person must decide on it.',
          );
        }
        await requireOnTarget(
          options,
          person,
          promotionApprovePermission,
          before,
        );
        return service.decide(id, request, person.principal.userEntityRef);
      },
    );
    res.json({ promotion });
  });

  router.post('/promotions/:id/cancellation', async (req, res) => {
    const { promotion } = await audited(
      options,
      req,
      'promotion-cancel',
      async () => {
        const person = await requirePerson(options, req);
        const { id } = parse(idParameter, req.params);
        const request: CancelPromotionRequest = parse(cancelRequest, req.body);
        const actor = person.principal.userEntityRef;
        const before = await service.get(id);
        if (before.requestedBy !== actor) {
          await requireOnTarget(
            options,
            person,
            promotionCancelPermission,
            before,
          );
        } else {
          await requireReadBy(options, person);
        }
        return { promotion: await service.cancel(id, request.reason, actor) };
      },
    );
    res.json({ promotion });
  });
}

type Person = BackstageCredentials<BackstageUserPrincipal>;

/** F07: only a person, never a service. */
async function requirePerson(
  { httpAuth }: PromotionsRouterOptions,
  req: Request,
): Promise<Person> {
  return httpAuth.credentials(req, { allow: ['user'] });
}

async function requireRead(options: PromotionsRouterOptions, req: Request) {
  const credentials = await options.httpAuth.credentials(req, {
    allow: ['user', 'service'],
  });
  await requireReadBy(options, credentials);
  return credentials;
}

async function requireReadBy(
  { permissions }: PromotionsRouterOptions,
  credentials: BackstageCredentials,
) {
  const [decision] = await permissions.authorize(
    [{ permission: promotionReadPermission }],
    { credentials },
  );
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `You may not see promotions (${promotionReadPermission.name})`,
    );
  }
}

type Place = Pick<Promotion, 'componentRef' | 'toEnvironmentRef'>;

async function isAllowed(
  { permissions }: PromotionsRouterOptions,
  credentials: BackstageCredentials,
  permission: ResourcePermission,
  place: Place,
): Promise<boolean> {
  const [decision] = await permissions.authorize(
    [
      {
        permission,
        resourceRef: stringifyPromotionTarget({
          componentRef: place.componentRef,
          environmentRef: place.toEnvironmentRef,
        }),
      },
    ],
    { credentials },
  );
  return decision.result === AuthorizeResult.ALLOW;
}

async function requireOnTarget(
  options: PromotionsRouterOptions,
  person: Person,
  permission: ResourcePermission,
  place: Place,
) {
  if (!(await isAllowed(options, person, permission, place))) {
    throw new NotAllowedError(
      `You may not do that for ${place.componentRef} in ${place.toEnvironmentRef} (${permission.name})`,
    );
  }
}

async function viewerOf(
  options: PromotionsRouterOptions,
  credentials: BackstageCredentials,
  promotion: Promotion,
): Promise<Viewer> {
  const userRef = userRefOf(credentials);
  if (!userRef) return { mayApprove: false, mayCancel: false };
  const [mayApprove, mayCancel] = await Promise.all(
    [promotionApprovePermission, promotionCancelPermission].map(permission =>
      isAllowed(options, credentials, permission, promotion),
    ),
  );
  return { userRef, mayApprove, mayCancel };
}

function userRefOf(credentials: BackstageCredentials): string | undefined {
  const principal = credentials.principal as Partial<BackstageUserPrincipal>;
  return principal.type === 'user' ? principal.userEntityRef : undefined;
}

/** Runs one act and has the auditor note how it went. */
async function audited<T extends { promotion: Promotion }>(
  { auditor }: PromotionsRouterOptions,
  req: Request,
  eventId: string,
  act: () => Promise<T>,
): Promise<T> {
  const event = await auditor.createEvent({
    eventId,
    severityLevel: 'high',
    request: req,
    meta: { promotion: req.params.id },
  });
  try {
    const result = await act();
    const { id, state, plan } = result.promotion;
    await event.success({
      meta: { promotion: id, state, planDigest: plan?.planDigest },
    });
    return result;
  } catch (error) {
    await event.fail({ error: error as Error });
    throw error;
  }
}
