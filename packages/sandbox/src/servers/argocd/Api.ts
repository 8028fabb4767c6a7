import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { ArgocdError, permissionDenied } from '../../world/argocd/ArgocdError';
import { Application } from '../../world/argocd/types';
import { World } from '../../world/types';
import { HttpError } from '../HttpError';
import { parseLabelSelector } from '../kubernetes/labelSelector';
import { ArgocdAccounts, Caller } from './ArgocdAccounts';
import { toHttpError } from './errors';
import { Rbac } from './Rbac';

/** A request whose parameters and query are read by name; both are text. */
export type ApiRequest = FastifyRequest<{
  Params: Record<string, string>;
  Querystring: Record<string, string | string[] | undefined>;
}>;

export type ApiHandler = (
  request: ApiRequest,
  reply: FastifyReply,
) => Promise<unknown>;

/** What all routes stand on: the engine, who calls, and what they may do. */
export class Api {
  constructor(
    private readonly server: FastifyInstance,
    readonly world: Pick<World, 'clock' | 'git' | 'urls'>,
    readonly engine: ArgocdEngine,
    readonly accounts: ArgocdAccounts,
    readonly rbac: Rbac,
  ) {}

  /** Serves a call below `/api/v1`; errors of the engine get Argo CD's status. */
  route(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    handler: ApiHandler,
  ): void {
    this.server.route<{
      Params: Record<string, string>;
      Querystring: Record<string, string | string[] | undefined>;
    }>({
      method,
      url: `/api/v1${path}`,
      handler: async (request, reply) => {
        try {
          return await handler(request, reply);
        } catch (error) {
          throw toHttpError(error);
        }
      },
    });
  }

  /** @throws HttpError - 401: the token is none, or has expired. */
  caller(request: FastifyRequest): Caller {
    return this.accounts.caller(tokenOf(request) ?? '');
  }

  allows(
    request: FastifyRequest,
    resource: string,
    action: string,
    object: string,
  ): boolean {
    return this.rbac.allows(this.caller(request), resource, action, object);
  }

  /** @throws ArgocdError - permission denied, naming what and who. */
  enforce(
    request: FastifyRequest,
    resource: string,
    action: string,
    object: string,
  ): void {
    this.rbac.enforce(this.caller(request), resource, action, object);
  }

  /** Notes what the caller did, as in `admin created project`. */
  note(
    request: FastifyRequest,
    subject: string,
    reason: 'ResourceCreated' | 'ResourceUpdated' | 'ResourceDeleted',
    action: string,
  ): void {
    this.engine.notes.add(
      subject,
      reason,
      `${this.caller(request).subject} ${action}`,
      'argocd-server',
    );
  }

  /**
   * The application that a call names.
   *
   * @throws ArgocdError - there is none, or the caller may not: Argo CD tells
   *   one from the other only to those who name the project.
   */
  application(request: ApiRequest, action = 'get'): Application {
    const { name } = request.params;
    const [project] = listOf(request.query.project ?? request.query.projects);
    const application = this.engine.store.get(name);
    const may = (ofProject: string) =>
      this.allows(request, 'applications', action, `${ofProject}/${name}`);
    if (project && !may(project)) {
      throw permissionDenied();
    }
    const mine =
      application &&
      may(application.spec.project) &&
      (!project || application.spec.project === project) &&
      isIn(application, request.query.appNamespace);
    if (!mine) {
      throw project
        ? new ArgocdError(
            'NotFound',
            `applications.argoproj.io "${name}" not found`,
          )
        : permissionDenied();
    }
    return application;
  }
}

/** The bearer token or session cookie of a request. */
export function tokenOf(request: FastifyRequest): string | undefined {
  return (
    request.headers.authorization?.match(/^Bearer (.+)$/i)?.[1] ??
    request.headers.cookie?.match(/(?:^|;\s*)argocd\.token=([^;]+)/)?.[1]
  );
}

/** Values of a parameter that may be repeated. */
export function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat().filter(Boolean);
}

/** The value of a parameter; the last one where it is repeated. */
export function textOf(value: string | string[] | undefined): string {
  return listOf(value).at(-1) ?? '';
}

/**
 * Which labels a `selector` chooses.
 *
 * @throws HttpError - it cannot be parsed; a plain error of Argo CD, so 500.
 */
export function selectorOf(
  value: string | string[] | undefined,
): ReturnType<typeof parseLabelSelector> {
  try {
    return parseLabelSelector(textOf(value) || undefined);
  } catch (error) {
    throw new HttpError(
      500,
      `error parsing the selector: ${(error as Error).message}`,
    );
  }
}

/** Name of an application for policies. */
export function rbacName({ metadata, spec }: Application): string {
  return `${spec.project}/${metadata.name}`;
}

function isIn(
  { metadata }: Application,
  namespace: string | string[] | undefined,
): boolean {
  const wanted = textOf(namespace);
  return !wanted || wanted === metadata.namespace;
}
