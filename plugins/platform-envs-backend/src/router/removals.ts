import {
  AuditorService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  componentRemovePermission,
  Removal,
  removalApprovePermission,
  stringifyEnvironmentTarget,
} from '@fairway/plugin-platform-envs-common';
import express, { Request } from 'express';
import Router from 'express-promise-router';
import { Removals } from '../services/removal/createRemovals';
import { RemovalAsker } from '../services/removal/RemovalService';
import { Gatekeeper, readerOf } from './authorize';
import { parse } from './parameters';
import {
  beginBody,
  cancelBody,
  decideBody,
  removalIdOf,
  removalsQuery,
  requestBody,
  stepBody,
} from './removalRequests';

type Person = BackstageCredentials<BackstageUserPrincipal>;

/** What the routes are made of. */
export interface RemovalsRouterOptions extends Gatekeeper {
  auditor: AuditorService;
  removals: Pick<Removals, 'service' | 'run'>;
  /**
   * Without permissions everybody could agree to everything, so the routes that
   * change something do not exist then.
   */
  canChange: boolean;
}

/** `/removals`: ask, look, decide, withdraw, carry out. */
export function createRemovalsRouter(
  options: RemovalsRouterOptions,
): express.Router {
  const { service } = options.removals;
  const router = Router();

  router.get('/removals', async (req, res) => {
    const credentials = await readerOf(options, req);
    const query = parse(removalsQuery, req.query);
    res.json(
      await service.list({
        ...query,
        viewerOf: removal => viewerOf(options, credentials, removal),
      }),
    );
  });

  router.get('/removals/:id', async (req, res) => {
    const credentials = await readerOf(options, req);
    const id = removalIdOf(req.params);
    const viewer = await viewerOf(options, credentials, await service.get(id));
    res.json(await service.detail(id, viewer));
  });

  if (options.canChange) {
    addAsking(router, options);
    addCarryingOut(router, options);
  }
  return router;
}

function addAsking(router: express.Router, options: RemovalsRouterOptions) {
  const { service } = options.removals;

  router.post('/removals/plan', async (req, res) => {
    const person = await requirePerson(options, req);
    const request = parse(requestBody, req.body);
    await requireRemove(options, person, request.componentRef);
    res.json(await service.preview(request));
  });

  router.post('/removals', async (req, res) => {
    let created = false;
    const removal = await audited(options, req, 'removal-request', async () => {
      const person = await requirePerson(options, req);
      const request = parse(requestBody, req.body);
      await requireRemove(options, person, request.componentRef);
      const asked = await service.request(
        request,
        person.principal.userEntityRef,
      );
      created = asked.created;
      return asked.removal;
    });
    res.status(created ? 201 : 200).json(removal);
  });

  router.post('/removals/:id/approvals', async (req, res) => {
    const removal = await audited(options, req, 'removal-decide', async () => {
      const person = await requirePerson(options, req);
      const id = removalIdOf(req.params);
      const decision = parse(decideBody, req.body);
      const actor = person.principal.userEntityRef;
      const before = await service.get(id);
      if (before.requestedBy === actor) {
        throw new NotAllowedError(
          'self_approval: you asked for this removal; another person must decide on it.',
        );
      }
      if (!(await mayApprove(options, person, before))) {
        throw new NotAllowedError(
          `You may not decide on the removal of ${before.componentRef} (${removalApprovePermission.name})`,
        );
      }
      return service.decide(id, decision, actor);
    });
    res.json(removal);
  });

  router.post('/removals/:id/cancellation', async (req, res) => {
    const removal = await audited(options, req, 'removal-cancel', async () => {
      const person = await requirePerson(options, req);
      const id = removalIdOf(req.params);
      const { reason } = parse(cancelBody, req.body);
      return service.cancel(id, reason, person.principal.userEntityRef);
    });
    res.json(removal);
  });
}

/** For the run, in the name of whoever asked for it; nobody else's run may. */
function addCarryingOut(
  router: express.Router,
  options: RemovalsRouterOptions,
) {
  const { run } = options.removals;

  router.post('/removals/:id/begin', async (req, res) => {
    const removal = await audited(options, req, 'removal-begin', async () => {
      const person = await requirePerson(options, req);
      const { planDigest } = parse(beginBody, req.body);
      return run.begin(
        removalIdOf(req.params),
        planDigest,
        person.principal.userEntityRef,
      );
    });
    res.json(removal);
  });

  router.post('/removals/:id/steps', async (req, res) => {
    const person = await requirePerson(options, req);
    const step = parse(stepBody, req.body);
    res.json(
      await run.progress(
        removalIdOf(req.params),
        step,
        person.principal.userEntityRef,
      ),
    );
  });

  router.post('/removals/:id/completion', async (req, res) => {
    const removal = await audited(
      options,
      req,
      'removal-complete',
      async () => {
        const person = await requirePerson(options, req);
        return run.complete(
          removalIdOf(req.params),
          person.principal.userEntityRef,
        );
      },
    );
    res.json(removal);
  });
}

/** Only a person, never a service: somebody has to answer for it. */
function requirePerson(
  { httpAuth }: RemovalsRouterOptions,
  req: Request,
): Promise<Person> {
  return httpAuth.credentials(req, { allow: ['user'] });
}

async function requireRemove(
  { permissions }: RemovalsRouterOptions,
  credentials: BackstageCredentials,
  componentRef: string,
): Promise<void> {
  const [{ result }] = await permissions.authorize(
    [{ permission: componentRemovePermission, resourceRef: componentRef }],
    { credentials },
  );
  if (result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `You may not have ${componentRef} removed (${componentRemovePermission.name}): its owners may`,
    );
  }
}

/** The policy has to say yes for every environment whose approvers are asked. */
async function mayApprove(
  { permissions }: RemovalsRouterOptions,
  credentials: BackstageCredentials,
  { policy }: Removal,
): Promise<boolean> {
  if (policy.environmentRefs.length === 0) return false;
  const decisions = await permissions.authorize(
    policy.environmentRefs.map(environmentRef => ({
      permission: removalApprovePermission,
      resourceRef: stringifyEnvironmentTarget(environmentRef),
    })),
    { credentials },
  );
  return decisions.every(({ result }) => result === AuthorizeResult.ALLOW);
}

async function viewerOf(
  options: RemovalsRouterOptions,
  credentials: BackstageCredentials,
  removal: Removal,
): Promise<RemovalAsker> {
  const principal = credentials.principal as Partial<BackstageUserPrincipal>;
  if (principal.type !== 'user') return { mayApprove: false };
  return {
    userRef: principal.userEntityRef,
    mayApprove: await mayApprove(options, credentials, removal),
  };
}

/** Runs one act and has the auditor note how it went. */
async function audited(
  { auditor }: RemovalsRouterOptions,
  req: Request,
  eventId: string,
  act: () => Promise<Removal>,
): Promise<Removal> {
  const event = await auditor.createEvent({
    eventId,
    severityLevel: 'high',
    request: req,
    meta: { removal: req.params.id },
  });
  try {
    const removal = await act();
    const { id, state, planDigest } = removal;
    await event.success({ meta: { removal: id, state, planDigest } });
    return removal;
  } catch (error) {
    await event.fail({ error: error as Error });
    throw error;
  }
}
