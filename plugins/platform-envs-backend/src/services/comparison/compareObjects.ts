import {
  ObjectComparison,
  RenderedComparison,
} from '@fairway/plugin-platform-envs-common';
import {
  KubernetesDocument,
  ManagedObject,
} from '@fairway/plugin-platform-envs-node';
import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';

/** Characters. What is longer is cut, so that one object cannot fill the answer. */
const MAX_TEXT = 100_000;

/** Lines around a change. */
const CONTEXT = 4;

/** Written by the deployment system or the cluster for its own sake. */
const OWN_WORDS =
  /^(argocd\.argoproj\.io\/|kubectl\.kubernetes\.io\/last-applied|deployment\.kubernetes\.io\/)/;

/** What differs between two environments without meaning a difference. */
const BY_NATURE = [
  'metadata.namespace',
  'labels and annotations of the deployment system',
  'labels that name the environment',
];

/** What only a cluster writes: Git never says it. */
const KEPT_BY_CLUSTER = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

const BY_CLUSTER = ['status and metadata that the cluster keeps'];

const ENVIRONMENT_LABEL = 'fairway.dev/environment';

/** Objects that belong together, of both sides. */
export interface ObjectPair {
  from?: KubernetesDocument;
  to?: KubernetesDocument;
}

/** What would be applied in two environments, object by object. */
export function compareRendered(
  from: KubernetesDocument[],
  to: KubernetesDocument[],
): RenderedComparison {
  const pairs = new Map<string, ObjectPair>();
  for (const [side, documents] of [
    ['from', from],
    ['to', to],
  ] as const) {
    for (const document of documents) {
      const key = identityOf(document).join('/');
      pairs.set(key, { ...pairs.get(key), [side]: withoutNature(document) });
    }
  }
  return { objects: compareObjects([...pairs.values()]), setAside: BY_NATURE };
}

/** What runs against what Git says of it, object by object. */
export function compareLive(managed: ManagedObject[]): RenderedComparison {
  return {
    objects: compareObjects(
      managed
        .filter(({ live, desired }) => live || desired)
        .map(({ live, desired }) => ({
          from: live && withoutKeeping(live),
          to: desired && withoutKeeping(desired),
        })),
    ),
    setAside: BY_CLUSTER,
  };
}

/** Both sides of each object; differing ones first, then by kind and name. */
export function compareObjects(pairs: ObjectPair[]): ObjectComparison[] {
  return pairs
    .map(compareObject)
    .sort(
      (a, b) =>
        Number(a.state === 'same') - Number(b.state === 'same') ||
        a.kind.localeCompare(b.kind) ||
        a.name.localeCompare(b.name),
    );
}

function compareObject({ from, to }: ObjectPair): ObjectComparison {
  const [group, kind, name] = identityOf((from ?? to)!);
  const base = { group, kind, name };
  const [before, after] = mask(from, to);
  const isSame = from && to && stringifySorted(from) === stringifySorted(to);
  if (isSame) return { ...base, state: 'same' };
  const texts = [before, after].map(d => d && cut(stringifySorted(d)));
  return {
    ...base,
    state: stateOf(from, to),
    ...(texts[0] && { from: texts[0] }),
    ...(texts[1] && { to: texts[1] }),
    diff: unifiedDiff(texts[0] ?? '', texts[1] ?? ''),
    ...(kind === 'Secret' && { masked: true }),
  };
}

function stateOf(
  from: KubernetesDocument | undefined,
  to: KubernetesDocument | undefined,
): ObjectComparison['state'] {
  if (!to) return 'onlyFrom';
  return from ? 'different' : 'onlyTo';
}

/** Hunks only: which files they are of is said beside them. */
function unifiedDiff(from: string, to: string): string {
  const patch = createTwoFilesPatch('a', 'b', from, to, '', '', {
    context: CONTEXT,
    timeout: 2_000,
  });
  return patch ? patch.slice(Math.max(0, patch.indexOf('@@'))) : '';
}

/** Values of Secrets are replaced; that they differ can still be seen. */
function mask(
  from: KubernetesDocument | undefined,
  to: KubernetesDocument | undefined,
): Array<KubernetesDocument | undefined> {
  const hide = (
    document: KubernetesDocument | undefined,
    other: KubernetesDocument | undefined,
    side: string,
  ) => {
    if (document?.kind !== 'Secret') return document;
    const hidden: KubernetesDocument = { ...document };
    for (const part of ['data', 'stringData'] as const) {
      if (!document[part]) continue;
      const others = valuesOf(other?.[part]);
      hidden[part] = Object.fromEntries(
        Object.entries(valuesOf(document[part])).map(([key, value]) => [
          key,
          others[key] === undefined || others[key] === value
            ? '(hidden)'
            : `(hidden, another value ${side})`,
        ]),
      );
    }
    return hidden;
  };
  return [hide(from, to, 'before'), hide(to, from, 'after')];
}

function valuesOf(part: unknown): Record<string, unknown> {
  return part !== null && typeof part === 'object'
    ? (part as Record<string, unknown>)
    : {};
}

function identityOf({ apiVersion, kind, metadata }: KubernetesDocument) {
  const group = apiVersion?.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind ?? 'Unknown', metadata?.name ?? 'unnamed'];
}

function withoutNature(document: KubernetesDocument): KubernetesDocument {
  const clean = (value: unknown, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map(v => clean(v, [...path, '*']));
    if (value === null || typeof value !== 'object') return value;
    const parent = path.at(-1);
    const isWords = parent === 'labels' || parent === 'annotations';
    return Object.fromEntries(
      Object.entries(value)
        .filter(
          ([key]) =>
            !(isWords && (OWN_WORDS.test(key) || key === ENVIRONMENT_LABEL)) &&
            !(path.join('.') === 'metadata' && key === 'namespace'),
        )
        .map(([key, item]) => [key, clean(item, [...path, key])]),
    );
  };
  return clean(document, []) as KubernetesDocument;
}

function withoutKeeping({
  status,
  metadata,
  ...document
}: KubernetesDocument): KubernetesDocument {
  return {
    ...document,
    ...(metadata && {
      metadata: Object.fromEntries(
        Object.entries(metadata).filter(([key]) => !KEPT_BY_CLUSTER.has(key)),
      ),
    }),
  };
}

function stringifySorted(document: KubernetesDocument): string {
  return stringify(document, { sortMapEntries: true, lineWidth: 0 });
}

function cut(text: string): string {
  return text.length > MAX_TEXT
    ? `${text.slice(0, MAX_TEXT)}\n# ${
        text.length - MAX_TEXT
      } more characters\n`
    : text;
}
