import { Entity, stringifyEntityRef } from '@backstage/catalog-model';

/** A template, as the gallery shows it. */
export interface GalleryTemplate {
  ref: string;
  namespace: string;
  name: string;
  title: string;
  description: string;
  /** `spec.type`: service, website, library. */
  type: string;
  tags: string[];
  ownerRef?: string;
  /** What a run leaves behind, in the order in which it comes to be. */
  gives: string[];
}

/** What each action leaves behind. Templates are read, not annotated: this cannot grow old. */
const GIVES: Array<[action: RegExp, what: string]> = [
  [/^(fairway:repository:publish|publish:(?!.*pull))/, 'Repository with CI'],
  [/pull-?request|merge-?request/i, 'Pull request'],
  [/^fairway:registry:create$/, 'Image registry'],
  [/^fairway:gitops:overlays$/, 'Every environment prepared'],
  [/^fairway:database:/, 'Database'],
  [/^(fairway:)?catalog:register$/, 'Catalog entry and docs'],
  [/^fairway:delivery:track$/, 'Running in the first environment'],
];

/** Reads a Template entity; undefined when it is none. */
export function readTemplate(entity: Entity): GalleryTemplate | undefined {
  if (entity.kind !== 'Template') return undefined;
  const { metadata, spec, relations } = entity;
  const actions = Array.isArray(spec?.steps)
    ? spec.steps.map(step => String((step as { action?: unknown })?.action))
    : [];
  return {
    ref: stringifyEntityRef(entity),
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    title: metadata.title ?? metadata.name,
    description: metadata.description ?? '',
    type: String(spec?.type ?? 'other'),
    tags: metadata.tags ?? [],
    ownerRef: relations?.find(({ type }) => type === 'ownedBy')?.targetRef,
    gives: GIVES.filter(([action]) => actions.some(id => action.test(id))).map(
      ([, what]) => what,
    ),
  };
}

/** Which templates are shown. */
export interface GalleryFilter {
  /** Words, all of which have to occur. */
  query: string;
  tags: string[];
}

/** Those that have all words and all tags, recommended first, by title. */
export function filterTemplates(
  templates: GalleryTemplate[],
  { query, tags }: GalleryFilter,
): GalleryTemplate[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return templates
    .filter(template => {
      const text = [
        template.title,
        template.name,
        template.description,
        template.type,
        ...template.tags,
      ]
        .join(' ')
        .toLocaleLowerCase();
      return (
        words.every(word => text.includes(word)) &&
        tags.every(tag => template.tags.includes(tag))
      );
    })
    .sort(
      (a, b) =>
        Number(b.tags.includes('recommended')) -
          Number(a.tags.includes('recommended')) ||
        a.title.localeCompare(b.title),
    );
}

/** Kinds that people look for, in that order; others follow by name. */
const KINDS: Array<[type: string, title: string]> = [
  ['service', 'Services'],
  ['website', 'Websites'],
  ['worker', 'Workers'],
  ['library', 'Libraries'],
  ['resource', 'Databases and other resources'],
  ['database', 'Databases'],
];

/** Templates by kind, each kind once, without empty ones. */
export function groupByKind(
  templates: GalleryTemplate[],
): Array<{ type: string; title: string; templates: GalleryTemplate[] }> {
  const types = [...new Set(templates.map(({ type }) => type))].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b),
  );
  return types.map(type => ({
    type,
    title: KINDS.find(([known]) => known === type)?.[1] ?? capital(type),
    templates: templates.filter(template => template.type === type),
  }));
}

function rank(type: string): number {
  const index = KINDS.findIndex(([known]) => known === type);
  return index < 0 ? KINDS.length : index;
}

function capital(word: string): string {
  return word ? `${word[0].toUpperCase()}${word.slice(1)}` : 'Other';
}
