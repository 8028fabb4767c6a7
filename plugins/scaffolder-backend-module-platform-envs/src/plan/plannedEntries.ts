import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

/** Options of {@link plannedEntries}. */
export interface PlannedEntriesOptions {
  /** Where the repository's files are, at its root or in a folder. */
  workspacePath: string;
  /** URL from which the catalog would read them. */
  target: string;
  catalog: CatalogService;
  credentials: BackstageCredentials;
}

/**
 * The entities that the catalog would read from `target`, out of the
 * `catalog-info.yaml` that lies highest in the workspace. When there is none,
 * the location itself.
 */
export async function plannedEntries(
  options: PlannedEntriesOptions,
): Promise<PlannedThing[]> {
  const { target, catalog, credentials } = options;
  const entities = await readEntities(options.workspacePath);
  if (entities.length === 0) {
    return [
      {
        kind: 'catalogEntry',
        name: target,
        where: 'catalog',
        change: 'create',
        note: 'The catalog reads what this file says after the run',
      },
    ];
  }
  const refs = entities.map(entity => stringifyEntityRef(entity));
  const { items } = await catalog.getEntitiesByRefs(
    { entityRefs: refs, fields: ['kind', 'metadata'] },
    { credentials },
  );
  return entities.map((entity, index) => ({
    kind: 'catalogEntry',
    name: refs[index],
    where: 'catalog',
    change: items[index] ? 'update' : 'create',
    properties: ['type', 'lifecycle', 'owner', 'system'].flatMap(name => {
      const value = entity.spec?.[name];
      return typeof value === 'string' ? [{ name, value }] : [];
    }),
    content: stringify(entity, { lineWidth: 0 }),
    note: `The catalog reads it from ${target}`,
  }));
}

async function readEntities(workspacePath: string): Promise<Entity[]> {
  const entries = await readdir(workspacePath, {
    recursive: true,
    withFileTypes: true,
  }).catch(error => {
    // No step of the template wrote anything.
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const [path] = entries
    .filter(entry => entry.isFile() && entry.name === 'catalog-info.yaml')
    .map(entry => join(entry.parentPath, entry.name))
    .sort(
      (a, b) =>
        relative(workspacePath, a).split('/').length -
        relative(workspacePath, b).split('/').length,
    );
  if (!path) return [];
  return parseAllDocuments(await readFile(path, 'utf8')).flatMap(document => {
    const entity = document.errors.length ? undefined : document.toJS();
    return entity?.kind && entity.metadata?.name ? [entity as Entity] : [];
  });
}
