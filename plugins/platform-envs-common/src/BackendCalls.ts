import { ResponseError } from '@backstage/errors';
import { PlatformEnvsRequestOptions } from './PlatformEnvsApi';

/** What `PlatformEnvsClient` needs; both fit browser and server. @public */
export interface PlatformEnvsClientOptions {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi: { fetch: typeof fetch };
}

/**
 * Requests to the platform-envs backend. Each rejects with a `ResponseError`
 * when the backend refuses.
 */
export class BackendCalls {
  constructor(private readonly options: PlatformEnvsClientOptions) {}

  /** Reads what is there. */
  async get<T>(path: string, options?: PlatformEnvsRequestOptions): Promise<T> {
    return (await this.request(path, options)).json();
  }

  /** Sends a body and reads what the backend answers. */
  async post<T>(
    path: string,
    body: unknown,
    options?: PlatformEnvsRequestOptions,
  ): Promise<T> {
    return (await this.#send(path, body, options)).json();
  }

  /** Sends a body; the answer has none, or nobody wants it. */
  async send(
    path: string,
    body: unknown,
    options?: PlatformEnvsRequestOptions,
  ): Promise<void> {
    await this.#send(path, body, options);
  }

  /** The response itself, for one that is read as it comes. */
  async request(
    path: string,
    options: PlatformEnvsRequestOptions = {},
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { discoveryApi, fetchApi } = this.options;
    const baseUrl = await discoveryApi.getBaseUrl('platform-envs');
    const response = await fetchApi.fetch(`${baseUrl}${path}`, {
      ...init,
      ...(options.signal && { signal: options.signal }),
      headers: {
        ...init.headers,
        ...(options.token && { authorization: `Bearer ${options.token}` }),
      },
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }

  #send(path: string, body: unknown, options?: PlatformEnvsRequestOptions) {
    return this.request(path, options, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
