import { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { permissionDenied } from '../../world/argocd/ArgocdError';
import { Application } from '../../world/argocd/types';
import { HttpError, jsonBody } from '../createServer';
import { toHttpError } from './errors';

const resource = z.looseObject({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

/** protobuf's int64 is a string in JSON; Argo CD takes both. */
const int64 = z.union([
  z.number().int(),
  z.string().regex(/^\d+$/).transform(Number),
]);

const apply = z.object({ force: z.boolean().optional() });
const strategy = z.object({ apply: apply.optional(), hook: apply.optional() });

const retryStrategy = z.looseObject({
  limit: int64.optional(),
  backoff: z
    .object({
      duration: z.string().optional(),
      factor: int64.optional(),
      maxDuration: z.string().optional(),
    })
    .optional(),
});

const syncRequest = z.looseObject({
  revision: z.string().optional(),
  dryRun: z.boolean().optional(),
  prune: z.boolean().optional(),
  strategy: strategy.nullish(),
  revisions: z.array(z.string()).nullish(),
  sourcePositions: z.array(int64).nullish(),
  retryStrategy: retryStrategy.nullish(),
  resources: z.array(resource).nullish(),
  infos: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  syncOptions: z.object({ items: z.array(z.string()).nullish() }).nullish(),
});

const rollbackRequest = z.looseObject({
  id: int64,
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
});

type NamedRequest = FastifyRequest<{
  Params: { name: string };
  Querystring: { project?: string };
}>;

/** Sync, rollback, termination and sync windows of an application. */
export function addOperationRoutes(
  server: FastifyInstance,
  engine: ArgocdEngine,
  userOf: (request: FastifyRequest) => string | undefined,
): void {
  const route = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    handler: (
      application: Application,
      request: NamedRequest,
    ) => Promise<unknown>,
  ) =>
    server.route<{
      Params: { name: string };
      Querystring: { project?: string };
    }>({
      method,
      url: `/api/v1/applications/:name${path}`,
      handler: async request => {
        try {
          const application = engine.store.get(request.params.name);
          if (!application) {
            throw permissionDenied();
          }
          return await handler(application, request);
        } catch (error) {
          throw toHttpError(error);
        }
      },
    });

  route('POST', '/sync', async (application, request) => {
    const body = parse(syncRequest, jsonBody(request));
    return engine.operations.sync(
      application.metadata.name,
      {
        ...(body.revision ? { revision: body.revision } : {}),
        ...(body.dryRun ? { dryRun: true } : {}),
        ...(body.prune ? { prune: true } : {}),
        ...(body.strategy ? { syncStrategy: body.strategy } : {}),
        ...(body.resources?.length ? { resources: body.resources } : {}),
        ...(body.syncOptions?.items?.length
          ? { syncOptions: body.syncOptions.items }
          : {}),
        ...(body.revisions?.length ? { revisions: body.revisions } : {}),
        ...(body.sourcePositions?.length
          ? { sourcePositions: body.sourcePositions }
          : {}),
        ...(body.retryStrategy ? { retry: body.retryStrategy } : {}),
        ...(body.infos?.length ? { info: body.infos } : {}),
      },
      { username: userOf(request) },
    );
  });

  route('POST', '/rollback', async (application, request) => {
    const body = parse(rollbackRequest, jsonBody(request));
    return engine.operations.rollback(application.metadata.name, body, {
      username: userOf(request),
    });
  });

  route('DELETE', '/operation', async application => {
    engine.operations.terminate(application.metadata.name);
    return {};
  });

  route('GET', '/syncwindows', async application => {
    const windows = engine.windows(application);
    const show = (list: typeof windows.active) =>
      list.map(({ kind, schedule, duration, manualSync }) => ({
        kind,
        schedule,
        duration,
        manualSync: Boolean(manualSync),
      }));
    return {
      ...(windows.assigned.length > 0
        ? { assignedWindows: show(windows.assigned) }
        : {}),
      ...(windows.active.length > 0
        ? { activeWindows: show(windows.active) }
        : {}),
      canSync: windows.canSyncManually,
    };
  });
}

/** @throws HttpError - 400, naming the field. */
function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new HttpError(
      400,
      `invalid request: ${issue.path.join('.') || 'body'}: ${issue.message}`,
    );
  }
  return result.data;
}
