import { ResponseError } from '@backstage/errors';
import { FetchApi } from '@backstage/frontend-plugin-api';
import {
  ComponentNameAnswer,
  componentNameAnswerSchema,
  componentNamePath,
  explainComponentName,
  NameInPlace,
  NamePlace,
} from '@fairway/plugin-platform-envs-common';

/** What a place is called in a sentence. */
export const PLACE_WORDS: Record<NamePlace, string> = {
  catalog: 'Catalog',
  repository: 'GitHub',
  registry: 'ECR',
  desiredState: 'Desired state',
};

/**
 * Asks the scaffolder whether a name is free on a platform.
 *
 * @throws Error - it refuses, or cannot be reached; the message says why.
 */
export async function checkName(
  { fetch }: FetchApi,
  name: string,
  system: string,
  signal?: AbortSignal,
): Promise<ComponentNameAnswer> {
  const response = await fetch(
    `plugin://scaffolder${componentNamePath(name, system)}`,
    { signal },
  );
  if (!response.ok) throw (await ResponseError.fromResponse(response)).cause;
  return componentNameAnswerSchema.parse(await response.json());
}

/** Why a text cannot be a name, as a sentence; undefined when it can. */
export function refusalOf(name: string): string | undefined {
  const reason = explainComponentName(name);
  if (!reason) return undefined;
  return name.length > 40
    ? `That is ${name.length.toLocaleString('en')} characters: ${reason}.`
    : `${reason[0].toUpperCase()}${reason.slice(1)}.`;
}

/** The places that stand in the way of a name, as one sentence; undefined when none does. */
export function obstacleOf(
  { name, places }: ComponentNameAnswer,
  ignored: NamePlace[] = [],
): string | undefined {
  const there = places.filter(
    ({ place, state }) =>
      (state === 'taken' || state === 'mine') && !ignored.includes(place),
  );
  if (!there.length) return undefined;
  return `"${name}" exists already (${there
    .map(({ place }) => PLACE_WORDS[place])
    .join(', ')}): choose another name`;
}

/**
 * What of the form's errors still holds for a name: those of another one do
 * not, and what the field says by itself need not be said twice.
 */
export function currentErrors(errors: string[], name: string): string[] {
  if (!name) return errors.filter(error => error === 'is missing');
  return refusalOf(name)
    ? []
    : errors.filter(error => error.startsWith(`"${name}"`));
}

/** What a place says of a name. */
export function sayPlace(found: NameInPlace): string {
  switch (found.state) {
    case 'free':
      return `${PLACE_WORDS[found.place]}: free`;
    case 'unknown':
      return `${PLACE_WORDS[found.place]}: could not be checked: ${
        found.reason
      }. It is checked again before anything is created.`;
    default:
      return sayWhere(found);
  }
}

function sayWhere({ place, state, whose, what }: NameInPlace): string {
  const owner = whose?.replace(/^group:(default\/)?/, '');
  const by = state === 'mine' ? `yours (${owner})` : owner && `of ${owner}`;
  return `${PLACE_WORDS[place]} has ${what}${by ? `, ${by}` : ''}`;
}
