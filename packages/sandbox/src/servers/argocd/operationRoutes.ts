import { z } from 'zod';
import { Application } from '../../world/argocd/types';
import { HttpError, jsonBody } from '../createServer';
import { Api, ApiRequest, rbacName } from './Api';

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

/** Sync, rollback, termination and sync windows of an application. */
export function addOperationRoutes(api: Api): void {
  const { engine } = api;
  const route = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    action: 'get' | 'sync',
    handler: (application: Application, request: ApiRequest) => unknown,
  ) =>
    api.route(method, `/applications/:name${path}`, async request =>
      handler(api.application(request, action), request),
    );
  const initiator = (request: ApiRequest) => ({
    username: api.caller(request).subject,
  });

  route('POST', '/sync', 'get', (application, request) => {
    api.enforce(request, 'applications', 'sync', rbacName(application));
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
      initiator(request),
    );
  });

  route('POST', '/rollback', 'sync', (application, request) => {
    const body = parse(rollbackRequest, jsonBody(request));
    return engine.operations.rollback(
      application.metadata.name,
      body,
      initiator(request),
    );
  });

  route('DELETE', '/operation', 'sync', application => {
    engine.operations.terminate(application.metadata.name);
    return {};
  });

  route('GET', '/syncwindows', 'get', application => {
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
