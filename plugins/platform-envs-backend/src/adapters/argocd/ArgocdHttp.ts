import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

/** Where one Argo CD is, and how to enter. */
export interface ArgocdHttpOptions {
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

/** Calls to one Argo CD; every failure is one of Backstage's errors and names the instance. */
export class ArgocdHttp {
  constructor(private readonly options: ArgocdHttpOptions) {}

  get #name() {
    return `Argo CD ${this.options.instance}`;
  }

  /** What a call answers, when that is JSON. */
  async json(path: string, init: RequestInit): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.options.requestTimeoutMs);
    const signal = init.signal
      ? AbortSignal.any([init.signal, timeout])
      : timeout;
    const response = await this.request(path, { ...init, signal });
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

  /** A call that upstream did not refuse. */
  async request(path: string, init: RequestInit): Promise<Response> {
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
      // given to the constructor, the cause would be told a second time
      throw Object.assign(
        new ServiceUnavailableError(
          `${this.#name} at ${this.options.url} cannot be reached: ${causeOf(
            error,
          )}`,
        ),
        { cause: error },
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
        // a closed sync window is told as a permission, though nobody has it
        if (/sync window/.test(message)) {
          return new ConflictError(`${this.#name} refused: ${message}`);
        }
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
  const { name, message, cause } = error as {
    name?: string;
    message?: string;
    cause?: { code?: string; message?: string };
  };
  if (name === 'TimeoutError') return 'it took too long to answer';
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
