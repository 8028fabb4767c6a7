import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { IdentityApi } from '@backstage/frontend-plugin-api';
import { CatalogApi } from '@backstage/plugin-catalog-react';
import { titleOf } from '../../platforms/readPlatforms';

/** What entities a template asks for: keys of an entity, with the values that do. */
export type MyEntitiesFilter =
  | Record<string, string | string[]>
  | Array<Record<string, string | string[]>>;

/** Something of mine, as a form offers it. */
export interface MyEntity {
  ref: string;
  /** What people call it; its name where nobody said. */
  title: string;
  name: string;
  /** `service`; of what is no component also its kind, as in `api openapi`. */
  kind: string;
  /** What people call its system. */
  system?: string;
  /** What people call the group, or the person. */
  owner: string;
}

/** What reading them takes. */
export interface MyEntitiesSources {
  catalog: CatalogApi;
  identity: Pick<IdentityApi, 'getBackstageIdentity'>;
}

const FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'spec.type',
  'relations',
];

/** What whoever is signed in owns, in person or by a group, by title. */
export async function readMyEntities(
  { catalog, identity }: MyEntitiesSources,
  filter: MyEntitiesFilter = {},
): Promise<MyEntity[]> {
  const { ownershipEntityRefs } = await identity.getBackstageIdentity();
  // no owner at all would be no condition
  if (!ownershipEntityRefs.length) return [];
  const { items } = await catalog.getEntities({
    filter: [filter].flat().map(one => ({
      ...one,
      'relations.ownedBy': ownershipEntityRefs,
    })),
    fields: FIELDS,
  });
  const nameOf = await readTitles(
    catalog,
    items.flatMap(item => [
      ...related(item, 'partOf', 'system'),
      ...related(item, 'ownedBy'),
    ]),
  );
  return items
    .map((item): MyEntity => {
      const { kind, metadata, spec } = item;
      const [system] = related(item, 'partOf', 'system');
      const owners = related(item, 'ownedBy');
      const mine =
        owners.find(ref => ownershipEntityRefs.includes(ref)) ?? owners[0];
      const type = typeof spec?.type === 'string' ? spec.type : '';
      return {
        ref: stringifyEntityRef(item),
        title: metadata.title ?? metadata.name,
        name: metadata.name,
        kind:
          kind === 'Component' && type
            ? type
            : [kind.toLowerCase(), type].filter(Boolean).join(' '),
        ...(system && { system: nameOf.get(system)! }),
        owner: nameOf.get(mine) ?? mine,
      };
    })
    .sort(
      (a, b) =>
        a.title.localeCompare(b.title) || a.ref.localeCompare(b.ref, 'en'),
    );
}

/** The ones that have every word of a query somewhere in what is shown of them. */
export function findMine(entities: MyEntity[], query: string): MyEntity[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return entities.filter(({ ref, title, kind, system, owner }) => {
    const text = [title, ref, kind, system, owner]
      .join(' ')
      .toLocaleLowerCase();
    return words.every(word => text.includes(word));
  });
}

async function readTitles(
  catalog: CatalogApi,
  refs: string[],
): Promise<Map<string, string>> {
  const entityRefs = [...new Set(refs)];
  if (!entityRefs.length) return new Map();
  const { items } = await catalog.getEntitiesByRefs({
    entityRefs,
    fields: ['kind', 'metadata', 'spec.profile'],
  });
  return new Map(entityRefs.map((ref, i) => [ref, titleOf(ref, items[i])]));
}

function related(entity: Entity, type: string, kind?: string): string[] {
  return (entity.relations ?? [])
    .filter(
      relation =>
        relation.type === type &&
        (!kind || parseEntityRef(relation.targetRef).kind === kind),
    )
    .map(({ targetRef }) => targetRef);
}
