import { z } from 'zod/v3';
import { ENVIRONMENT_TIERS } from './environment';

/**
 * What a component may be called. The name becomes a repository, an image
 * repository, a folder in the GitOps repository, a Kubernetes label and part
 * of a DNS name, so it keeps to what all of them allow: 3 to 40 characters.
 *
 * @public
 */
export const COMPONENT_NAME_PATTERN = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

/** Names that mean something else already, and what. */
const RESERVED = new Map<string, string>([
  ...[...ENVIRONMENT_TIERS, 'test', 'stage', 'production', 'preview'].map(
    name => [name, 'an environment'] as const,
  ),
  ...['base', 'overlays', 'apps', 'services'].map(
    name => [name, 'a folder of the GitOps repository'] as const,
  ),
  ...['default', 'kubernetes', 'argocd', 'istio-system'].map(
    name => [name, 'something of the cluster itself'] as const,
  ),
  ...['localhost', 'www'].map(name => [name, 'a host'] as const),
]);

/** Beginnings that belong to others, and to whom. */
const RESERVED_PREFIXES: Array<[string, string]> = [
  ['kube-', 'Kubernetes'],
  ['aws-', 'AWS'],
  ['fairway-', 'the portal'],
];

/**
 * Why a text cannot be the name of a component, in words that follow the name
 * and a colon, with what to do; undefined when it can. Looks at the text only.
 *
 * @public
 */
export function explainComponentName(value: unknown): string | undefined {
  if (typeof value !== 'string' || !COMPONENT_NAME_PATTERN.test(value)) {
    return 'use 3 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen';
  }
  if (value.includes('--')) {
    return 'an image repository may not have two hyphens in a row';
  }
  const meaning = RESERVED.get(value);
  if (meaning) return `the name is reserved: it means ${meaning}. Add a word`;
  const prefix = RESERVED_PREFIXES.find(([start]) => value.startsWith(start));
  return (
    prefix &&
    `names that begin with "${prefix[0]}" belong to ${prefix[1]}. Begin with another word`
  );
}

/** Where a name must be free. @public */
export const NAME_PLACES = [
  'catalog',
  'repository',
  'registry',
  'desiredState',
] as const;

/** @public */
export type NamePlace = (typeof NAME_PLACES)[number];

/**
 * What became of looking a name up in one place. `mine`: there, and of a group
 * of whoever asks. `unknown`: it could not be found out, and `reason` says why.
 *
 * @public
 */
export const nameInPlaceSchema = z.object({
  place: z.enum(NAME_PLACES),
  state: z.enum(['free', 'taken', 'mine', 'unknown']),
  /** What was looked for, as people call it: `sample-platform-ai/orders`. */
  what: z.string(),
  /** Entity ref or name of the owner; absent when nothing says it. */
  whose: z.string().optional(),
  /** Where it can be looked at; absolute, or a path of the portal. */
  url: z.string().optional(),
  /** One sentence; always there when `unknown`. */
  reason: z.string().optional(),
});

/** @public */
export type NameInPlace = z.infer<typeof nameInPlaceSchema>;

/** Whether a name is free on a platform, one answer per place. @public */
export const componentNameAnswerSchema = z.object({
  name: z.string(),
  /** Entity ref of the System. */
  system: z.string(),
  /** In the order of {@link NAME_PLACES}. */
  places: z.array(nameInPlaceSchema),
  /** ISO 8601, UTC. */
  checkedAt: z.string(),
});

/** @public */
export type ComponentNameAnswer = z.infer<typeof componentNameAnswerSchema>;

/** Where the scaffolder answers for a name, below its base URL. @public */
export function componentNamePath(name: string, system: string): string {
  return `/platform-envs/names/${encodeURIComponent(
    name,
  )}?${new URLSearchParams({ system })}`;
}
