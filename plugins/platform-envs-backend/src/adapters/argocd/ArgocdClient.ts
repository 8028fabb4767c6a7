import { NotFoundError } from '@backstage/errors';
import { RevisionMetadata } from '@fairway/plugin-platform-envs-node';
import {
  ArgocdHttp,
  ArgocdHttpOptions,
  UnusableAnswerError,
} from './ArgocdHttp';
import { followStream, StreamListeners } from './followStream';
import { ObjectRef } from './resourceTree';
import {
  canISchema,
  LIST_FIELDS,
  listSchema,
  revisionMetadataSchema,
} from './schema';

/** Where one Argo CD is, how to enter, and what of it is asked for. */
export interface ArgocdClientOptions extends ArgocdHttpOptions {
  /** Only applications of these; all that the token may see when empty. */
  projects: string[];
}

/** An application's name as Kubernetes allows it; anything else never reaches a path. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * The calls that are made to Argo CD's API. Every failure is one of
 * Backstage's errors; messages name the instance and the next step.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/
 */
export class ArgocdClient {
  readonly #http: ArgocdHttp;

  constructor(private readonly options: ArgocdClientOptions) {
    this.#http = new ArgocdHttp(options);
  }

  /** All applications, as far as `LIST_FIELDS` goes, and where to begin to watch. */
  async list(
    signal: AbortSignal,
  ): Promise<{ resourceVersion?: string; items: unknown[] }> {
    const fields = [
      'metadata.resourceVersion',
      ...LIST_FIELDS.map(field => `items.${field}`),
    ].join(',');
    const search = this.#search({ fields });
    const body = await this.#http.json(`/api/v1/applications?${search}`, {
      signal,
    });
    const parsed = listSchema.safeParse(body);
    if (!parsed.success) {
      throw new UnusableAnswerError(
        `${
          this.#name
        } answered with something that is not a list of applications`,
      );
    }
    return {
      resourceVersion: parsed.data.metadata?.resourceVersion,
      items: parsed.data.items ?? [],
    };
  }

  /**
   * The projects that the token may see, each with its sync windows; none
   * when it may see none.
   */
  async listProjects(signal: AbortSignal): Promise<unknown[]> {
    const search = new URLSearchParams({
      fields: 'items.metadata.name,items.spec.syncWindows',
    });
    const body = await this.#http.json(`/api/v1/projects?${search}`, {
      signal,
    });
    const parsed = listSchema.safeParse(body);
    if (!parsed.success) {
      throw new UnusableAnswerError(
        `${this.#name} answered with something that is not a list of projects`,
      );
    }
    return parsed.data.items ?? [];
  }

  /**
   * Whether the token may see an application; it need not exist. Policies name
   * one in another namespace than Argo CD's own with that namespace, so both
   * names are asked about.
   */
  async mayGet(
    {
      project = 'default',
      namespace,
      name,
    }: { project?: string; namespace: string; name: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const parts of [
      [project, name],
      [project, namespace, name],
    ]) {
      const object = parts.map(encodeURIComponent).join('/');
      const body = await this.#http.json(
        `/api/v1/account/can-i/applications/get/${object}`,
        { signal },
      );
      if (canISchema.parse(body).value === 'yes') return true;
    }
    return false;
  }

  /** One whole application; `refresh` has Argo CD look at Git first. */
  async get(
    name: string,
    options: { namespace?: string; refresh?: boolean; signal?: AbortSignal },
  ): Promise<unknown> {
    const search = new URLSearchParams({
      ...(options.namespace && { appNamespace: options.namespace }),
      ...(options.refresh && { refresh: 'normal' }),
    });
    return this.#http.json(`${this.#path(name)}?${search}`, {
      signal: options.signal,
    });
  }

  /** What an application consists of, down to its pods. */
  async resourceTree(
    name: string,
    options: { namespace: string; signal: AbortSignal },
  ): Promise<unknown> {
    const search = new URLSearchParams({ appNamespace: options.namespace });
    return this.#http.json(`${this.#path(name)}/resource-tree?${search}`, {
      signal: options.signal,
    });
  }

  /** What happened to an application, or to one object of it. */
  async events(
    name: string,
    options: { namespace: string; object?: ObjectRef; signal: AbortSignal },
  ): Promise<unknown> {
    const { namespace, object, signal } = options;
    const search = new URLSearchParams({
      appNamespace: namespace,
      ...(object && {
        resourceUID: object.uid,
        resourceName: object.name,
        resourceNamespace: object.namespace ?? '',
      }),
    });
    return this.#http.json(`${this.#path(name)}/events?${search}`, { signal });
  }

  /** What an application would apply, or its objects as they are and as they would be. */
  async objects(
    name: string,
    kind: 'manifests' | 'managed-resources',
    search: URLSearchParams,
    signal: AbortSignal,
  ): Promise<unknown> {
    return this.#http.json(`${this.#path(name)}/${kind}?${search}`, { signal });
  }

  async sync(
    name: string,
    body: {
      appNamespace?: string;
      revision?: string;
      revisions?: string[];
      sourcePositions?: number[];
    },
  ): Promise<unknown> {
    return this.#http.json(`${this.#path(name)}/sync`, {
      method: 'POST',
      body: JSON.stringify({ name, ...body }),
    });
  }

  /** Of a commit; `sourceIndex` (from 0) says of which source, where there are several. */
  async revisionMetadata(
    name: string,
    revision: string,
    options: { namespace?: string; sourceIndex?: number },
  ): Promise<RevisionMetadata> {
    const { namespace, sourceIndex } = options;
    const search = new URLSearchParams({
      ...(namespace && { appNamespace: namespace }),
      ...(sourceIndex !== undefined && { sourceIndex: String(sourceIndex) }),
    });
    const path = `${this.#path(name)}/revisions/${encodeURIComponent(
      revision,
    )}/metadata?${search}`;
    const body = await this.#http.json(path, {});
    const parsed = revisionMetadataSchema.safeParse(body);
    if (!parsed.success) {
      throw new UnusableAnswerError(
        `${this.#name} answered with unusable metadata of ${revision}`,
      );
    }
    return parsed.data;
  }

  /**
   * Follows changes until the stream ends, nothing comes for `idleTimeoutMs`
   * or the signal fires. Ends quietly in those cases and throws when upstream
   * refuses.
   */
  async watch(
    options: StreamListeners & {
      resourceVersion?: string;
      idleTimeoutMs: number;
      signal: AbortSignal;
    },
  ): Promise<'ended' | 'idle' | 'aborted'> {
    const search = this.#search({
      ...(options.resourceVersion && {
        resourceVersion: options.resourceVersion,
      }),
    });
    return followStream({
      ...options,
      open: signal =>
        this.#http.request(`/api/v1/stream/applications?${search}`, {
          signal,
          headers: { Accept: 'text/event-stream' },
        }),
    });
  }

  #search(parameters: Record<string, string>): URLSearchParams {
    return new URLSearchParams([
      ...Object.entries(parameters),
      ...this.options.projects.map(project => ['projects', project]),
    ]);
  }

  get #name() {
    return `Argo CD ${this.options.instance}`;
  }

  #path(name: string): string {
    if (!NAME.test(name)) {
      throw new NotFoundError(
        `"${name.slice(0, 80)}" cannot be the name of an Argo CD application`,
      );
    }
    return `/api/v1/applications/${encodeURIComponent(name)}`;
  }
}
