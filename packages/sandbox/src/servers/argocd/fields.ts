import { Application } from '../../world/argocd/types';

/**
 * The fields that a list can be cut down to. Argo CD keeps this list by hand;
 * what is not in it cannot be asked for, and is left out without a word.
 */
const LIST_FIELDS: Record<string, (app: Application) => unknown> = {
  'metadata.name': app => app.metadata.name,
  'metadata.namespace': app => app.metadata.namespace,
  'metadata.annotations': app => app.metadata.annotations,
  'metadata.labels': app => app.metadata.labels,
  'metadata.creationTimestamp': app => app.metadata.creationTimestamp,
  'metadata.deletionTimestamp': app => app.metadata.deletionTimestamp,
  spec: app => app.spec,
  'status.sync.status': app => app.status.sync.status,
  'status.health': app => app.status.health,
  'status.summary': app => app.status.summary,
  'status.operationState.startedAt': app =>
    app.status.operationState?.startedAt,
  'status.operationState.finishedAt': app =>
    app.status.operationState?.finishedAt,
  'status.resources': app =>
    app.status.resources?.length ? app.status.resources : undefined,
  'operation.sync': app => app.operation?.sync,
  'status.operationState.phase': app => app.status.operationState?.phase,
  // The result under the operation's name: a slip of Argo CD's that clients rely on.
  'status.operationState.operation.sync': app =>
    app.status.operationState?.syncResult,
};

interface FieldSelection {
  fields: Set<string>;
  /** `fields=-a,b`: everything but these. */
  exclude: boolean;
}

function parseFields(query: string | undefined): FieldSelection | undefined {
  if (!query) {
    return undefined;
  }
  const exclude = query.startsWith('-');
  return {
    fields: new Set((exclude ? query.slice(1) : query).split(',')),
    exclude,
  };
}

/** Cuts the applications of a list down to `fields`, by Argo CD's rules for lists. */
export function selectListFields(
  applications: Application[],
  query: string | undefined,
): unknown[] {
  const selection = parseFields(query);
  if (!selection) {
    return applications;
  }
  return applications.map(application => {
    const cut: Record<string, any> = {};
    for (const [field, read] of Object.entries(LIST_FIELDS)) {
      const value = read(application);
      if (
        selection.fields.has(`items.${field}`) === selection.exclude ||
        value === undefined
      ) {
        continue;
      }
      const parts = field.split('.');
      const parent = parts
        .slice(0, -1)
        .reduce((node, part) => (node[part] ??= {}), cut);
      parent[parts.at(-1)!] = value;
    }
    return cut;
  });
}

/** Cuts a message of a stream (or another reply) down to `fields`, by path. */
export function selectFields(message: object, query: string | undefined): any {
  const selection = parseFields(query);
  const copy = structuredClone(message);
  if (selection) {
    cutDown([], copy, selection);
  }
  return copy;
}

function cutDown(path: string[], item: any, selection: FieldSelection): void {
  if (Array.isArray(item)) {
    item.forEach(entry => cutDown(path, entry, selection));
    return;
  }
  if (!item || typeof item !== 'object') {
    return;
  }
  for (const key of Object.keys(item)) {
    const inner = [...path, key];
    const name = inner.join('.');
    const named = selection.fields.has(name);
    const onTheWay =
      named || [...selection.fields].some(field => field.startsWith(name));
    if (selection.exclude ? named : !onTheWay) {
      delete item[key];
    } else if (!named) {
      cutDown(inner, item[key], selection);
    }
  }
}
