/** An object whose fields are looked at. */
export type Fields = Record<string, unknown>;

const ENTITY_REF =
  /^(?:(?<kind>[A-Za-z][A-Za-z0-9]*):)?(?:[a-z0-9]([a-z0-9-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Longest quotation of a bad value in a message, in characters. */
const QUOTE_LIMIT = 80;

/** Complains of what is none of the allowed words. */
export function oneOf(
  path: string,
  value: unknown,
  allowed: readonly string[],
): string[] {
  return allowed.includes(value as string)
    ? []
    : [problem(path, value, `one of ${allowed.join(', ')}`)];
}

/** Complains of what is no text of that pattern; `allowed` says it in words. */
export function matches(
  path: string,
  value: unknown,
  pattern: RegExp,
  allowed: string,
): string[] {
  return typeof value === 'string' && pattern.test(value)
    ? []
    : [problem(path, value, allowed)];
}

/** Complains of what is no whole number, or one below the minimum. */
export function wholeNumber(
  path: string,
  value: unknown,
  minimum: number,
): string[] {
  return Number.isSafeInteger(value) && (value as number) >= minimum
    ? []
    : [problem(path, value, `a whole number, ${minimum} or more`)];
}

/**
 * Complains of what refers to no entity of those kinds. The first kind is the
 * one that a reference without a kind means.
 */
export function entityRef(
  path: string,
  value: unknown,
  kinds: string[],
): string[] {
  const match = typeof value === 'string' ? ENTITY_REF.exec(value) : undefined;
  const kind = match?.groups?.kind?.toLocaleLowerCase('en-US') ?? kinds[0];
  return match && kinds.includes(kind)
    ? []
    : [
        problem(
          path,
          value,
          `a reference to a ${kinds.join(' or ')}, such as ${
            kinds[0]
          }:default/name`,
        ),
      ];
}

/** As {@link entityRef}, for a list. */
export function entityRefs(
  path: string,
  value: unknown,
  kinds: string[],
): string[] {
  return Array.isArray(value)
    ? value.flatMap((v, i) => entityRef(`${path}[${i}]`, v, kinds))
    : [problem(path, value, `a list of references to a ${kinds.join(' or ')}`)];
}

/** What is said of a field that may be left out. */
export function optional(
  value: unknown,
  validate: (value: unknown) => string[],
): string[] {
  return value === undefined ? [] : validate(value);
}

/**
 * Unknown fields are allowed, for others to add to; one that is nearly a known
 * field is a slip that would silently switch off a rule.
 */
export function misspelled(
  path: string,
  fields: Fields,
  known: string[],
): string[] {
  return Object.keys(fields)
    .filter(name => !known.includes(name))
    .flatMap(name => {
      const meant = known.find(k => plain(k) === plain(name));
      return meant
        ? [`${path}.${name} is not known; did you mean ${path}.${meant}?`]
        : [];
    });
}

function plain(name: string): string {
  return name
    .toLocaleLowerCase('en-US')
    .replace(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
}

/** A sentence that names the field, what was found there and what is allowed. */
export function problem(path: string, value: unknown, allowed: string): string {
  const found =
    value === undefined || value === null ? 'missing' : quote(value);
  return `${path} is ${found}; it must be ${allowed}`;
}

/** A value as JSON, cut where it is long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > QUOTE_LIMIT ? `${text.slice(0, QUOTE_LIMIT)}…` : text;
}

/** Whether a value is an object with fields: no list and not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
