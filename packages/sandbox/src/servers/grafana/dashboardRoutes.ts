import { FastifyInstance, FastifyRequest } from 'fastify';
import {
  Dashboard,
  dashboards,
  slugOf,
} from '../../world/observability/dashboards';
import { observedServices } from '../../world/observability/observedServices';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { DATASOURCE_UID } from './createGrafanaServer';

const MOST_FOUND = 5_000;

/** Search, folders, dashboards, data sources and annotations. */
export function addDashboardRoutes(
  server: FastifyInstance,
  world: World,
): void {
  server.get('/api/search', async request => {
    const p = query(request);
    const limit = whole(p, 'limit', 1_000);
    const page = Math.max(1, whole(p, 'page', 1));
    const found = search(world, p);
    const size = Math.min(limit || 1_000, MOST_FOUND);
    return found.slice((page - 1) * size, page * size);
  });

  server.get('/api/folders', async () =>
    world.platforms.map(({ system }, index) => ({
      id: folderId(index),
      uid: system,
      title: system,
    })),
  );

  server.get('/api/dashboards/uid/:uid', async request => {
    const { uid } = request.params as { uid: string };
    const dashboard = dashboards(world).find(d => d.uid === uid);
    if (!dashboard) {
      throw new HttpError(404, 'Dashboard not found', { status: 'not-found' });
    }
    return {
      meta: {
        type: 'db',
        canSave: false,
        canEdit: false,
        canAdmin: false,
        canStar: false,
        canDelete: false,
        slug: dashboard.slug,
        url: urlOf(dashboard),
        version: 1,
        isFolder: false,
        provisioned: true,
        folderUid: dashboard.folder,
        folderTitle: dashboard.folder,
        folderUrl: folderUrl(dashboard.folder),
      },
      dashboard: model(dashboard),
    };
  });

  server.get('/api/datasources', async () => [datasource(world)]);
  server.get('/api/datasources/uid/:uid', async request => {
    const { uid } = request.params as { uid: string };
    if (uid !== DATASOURCE_UID) {
      throw new HttpError(404, 'Data source not found');
    }
    return datasource(world);
  });

  server.get('/api/annotations', async request => {
    const p = query(request);
    const from = whole(p, 'from', 0);
    const to = whole(p, 'to', world.clock.now().getTime());
    const tags = p.getAll('tags');
    return observedServices(world)
      .filter(({ application }) => world.argocd?.store.get(application))
      .flatMap(({ service, environment, deployedMs }) =>
        deployedMs.map(time => ({
          id: Math.floor(time / 1000) % 2_147_483_647,
          dashboardUID: service.slice(0, 40),
          time,
          timeEnd: time,
          text: `${service} was deployed to ${environment}`,
          tags: ['deployment', service, environment],
        })),
      )
      .filter(
        ({ time, tags: own, dashboardUID }) =>
          time >= from &&
          time <= to &&
          tags.every(tag => own.includes(tag)) &&
          (!p.has('dashboardUID') || p.get('dashboardUID') === dashboardUID),
      )
      .sort((a, b) => b.time - a.time)
      .slice(0, whole(p, 'limit', 100));
  });
}

/** Where a dashboard is shown. */
export function urlOf({ uid, slug }: Dashboard): string {
  return `/d/${uid}/${slug}`;
}

function search(world: World, p: URLSearchParams) {
  const text = (p.get('query') ?? '').toLowerCase();
  const tags = p.getAll('tag');
  const type = p.get('type') ?? '';
  const uids = [...p.getAll('dashboardUIDs'), ...p.getAll('dashboardUID')]
    .flatMap(list => list.split(','))
    .filter(Boolean);
  const folders = p.getAll('folderUIDs').flatMap(list => list.split(','));

  const folderHits = world.platforms.map(({ system }, index) => ({
    id: folderId(index),
    uid: system,
    orgId: 1,
    title: system,
    uri: `db/${slugOf(system)}`,
    url: folderUrl(system),
    slug: '',
    type: 'dash-folder',
    tags: [] as string[],
    isStarred: false,
    sortMeta: 0,
    isDeleted: false,
  }));
  const dashboardHits = dashboards(world).map(dashboard => ({
    id: dashboard.id,
    uid: dashboard.uid,
    orgId: 1,
    title: dashboard.title,
    uri: `db/${dashboard.slug}`,
    url: urlOf(dashboard),
    slug: '',
    type: 'dash-db',
    tags: dashboard.tags,
    isStarred: false,
    folderId: folderId(
      world.platforms.findIndex(({ system }) => system === dashboard.folder),
    ),
    folderUid: dashboard.folder,
    folderTitle: dashboard.folder,
    folderUrl: folderUrl(dashboard.folder),
    sortMeta: 0,
    isDeleted: false,
  }));
  return [...folderHits, ...dashboardHits].filter(
    hit =>
      (!type || hit.type === type) &&
      hit.title.toLowerCase().includes(text) &&
      tags.every(tag => hit.tags.includes(tag)) &&
      (uids.length === 0 || uids.includes(hit.uid)) &&
      (folders.length === 0 ||
        ('folderUid' in hit && folders.includes(`${hit.folderUid}`))),
  );
}

function model({ id, uid, title, tags, environments, panels }: Dashboard) {
  return {
    id,
    uid,
    title,
    tags,
    schemaVersion: 41,
    version: 1,
    editable: false,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    templating: {
      list: [
        {
          name: 'environment',
          type: 'custom',
          query: environments.join(','),
          current: { text: environments.at(-1), value: environments.at(-1) },
          options: environments.map(value => ({ text: value, value })),
        },
      ],
    },
    panels: panels.map((panel, index) => ({
      id: panel.id,
      type: 'timeseries',
      title: panel.title,
      gridPos: { x: 8 * index, y: 0, w: 8, h: 8 },
      datasource: { type: 'prometheus', uid: DATASOURCE_UID },
      fieldConfig: { defaults: { unit: panel.unit }, overrides: [] },
      targets: [{ refId: 'A', expr: panel.expr }],
    })),
  };
}

function datasource(world: World) {
  return {
    id: 1,
    uid: DATASOURCE_UID,
    orgId: 1,
    name: 'Prometheus',
    type: 'prometheus',
    typeName: 'Prometheus',
    typeLogoUrl: '',
    access: 'proxy',
    url: `${world.urls.grafana}/prometheus`,
    user: '',
    database: '',
    basicAuth: false,
    isDefault: true,
    jsonData: { httpMethod: 'POST' },
    readOnly: true,
  };
}

function folderUrl(system: string): string {
  return `/dashboards/f/${system}/${slugOf(system)}`;
}

function folderId(index: number): number {
  return 1_000 + index;
}

/** Repeated parameters are kept. */
export function query(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.url.split('?')[1] ?? '');
}

function whole(p: URLSearchParams, name: string, otherwise: number): number {
  const text = p.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}
