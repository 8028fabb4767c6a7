import { GitFile } from '@fairway/plugin-platform-envs-node';
import { posix } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { flatten, isSecretName, Setting } from './settings';

const generator = z.looseObject({
  name: z.string().default('unnamed'),
  literals: z.array(z.string()).optional(),
  envs: z.array(z.string()).optional(),
  env: z.string().optional(),
  files: z.array(z.string()).optional(),
});

const patch = z.union([
  z.string(),
  z.looseObject({
    path: z.string().optional(),
    patch: z.string().optional(),
    target: z
      .looseObject({ kind: z.string(), name: z.string() })
      .partial()
      .optional(),
  }),
]);

const kustomization = z.looseObject({
  configMapGenerator: z.array(generator).optional(),
  secretGenerator: z.array(generator).optional(),
  replicas: z
    .array(z.looseObject({ name: z.string(), count: z.coerce.number() }))
    .optional(),
  patches: z.array(patch).optional(),
  patchesStrategicMerge: z.array(patch).optional(),
  patchesJson6902: z.array(patch).optional(),
});

/** Told elsewhere (images), or different by nature (namespace), or no setting at all. */
const NO_SETTINGS = [
  'apiVersion',
  'kind',
  'images',
  'namespace',
  'configMapGenerator',
  'secretGenerator',
  'replicas',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
];

/**
 * What an overlay says apart from its images: literals of generated ConfigMaps,
 * names (never values) of generated Secrets, replicas, and whatever its patches
 * set.
 *
 * @param files - all files of the overlay's folder, by path
 * @throws Error - the kustomization cannot be understood.
 */
export function readOverlaySettings(
  path: string,
  files: ReadonlyMap<string, GitFile>,
): Setting[] {
  const folder = posix.dirname(path);
  const textOf = (name: string) =>
    files.get(posix.normalize(posix.join(folder, name)))?.content;
  const document = kustomization.parse(parse(files.get(path)?.content ?? ''));
  return [
    ...(document.replicas ?? []).map(
      ({ name, count }): Setting => ({
        group: 'replicas',
        key: name,
        value: String(count),
      }),
    ),
    ...(document.configMapGenerator ?? []).flatMap(g =>
      literalsOf(g, textOf).map(([key, value]) => literal(g.name, key, value)),
    ),
    ...(document.secretGenerator ?? []).flatMap(g =>
      literalsOf(g, textOf).map(([key, value]) => ({
        ...literal(g.name, key, value),
        isSecret: true,
      })),
    ),
    ...[
      ...(document.patches ?? []),
      ...(document.patchesStrategicMerge ?? []),
      ...(document.patchesJson6902 ?? []),
    ].flatMap(p => patchSettings(p, textOf)),
    ...flatten(
      Object.fromEntries(
        Object.entries(document).filter(([key]) => !NO_SETTINGS.includes(key)),
      ),
    ).map(leaf => other(leaf.path, leaf.value)),
  ];
}

/**
 * What a `.tfvars.json` file says apart from its image.
 *
 * @throws Error - it is no JSON.
 */
export function readTfvarsSettings(content: string): Setting[] {
  return flatten(JSON.parse(content))
    .filter(({ path: [first] }) => !/^image_/.test(first))
    .map(({ path, value }): Setting => {
      const [first] = path;
      const key = path.join('.');
      if (first === 'desired_count') return { group: 'replicas', key, value };
      if (/^(cpu|memory)/.test(first))
        return { group: 'resources', key, value };
      if (/^env(ironment)?(_|$)/.test(first)) {
        return setting('environment', path.slice(1).join('.') || key, value);
      }
      return other(path, value);
    });
}

type Generator = z.infer<typeof generator>;

function literalsOf(
  { literals = [], envs = [], env, files = [] }: Generator,
  textOf: (name: string) => string | undefined,
): Array<[key: string, value: string]> {
  const assigned = (line: string): [string, string] => {
    const at = line.indexOf('=');
    const value = line.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2');
    return at < 0 ? [line, ''] : [line.slice(0, at), value];
  };
  return [
    ...literals.map(assigned),
    ...[...envs, ...(env ? [env] : [])].flatMap(name =>
      (textOf(name) ?? '')
        .split(/\r?\n/)
        .filter(line => line.trim() && !line.startsWith('#'))
        .map(assigned),
    ),
    ...files.map((entry): [string, string] => {
      const [key, name] = entry.includes('=')
        ? assigned(entry)
        : [posix.basename(entry), entry];
      return [key, textOf(name) ?? '(not in this folder)'];
    }),
  ];
}

function patchSettings(
  given: z.infer<typeof patch>,
  textOf: (name: string) => string | undefined,
): Setting[] {
  const inline = typeof given === 'string' ? undefined : given.patch;
  const file = typeof given === 'string' ? given : given.path;
  const isText = typeof given === 'string' && given.includes('\n');
  const text = inline ?? (isText ? file : file && textOf(file)) ?? '';
  const target =
    typeof given === 'string'
      ? undefined
      : [given.target?.kind, given.target?.name].filter(Boolean).join(' ');
  return parseAllDocuments(text).flatMap(document => {
    const content: unknown = document.toJS();
    if (Array.isArray(content)) {
      return content.map((step): Setting => {
        const { op, path, value } = step as Record<string, unknown>;
        const said = value === undefined ? '' : JSON.stringify(value);
        return setting('other', `${target} · ${op} ${path}`, said);
      });
    }
    return content && typeof content === 'object'
      ? mergeSettings(content as Record<string, unknown>)
      : [];
  });
}

/** What a strategic merge patch sets, said as people speak of it. */
function mergeSettings(content: Record<string, unknown>): Setting[] {
  const { apiVersion, kind, metadata, ...rest } = content;
  const name = (metadata as { name?: string } | undefined)?.name;
  const object = [kind, name].filter(Boolean).join(' ');
  const isSecret = kind === 'Secret';
  return flatten(rest).flatMap(({ path, value }): Setting[] => {
    const env = path.indexOf('env');
    const resources = path.indexOf('resources');
    if (path.at(-1) === 'name' && path.at(-2) === value) return [];
    if (path.join('.') === 'spec.replicas') {
      return [{ group: 'replicas', key: object, value }];
    }
    if (env > 0 && path.length > env + 1) {
      const [variable, ...how] = path.slice(env + 1);
      const from = how[0] === 'valueFrom' ? ` (${how.join('.')})` : '';
      return [setting('environment', `${object} · ${variable}${from}`, value)];
    }
    if (resources > 0) {
      const what = path
        .slice(resources + 1)
        .reverse()
        .join(' ');
      return [{ group: 'resources', key: `${object} · ${what}`, value }];
    }
    if (kind === 'ConfigMap' && path[0] === 'data') {
      return [literal(name ?? '', path.slice(1).join('.'), value)];
    }
    return [
      {
        ...setting('other', `${object} · ${path.join('.')}`, value),
        ...(isSecret && { isSecret }),
      },
    ];
  });
}

function literal(map: string, key: string, value: string): Setting {
  return setting('literal', `${map} · ${key}`, value);
}

function other(path: string[], value: string): Setting {
  return setting('other', path.join('.'), value);
}

function setting(group: Setting['group'], key: string, value: string): Setting {
  return { group, key, value, ...(isSecretName(key) && { isSecret: true }) };
}
