import { parseEntityRef } from '@backstage/catalog-model';
import {
  compareDeliveryStates,
  Overview,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { InputError } from '@backstage/errors';
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

/** What the board can be asked for. */
export const querySchema = z.object({
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
  /** `platform` (then by name) unless told; `worst` first; by `name`; `changed` last first. */
  sort: z.enum(['platform', 'worst', 'name', 'changed']).optional(),
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
  const matching = sorted(
    overview.rows.filter(row => isWanted(row, query)),
    query.sort,
  );
  const after = query.cursor ? positionAfter(matching, query.cursor) : 0;
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

/** @throws InputError - the row that the page before ended with is gone. */
function positionAfter(rows: OverviewRow[], cursor: string): number {
  const index = rows.findIndex(row => row.component.ref === cursor);
  if (index < 0) {
    throw new InputError(
      `cursor: ${cursor} is not among the rows any more; begin with the first page again`,
    );
  }
  return index + 1;
}

/** A new order of the rows; within it, as they come: by platform and name. */
function sorted(
  rows: OverviewRow[],
  sort: OverviewQuery['sort'],
): OverviewRow[] {
  switch (sort) {
    case 'name':
      return rows.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
    case 'worst':
      return rows.toSorted((a, b) =>
        compareDeliveryStates(worstOf(a), worstOf(b)),
      );
    case 'changed':
      return rows.toSorted((a, b) => changedAt(b).localeCompare(changedAt(a)));
    default:
      return rows;
  }
}

function nameOf({ component }: OverviewRow): string {
  return component.title ?? component.name;
}

function worstOf({ cells }: OverviewRow) {
  const [worst = 'healthy'] = cells
    .map(({ state }) => state)
    .sort(compareDeliveryStates);
  return worst;
}

/** When any of its cells came into its present state; those of which nobody knows come last. */
function changedAt({ cells }: OverviewRow): string {
  return cells.reduce(
    (latest, { since = '' }) => (since > latest ? since : latest),
    '',
  );
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
