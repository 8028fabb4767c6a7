import { readGithubDescription } from './githubDescription';

/** A `fetch` that holds each reply of the REST API against GitHub's description. */
export interface CheckedFetch {
  fetch: typeof fetch;
  /** Operations that answered with success, in agreement. */
  agreed: Set<string>;
  /** What disagreed, with the call it was the answer to. */
  disagreements: string[];
}

/** Asks of old that GitHub still answers and no longer describes. */
const ALIASES: Array<[RegExp, string]> = [
  [/^GET (\/repos\/[^/]+\/[^/]+\/git)\/refs\//, '$1/ref/'],
];

/**
 * Checks what comes from below `api`; everything else goes by unread, and so
 * does GraphQL. A reply that disagrees is noted and refused with an error.
 */
export function checkedFetch(api: string): CheckedFetch {
  const description = readGithubDescription();
  const agreed = new Set<string>();
  const disagreements: string[] = [];
  const ask = globalThis.fetch;

  const check = async (method: string, path: string, reply: Response) => {
    const [alias, target] =
      ALIASES.find(([old]) => old.test(`${method} ${path}`)) ?? [];
    const known = alias ? `${method} ${path}`.replace(alias, target!) : path;
    const operation = description.operationOf(method, known);
    if (!operation) {
      return reply.ok ? ['GitHub describes no such operation'] : [];
    }
    const text = await reply.clone().text();
    const isJson = reply.headers.get('content-type')?.includes('json');
    if (reply.redirected && description.operations[operation]['302'] === null) {
      agreed.add(operation);
      return [];
    }
    // Unchanged, or asked for as it is.
    if (reply.status === 304 || (text && !isJson)) {
      return [];
    }
    const found = description.differences(
      operation,
      reply.status,
      text ? JSON.parse(text) : undefined,
    );
    if (reply.ok && !found.length) {
      agreed.add(operation);
    }
    return found;
  };

  return {
    agreed,
    disagreements,
    async fetch(input, init) {
      const reply = await ask(input, init);
      const url = String(input instanceof Request ? input.url : input);
      const method = (
        init?.method ?? (input instanceof Request ? input.method : 'GET')
      ).toUpperCase();
      if (!url.startsWith(`${api}/`) || method === 'HEAD') {
        return reply;
      }
      const path = decodeURIComponent(new URL(url).pathname).slice(
        new URL(api).pathname.length,
      );
      const found = await check(method, path, reply);
      if (found.length) {
        const what = `${method} ${path} (${reply.status}): ${found.join('; ')}`;
        disagreements.push(what);
        throw new Error(`disagrees with GitHub's description: ${what}`);
      }
      return reply;
    },
  };
}
