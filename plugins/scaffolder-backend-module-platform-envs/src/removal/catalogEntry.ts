import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_ORIGIN_LOCATION,
  Entity,
  RELATION_DEPENDS_ON,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { FoundThings } from './types';

/** What would become of the catalog's entries: the location goes where nothing else comes from it. */
export async function findCatalogEntry(options: {
  catalog: CatalogService;
  entity: Entity;
  credentials: BackstageCredentials;
}): Promise<FoundThings> {
  const { catalog, entity, credentials } = options;
  const name = stringifyEntityRef(entity);
  const target = originOf(entity);
  const location = target
    ? await findLocation(catalog, target, credentials)
    : undefined;
  const others = target
    ? await othersFrom(catalog, target, entity, credentials)
    : [];
  const isRemoved = Boolean(location) && others.length === 0;
  const why = location
    ? `Its location also holds ${others.join(
        ', ',
      )}; take it out of ${target} there.`
    : `It was not registered but configured (${
        target ?? 'nothing says where'
      }); take it out there.`;
  return {
    things: [
      {
        kind: 'catalogEntry',
        name,
        where: 'catalog',
        change: isRemoved ? 'remove' : 'keep',
        ...(target && { properties: [{ name: 'location', value: target }] }),
        ...(!isRemoved && { note: why }),
      },
      ...resourcesOf(entity).map(resource => ({
        kind: 'catalogEntry' as const,
        name: resource,
        where: 'catalog',
        change: 'keep' as const,
        note: 'What it holds stays; remove it by itself when nobody needs it.',
      })),
    ],
    foreign: [],
  };
}

/** Unregisters a location; one that is gone stays gone. */
export async function unregister(options: {
  catalog: CatalogService;
  target: string;
  credentials: BackstageCredentials;
}): Promise<boolean> {
  const { catalog, target, credentials } = options;
  const location = await findLocation(catalog, target, credentials);
  if (!location) return false;
  await catalog.removeLocationById(location.id, { credentials });
  return true;
}

/** Databases, buckets and the like that the component says it needs. */
function resourcesOf(entity: Entity): string[] {
  return (entity.relations ?? [])
    .filter(({ type, targetRef }) => {
      return type === RELATION_DEPENDS_ON && targetRef.startsWith('resource:');
    })
    .map(({ targetRef }) => targetRef)
    .sort();
}

/** URL that the entity was registered with. */
export function originOf(entity: Entity): string | undefined {
  const origin = entity.metadata.annotations?.[ANNOTATION_ORIGIN_LOCATION];
  return origin?.startsWith('url:') ? origin.slice('url:'.length) : undefined;
}

async function findLocation(
  catalog: CatalogService,
  target: string,
  credentials: BackstageCredentials,
) {
  const { items } = await catalog.getLocations({}, { credentials });
  return items.find(({ target: known }) => known === target);
}

/** Other components that come from the same location. */
async function othersFrom(
  catalog: CatalogService,
  target: string,
  entity: Entity,
  credentials: BackstageCredentials,
): Promise<string[]> {
  const { items } = await catalog.getEntities(
    {
      filter: {
        kind: 'Component',
        [`metadata.annotations.${ANNOTATION_ORIGIN_LOCATION}`]: `url:${target}`,
      },
      fields: ['kind', 'metadata.name', 'metadata.namespace'],
    },
    { credentials },
  );
  const own = stringifyEntityRef(entity);
  return items
    .map(item => stringifyEntityRef(item))
    .filter(ref => ref !== own)
    .sort();
}
