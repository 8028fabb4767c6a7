import { FastifyInstance } from 'fastify';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { revisionsOf, sourcesOf } from '../../world/argocd/sources';
import { Application } from '../../world/argocd/types';

/** Plain pages, so that links to Argo CD land somewhere that tells the same. */
export function addPages(server: FastifyInstance, engine: ArgocdEngine): void {
  server.get('/', async (_request, reply) => reply.redirect('/applications'));

  server.get('/applications', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(
      page(
        'Applications',
        `<table><tr><th>Application</th><th>Project</th><th>Sync</th><th>Health</th></tr>${engine.store
          .list()
          .map(
            ({ metadata, spec, status }) =>
              `<tr><td><a href="/applications/${escape(
                `${metadata.namespace}/${metadata.name}`,
              )}">${escape(metadata.name)}</a></td><td>${escape(
                spec.project,
              )}</td><td>${escape(status.sync.status)}</td><td>${escape(
                status.health.status,
              )}</td></tr>`,
          )
          .join('')}</table>`,
      ),
    ),
  );

  const show = (name: string) => {
    const application = engine.store.get(name);
    return application
      ? { status: 200, html: applicationPage(application) }
      : {
          status: 404,
          html: page(
            'No such application',
            `<p>There is no application <code>${escape(
              name,
            )}</code>. <a href="/applications">All applications</a></p>`,
          ),
        };
  };
  server.get<{ Params: { namespace: string; name: string } }>(
    '/applications/:namespace/:name',
    async (request, reply) => {
      const { status, html } = show(request.params.name);
      return reply.code(status).type('text/html; charset=utf-8').send(html);
    },
  );
  server.get<{ Params: { name: string } }>(
    '/applications/:name',
    async (request, reply) => {
      const { status, html } = show(request.params.name);
      return reply.code(status).type('text/html; charset=utf-8').send(html);
    },
  );
}

function applicationPage({ metadata, spec, status }: Application): string {
  const row = (title: string, value: unknown) =>
    `<tr><th>${title}</th><td>${escape(String(value ?? 'none'))}</td></tr>`;
  return page(
    metadata.name,
    `<table>${[
      row('Project', spec.project),
      ...sourcesOf(spec).flatMap(source => [
        row('Repository', source.repoURL),
        row('Path', source.path ?? source.chart),
        row('Target revision', source.targetRevision),
      ]),
      row('Destination', spec.destination.name ?? spec.destination.server),
      row(
        'Sync',
        `${status.sync.status} (${
          revisionsOf(status.sync).join(', ') || 'never'
        })`,
      ),
      row('Health', status.health.status),
      row('Images', status.summary.images?.join(', ')),
      row(
        'Last operation',
        status.operationState &&
          `${status.operationState.phase}: ${status.operationState.message}`,
      ),
    ].join('')}</table>
<h2>Resources</h2><table>${(status.resources ?? [])
      .map(r =>
        row(
          escape(`${r.kind} ${r.name}`),
          [r.status, r.health?.status, r.health?.message]
            .filter(Boolean)
            .join(' · '),
        ),
      )
      .join('')}</table>
<h2>History</h2><table>${[...(status.history ?? [])]
      .reverse()
      .map(h =>
        row(String(h.id), `${h.deployedAt} ${revisionsOf(h).join(', ')}`),
      )
      .join('')}</table>
<p><a href="/applications">All applications</a></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(
    title,
  )} – Argo CD (sandbox)</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}th{text-align:left;padding-right:2rem;vertical-align:top}td{overflow-wrap:anywhere}</style></head><body><h1>${escape(
    title,
  )}</h1><p>Argo CD of the sandbox.</p>${body}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
