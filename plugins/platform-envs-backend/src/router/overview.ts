import { UserInfoService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { OVERVIEW_SORTS } from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { EnvironmentService } from '../services/EnvironmentService';
import { LineQuery } from '../services/selectLines';
import { Gatekeeper, readerOf } from './authorize';
import { PackedAnswer } from './PackedAnswer';
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

const flag = z
  .enum(['true', 'false'])
  .transform(value => value === 'true')
  .optional();

/** What the board can be asked for. */
export const querySchema = z.object({
  /** Entity ref or name of a system. */
  system: z.string().max(200).optional(),
  /** Entity ref or name of an owner. */
  owner: z.string().max(200).optional(),
  /** Rows that whoever asks owns, or one of their groups. */
  mine: flag,
  /** Rows that somebody should look at. */
  attention: flag,
  /** Rows with a cell in one of these states, comma-separated. */
  state: z
    .string()
    .max(200)
    .transform(value => value.split(','))
    .pipe(z.array(z.enum(STATES)))
    .optional(),
  /** Only these components: entity refs, comma-separated. Those that are gone are left out. */
  component: z
    .string()
    .max(10_000)
    .transform(value => value.split(','))
    .pipe(z.array(z.string().max(200)).max(50))
    .optional(),
  /** Words that all occur in what a row shows, in any case. */
  q: z.string().max(100).optional(),
  /** `platform` (then by name) unless told; `worst` first; by `name`; `changed` last first. */
  sort: z.enum(OVERVIEW_SORTS).optional(),
  /** The `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  /** Rows on a page, 1 to 500; 50 unless told. `all` for the board as a whole. */
  limit: z
    .union([z.literal('all'), z.coerce.number().int().min(1).max(500)])
    .optional(),
});

/** `/overview`: the board, and hints that it changed. */
export function createOverviewRouter(
  options: Gatekeeper & {
    userInfo: UserInfoService;
    environments: EnvironmentService;
    streams: RevisionStreams;
  },
): express.Router {
  const { environments, streams } = options;
  const whole = new PackedAnswer();
  const router = Router();

  router.get('/overview', async (req, res) => {
    const credentials = await readerOf(options, req);
    const { mine, ...asked } = parse(querySchema, req.query);
    const query: LineQuery = asked;
    if (mine) {
      if (credentials.principal.type !== 'user') {
        throw new InputError('mine: a service owns nothing; leave it out');
      }
      const { ownershipEntityRefs } = await options.userInfo.getUserInfo(
        credentials,
      );
      query.mine = new Set(
        ownershipEntityRefs.map(ref => ref.toLocaleLowerCase('en-US')),
      );
    }
    const etag = `W/"${environments.getRevision()}-${digest(query)}"`;
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
    const json = () => environments.getOverviewJson(query);
    res.type('json');
    res.vary('Accept-Encoding');
    if (query.limit === 'all' && req.acceptsEncodings('gzip')) {
      res.set('Content-Encoding', 'gzip').send(await whole.get(etag, json));
    } else {
      res.send(json());
    }
  });

  router.get('/overview/stream', async (req, res) => {
    const credentials = await readerOf(options, req);
    streams.open(credentials, res);
  });

  return router;
}

function digest(query: LineQuery): string {
  return createHash('sha1')
    .update(
      JSON.stringify({ ...query, mine: query.mine && [...query.mine].sort() }),
    )
    .digest('base64url')
    .slice(0, 8);
}
