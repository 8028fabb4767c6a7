import { Agent } from 'node:https';
import fetch from 'node-fetch';
import { giveWay } from '../../rightOfWay';

/** How one cluster is called. */
export interface KubernetesApiOptions {
  /** Without trailing slash. */
  url: string;
  token: string;
  /** Base64 of PEM. Absent: the public authorities. */
  caData?: string;
  /** Ends every call. */
  signal: AbortSignal;
}

/** An answer of a cluster that is no success. */
export class KubernetesAnswerError extends Error {
  constructor(
    readonly status: number,
    /** What the cluster said, where it said it as a `Status`. */
    readonly said?: string,
  ) {
    super(said ?? `HTTP ${status}`);
    this.name = 'KubernetesAnswerError';
  }
}

/** Objects of a list that come at once. */
const PAGE = 500;

/** Longer lists are refused rather than cut short. */
const MOST_PAGES = 40;

/** Bytes of one page: 500 nodes with all their images are about 10 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

interface List<T> {
  items?: T[];
  metadata?: { continue?: string };
}

/**
 * Lists of one Kubernetes cluster. Plain calls, since the client of Kubernetes
 * costs 50 MB of memory for the four of them.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export class KubernetesApi {
  readonly #agent?: Agent;

  constructor(private readonly options: KubernetesApiOptions) {
    const { url, caData } = options;
    if (!url.startsWith('https:')) return;
    this.#agent = new Agent({
      keepAlive: true,
      ...(caData && { ca: Buffer.from(caData, 'base64') }),
    });
  }

  /**
   * Every object below a path.
   *
   * @throws KubernetesAnswerError - the answer is no success, or no list.
   */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({
        limit: String(PAGE),
        ...(next && { continue: next }),
      });
      const list = await this.#get<List<T>>(`${path}?${query}`);
      if (!Array.isArray(list.items)) {
        throw new KubernetesAnswerError(200, 'an answer that is no list');
      }
      items.push(...list.items);
      next = list.metadata?.continue;
      if (!next) return items;
    }
    throw new KubernetesAnswerError(
      200,
      `more than ${PAGE * MOST_PAGES} objects below ${path}`,
    );
  }

  /** Gives the connections back. */
  close(): void {
    this.#agent?.destroy();
  }

  async #get<T>(path: string): Promise<T> {
    const { url, token, signal } = this.options;
    const response = await fetch(`${url}${path}`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      agent: this.#agent,
      // a token must not follow to another place
      redirect: 'error',
      size: MOST_BYTES,
      signal: signal as never,
    });
    const text = await response.text();
    await giveWay();
    const body = parsed(text);
    if (!response.ok) {
      const { message } = (body ?? {}) as { message?: unknown };
      throw new KubernetesAnswerError(
        response.status,
        typeof message === 'string' ? message.slice(0, 300) : undefined,
      );
    }
    if (!body)
      throw new KubernetesAnswerError(200, 'an answer that is no JSON');
    return body as T;
  }
}

function parsed(text: string): object | undefined {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}
