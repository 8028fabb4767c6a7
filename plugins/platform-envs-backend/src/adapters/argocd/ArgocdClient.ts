import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { RevisionMetadata } from '@fairway/plugin-platform-envs-node';
import { createParser } from 'eventsource-parser';
import {
  LIST_FIELDS,
  listSchema,
  revisionMetadataSchema,
  streamMessageSchema,
} from './schema';

/** Where one Argo CD is, and how to enter. */
export interface ArgocdClientOptions {
  instance: string;
  /** Without trailing slash. */
  url: string;
  token: string;
  /** How long one answer may take. */
  requestTimeoutMs: number;
}

/** Upstream answered, but with something that cannot be used; asking again soon is of no use. */
export class UnusableAnswerError extends ServiceUnavailableError {
  name = 'ServiceUnavailableError' as const;
}

/** An application's name as Kubernetes allows it; anything else never reaches a path. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Longest message of the stream: Argo CD's own limit for one application is far below. */
const MAX_STREAM_MESSAGE_CHARACTERS = 16 * 1024 * 1024;

/**
 * The calls that are made to Argo CD's API. Every failure is one of
 * Backstage's errors; messages name the instance and the next step.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/
 */
export class ArgocdClient {
  constructor(private readonly options: ArgocdClientOptions) {}

  /** All applications, as far as `LIST_FIELDS` goes, and where to begin to watch. */
  async list(
    signal: AbortSignal,
  ): Promise<{ resourceVersion?: string; items: unknown[] }> {
    const fields = [
      'metadata.resourceVersion',
      ...LIST_FIELDS.map(field => `items.${field}`),
    ].join(',');
    const body = await this.#json(
      `/api/v1/applications?${new URLSearchParams({ fields })}`,
      { signal },
    );
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

  /** One whole application; `refresh` has Argo CD look at Git first. */
  async get(
    name: string,
    options: { namespace?: string; refresh?: boolean; signal?: AbortSignal },
  ): Promise<unknown> {
    const search = new URLSearchParams({
      ...(options.namespace && { appNamespace: options.namespace }),
      ...(options.refresh && { refresh: 'normal' }),
    });
    return this.#json(`${this.#path(name)}?${search}`, {
      signal: options.signal,
    });
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
    return this.#json(`${this.#path(name)}/sync`, {
      method: 'POST',
      body: JSON.stringify({ name, ...body }),
    });
  }

  async revisionMetadata(
    name: string,
    revision: string,
    namespace?: string,
  ): Promise<RevisionMetadata> {
    const search = new URLSearchParams({
      ...(namespace && { appNamespace: namespace }),
    });
    const path = `${this.#path(name)}/revisions/${encodeURIComponent(
      revision,
    )}/metadata?${search}`;
    const body = await this.#json(path, {});
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
   * refuses. `onActivity` is called for every piece that arrives.
   */
  async watch(options: {
    resourceVersion?: string;
    idleTimeoutMs: number;
    signal: AbortSignal;
    onActivity: () => void;
    onEvent: (type: string, application: unknown) => void;
    /** A message that could not be read. */
    onMalformed: (reason: string) => void;
  }): Promise<'ended' | 'idle' | 'aborted'> {
    const idle = new AbortController();
    const signal = AbortSignal.any([options.signal, idle.signal]);
    let timer = setTimeout(() => idle.abort(), options.idleTimeoutMs);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle.abort(), options.idleTimeoutMs);
    };
    const parser = createParser({
      maxBufferSize: MAX_STREAM_MESSAGE_CHARACTERS,
      onEvent: ({ data }) => deliver(data, options),
    });
    try {
      const search = new URLSearchParams({
        ...(options.resourceVersion && {
          resourceVersion: options.resourceVersion,
        }),
      });
      const response = await this.#request(
        `/api/v1/stream/applications?${search}`,
        { signal, headers: { Accept: 'text/event-stream' } },
      );
      alive();
      options.onActivity();
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        alive();
        options.onActivity();
        parser.feed(decoder.decode(chunk, { stream: true }));
      }
      return 'ended';
    } catch (error) {
      if (options.signal.aborted) return 'aborted';
      if (idle.signal.aborted) return 'idle';
      throw error;
    } finally {
      clearTimeout(timer);
      idle.abort();
    }
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

  async #json(path: string, init: RequestInit): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.options.requestTimeoutMs);
    const signal = init.signal
      ? AbortSignal.any([init.signal, timeout])
      : timeout;
    const response = await this.#request(path, { ...init, signal });
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json')) {
      await response.body?.cancel();
      throw new UnusableAnswerError(
        `${this.#name} answered with ${
          type || 'an unknown type'
        } instead of JSON; is ${this.options.url} a login page or a proxy?`,
      );
    }
    try {
      return await response.json();
    } catch (error) {
      throw new UnusableAnswerError(
        `${this.#name} answered with incomplete JSON`,
        error,
      );
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.options.url}${path}`, {
        ...init,
        redirect: 'manual',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          Authorization: `Bearer ${this.options.token}`,
          ...init.headers,
        },
      });
    } catch (error) {
      throw new ServiceUnavailableError(
        `${this.#name} at ${this.options.url} cannot be reached: ${causeOf(
          error,
        )}`,
        error,
      );
    }
    if (!response.ok) throw await this.#failure(response);
    return response;
  }

  async #failure(response: Response): Promise<Error> {
    const message = await messageOf(response);
    switch (response.status) {
      case 400:
        // gRPC FailedPrecondition: a sync while one runs, a revision other than the tracked one under auto-sync
        return new ConflictError(`${this.#name} refused: ${message}`);
      case 401:
        return new UnusableAnswerError(
          `${
            this.#name
          } refuses the token (401); renew platformEnvs.argocd.instances.${
            this.options.instance
          }.token`,
        );
      case 403:
        return new NotAllowedError(
          `${this.#name} does not allow it: ${message}`,
        );
      case 404:
        return new NotFoundError(`${this.#name}: ${message}`);
      default:
        return new ServiceUnavailableError(
          `${this.#name} answered ${response.status}: ${message}`,
        );
    }
  }
}

function deliver(
  data: string,
  listeners: {
    onEvent: (type: string, application: unknown) => void;
    onMalformed: (reason: string) => void;
  },
): void {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    listeners.onMalformed('a message is not JSON');
    return;
  }
  const message = streamMessageSchema.safeParse(json);
  if (message.success && message.data.result) {
    const { type, application } = message.data.result;
    listeners.onEvent(type, application);
  } else if (message.success && message.data.error) {
    listeners.onMalformed(
      `upstream says: ${message.data.error.message ?? 'no reason'}`,
    );
  } else {
    listeners.onMalformed('a message is not an event');
  }
}

/** What Argo CD says about a refusal, short enough for a log line; never HTML. */
async function messageOf(response: Response): Promise<string> {
  const body = await response.text().catch(() => '');
  try {
    const { message, error } = JSON.parse(body);
    return String(message ?? error ?? response.statusText).slice(0, 300);
  } catch {
    return response.statusText || 'no reason given';
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it took too long to answer';
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
