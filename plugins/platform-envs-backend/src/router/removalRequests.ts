import { plannedThingSchema } from '@fairway/plugin-platform-envs-common';
import { z } from 'zod';
import { parse, refOf } from './parameters';

/** Comments and reasons, in characters: a page of text. */
const MAX_TEXT = 2000;
/** Files of a component and what else it has. */
const MAX_THINGS = 500;

const text = z.string().trim().min(1, 'must not be empty').max(MAX_TEXT);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');

/** A planned thing, by the schema that plans are read with everywhere. */
const thing = z.unknown().transform((value, context) => {
  const parsed = plannedThingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

/** What the list can be asked for. */
export const removalsQuery = z.object({
  scope: z.enum(['waiting', 'open', 'all']).default('open'),
  componentRef: refOf('component').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** What is asked to be taken away. */
export const requestBody = z.strictObject({
  componentRef: refOf('component'),
  reason: text,
  taskId: z.string().min(1).max(64).optional(),
  things: z.array(thing).max(MAX_THINGS),
  foreign: z.array(z.string().max(1000)).max(MAX_THINGS),
  keepImages: z.boolean(),
  despiteDependents: z.boolean(),
});

/** A decision. */
export const decideBody = z.strictObject({
  verdict: z.enum(['approve', 'reject']),
  comment: text,
  planDigest: digest,
});

/** A withdrawal. */
export const cancelBody = z.strictObject({ reason: text });

/** The plan that the run is about to carry out. */
export const beginBody = z.strictObject({ planDigest: digest });

/** What the run did. */
export const stepBody = z.strictObject({
  id: z.string().min(1).max(40),
  title: z.string().min(1).max(100),
  state: z.enum(['running', 'done', 'failed']),
  sentence: z.string().max(MAX_TEXT),
  link: z
    .strictObject({ title: z.string().max(100), url: z.url().max(2000) })
    .optional(),
});

const idParameter = z.object({
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a removal id'),
});

/** The removal that a path names. @throws InputError */
export function removalIdOf(parameters: unknown): string {
  return parse(idParameter, parameters).id;
}
