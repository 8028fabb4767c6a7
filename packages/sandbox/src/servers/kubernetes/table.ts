import { KubeObject } from '../../world/kubernetes/KubeObject';
import { age, column, COLUMNS } from './tableColumns';

/** Whether the client asked for a table, as kubectl does. */
export function wantsTable(accept: string | undefined): boolean {
  return /as=Table;v=v1;g=meta\.k8s\.io/.test(accept ?? '');
}

/** Objects as a `meta.k8s.io/v1` Table. */
export function toTable(
  objects: KubeObject[],
  kind: string,
  metadata: object,
  now: Date,
  includeObject = 'Metadata',
): object {
  const name = column('Name', object => object.metadata.name);
  const own = COLUMNS[kind] ?? [age];
  const columns = kind === 'Event' ? own : [name, ...own];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((c, index) => ({
      name: c.name,
      type: 'string',
      format: index === 0 && c.name === 'Name' ? 'name' : '',
      description: '',
      priority: c.priority ?? 0,
    })),
    rows: objects.map(object => ({
      cells: columns.map(c => c.value(object, now)),
      ...rowObject(object, includeObject),
    })),
  };
}

/** What a row carries besides its cells: metadata, everything, or nothing. */
function rowObject(object: KubeObject, includeObject: string) {
  switch (includeObject) {
    case 'None':
      return {};
    case 'Object':
      return { object };
    default:
      return {
        object: {
          kind: 'PartialObjectMetadata',
          apiVersion: 'meta.k8s.io/v1',
          metadata: object.metadata,
        },
      };
  }
}
