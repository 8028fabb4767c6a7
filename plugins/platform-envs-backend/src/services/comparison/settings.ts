import { ConfigDifference } from '@fairway/plugin-platform-envs-common';

/** One setting of one side. */
export interface Setting {
  group: ConfigDifference['group'];
  key: string;
  value: string;
  /** Its value is told nowhere. */
  isSecret?: boolean;
}

/** Names of settings whose values are nobody's business, whatever kind of file they stand in. */
const SECRET_NAME =
  /(secret|passw(or)?d|token|credential|private[-_.]?key|api[-_.]?key|access[-_.]?key|connection[-_.]?string|(^|[-_.])dsn$|(^|[-_.])auth$)/i;

const GROUPS: ConfigDifference['group'][] = [
  'replicas',
  'literal',
  'environment',
  'resources',
  'other',
];

/** Whether a setting of that name may hold a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/**
 * What differs between two sides, by group and key.
 *
 * @param byNature - values that stand for the same on both sides, such as the
 * names of the environments themselves
 */
export function diffSettings(
  from: Setting[],
  to: Setting[],
  byNature: Array<[from: string, to: string]> = [],
): ConfigDifference[] {
  const [before, after] = [from, to].map(byId);
  const isNatural = (a: string, b: string) =>
    byNature.some(([x, y]) => a.split(x).join('\0') === b.split(y).join('\0'));
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((id): ConfigDifference[] => {
      const [a, b] = [before.get(id), after.get(id)];
      if (a?.value === b?.value) return [];
      if (a && b && isNatural(a.value, b.value)) return [];
      const { group, key } = (a ?? b)!;
      if (a?.isSecret || b?.isSecret) {
        return [
          {
            group,
            key,
            ...(a && { from: '(hidden)' }),
            ...(b && { to: '(hidden)' }),
            masked: true,
          },
        ];
      }
      return [
        { group, key, ...(a && { from: a.value }), ...(b && { to: b.value }) },
      ];
    })
    .sort(
      (a, b) =>
        GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) ||
        a.key.localeCompare(b.key),
    );
}

/** Every value of a document with the path that leads to it; lists of named things go by name. */
export function flatten(
  value: unknown,
  path: string[] = [],
): Array<{ path: string[]; value: string }> {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return value.flatMap((item, index) =>
      flatten(item, [...path, names[index] ?? String(index)]),
    );
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) =>
      flatten(item, [...path, key]),
    );
  }
  return value === undefined ? [] : [{ path, value: String(value) }];
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

function byId(settings: Setting[]): Map<string, Setting> {
  return new Map(settings.map(s => [`${s.group} ${s.key}`, s]));
}
