import { FastifyReply, FastifyRequest } from 'fastify';
import { GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
a{color:#0969da;text-decoration:none}a:hover{text-decoration:underline}
pre{background:#f6f8fa;border-radius:6px;padding:1rem;overflow:auto;font:13px/1.45 ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-top:1px solid #d1d9e0;vertical-align:top}
h1{font-size:1.3rem}h2{font-size:1.05rem}small,.quiet{color:#59636e}
@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}a{color:#4493f8}pre{background:#151b23}td,th{border-color:#3d444d}small,.quiet{color:#9198a1}}`;

/** Sends a page; `body` is HTML. */
export function sendPage(
  reply: FastifyReply,
  title: string,
  body: string,
): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'",
    )
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(
        title,
      )}</title><style>${STYLE}</style><body><p><a href="/">Sandbox Git host</a></p>${body}</body></html>`,
    );
}

/** The line that a repository's pages begin with; `rest` is HTML. */
export function heading(repository: GithubRepository, rest = ''): string {
  return `<h1><a href="/${repository.fullName}">${escape(
    repository.fullName,
  )}</a>${rest}</h1>`;
}

/** What follows `tree/`, `blob/` and the like in a URL. */
export function restOf(request: FastifyRequest): string {
  return (request.params as { '*'?: string })['*'] ?? '';
}

/** Splits `<ref>/<path>`: the longest known ref wins, else the first part. */
export function splitRef(
  world: World,
  repository: GithubRepository,
  rest: string,
): { ref: string; path: string } {
  const parts = rest.split('/').filter(Boolean);
  for (let length = parts.length; length > 0; length -= 1) {
    const ref = parts.slice(0, length).join('/');
    const known = world.git
      .refs(repository.fullName)
      .some(
        ({ name }) =>
          name === `refs/heads/${ref}` || name === `refs/tags/${ref}`,
      );
    if (known) {
      return { ref, path: parts.slice(length).join('/') };
    }
  }
  return { ref: parts[0] ?? '', path: parts.slice(1).join('/') };
}

/** Text as HTML. */
export function escape(text: string): string {
  return text.replace(
    /[&<>"']/g,
    character =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }[
        character
      ]!),
  );
}
