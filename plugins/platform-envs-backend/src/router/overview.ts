import { parseEntityRef } from '@backstage/catalog-model';
import { Overview, OverviewRow } from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { EnvironmentService } from '../services/EnvironmentService';
import { Gatekeeper, readerOf } from './authorize';
import { parse } from './parameters';
import { RevisionStreams } from './RevisionStreams';

const STATES = [
  'degraded',
  'missing',
  'out-of-sync',
  'progressing',
  'unknown',
  'suspended',
  'not-deployed',
  'healthy',
] as const;

const querySchema = z.object({
  /** Entity ref or name of a system. */
  system: z.string().max(200).optional(),
  /** Entity ref or name of an owner. */
  owner: z.string().max(200).optional(),
  /** Rows with a cell in one of these states, comma-separated. */
  state: z
    .string()
    .max(200)
    .transform(value => value.split(','))
    .pipe(z.array(z.enum(STATES)))
    .optional(),
  /** Part of a component's name or title, in any case. */
  q: z.string().max(100).optional(),
  /** The `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(5000).optional(),
});

type OverviewQuery = z.infer<typeof querySchema>;

/** `/overview`: the board, and hints that it changed. */
export function createOverviewRouter(
  options: Gatekeeper & {
    environments: EnvironmentService;
    streams: RevisionStreams;
  },
): express.Router {
  const { environments, streams } = options;
  const router = Router();

  router.get('/overview', async (req, res) => {
    await readerOf(options, req);
    const query = parse(querySchema, req.query);
    const etag = `W/"${environments.getEtag()}-${digest(query)}"`;
    res.set('Cache-Control', 'private, no-cache');
    res.set('ETag', etag);
    if (
      req
        .get('if-none-match')
        ?.split(/\s*,\s*/)
        .includes(etag)
    ) {
      res.status(304).end();
      return;
    }
    if (Object.keys(query).length === 0) {
      res.type('json').send(environments.getOverviewJson());
    } else {
      res.json(page(environments.getOverview(), query));
    }
  });

  router.get('/overview/stream', async (req, res) => {
    const credentials = await readerOf(options, req);
    streams.open(credentials, res);
  });

  return router;
}

function page(overview: Overview, query: OverviewQuery): Overview {
  const matching = overview.rows.filter(row => isWanted(row, query));
  const after = query.cursor
    ? matching.findIndex(row => row.component.ref === query.cursor) + 1
    : 0;
  const rows = matching.slice(
    after,
    query.limit ? after + query.limit : undefined,
  );
  const isLast = after + rows.length >= matching.length;
  return {
    ...overview,
    rows,
    ...(!isLast && { nextCursor: rows.at(-1)?.component.ref }),
  };
}

function isWanted({ component, cells }: OverviewRow, query: OverviewQuery) {
  const { system, owner, state, q } = query;
  const text = `${component.name} ${component.title ?? ''}`.toLowerCase();
  return (
    (!system || isRef(component.systemRef, system)) &&
    (!owner || isRef(component.ownerRef, owner)) &&
    (!state || cells.some(cell => state.includes(cell.state))) &&
    (!q || text.includes(q.toLowerCase()))
  );
}

/** Whether a full ref is meant by what a person wrote: the ref itself, or just its name. */
function isRef(ref: string | undefined, wanted: string): boolean {
  if (!ref) return false;
  return ref === wanted.toLowerCase() || parseEntityRef(ref).name === wanted;
}

function digest(query: OverviewQuery): string {
  return createHash('sha1')
    .update(JSON.stringify(query))
    .digest('base64url')
    .slice(0, 8);
}
