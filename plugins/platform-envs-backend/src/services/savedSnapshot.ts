import { Deployment } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotShape } from '../database/SnapshotStore';
import { CatalogView } from './CatalogView';
import { RepositoryState } from './DesiredState';

/*
 * Shapes of what is saved over a restart. They check what reading code relies
 * on; a snapshot of an older version that does not fit is dropped and rebuilt.
 */

/**
 * Checks a document, and gives back itself: thousands that were parsed share one
 * layout in memory, and copies of them would each have their own.
 */
function checkedBy<T>(schema: z.ZodType): SnapshotShape<T> {
  return {
    parse(document) {
      schema.parse(document);
      return document as T;
    },
  };
}

const text = z.string();
const list = z.array(z.unknown());

const environment = z.object({
  ref: text,
  title: text,
  shortName: text,
  systemRef: text,
  runtime: text,
  regions: list,
  links: list,
  delivery: z.object({ approverRefs: list }),
  gitops: z
    .looseObject({ repository: text, branch: text, path: text })
    .optional(),
});

const component = z.object({
  component: z.object({ ref: text, name: text }),
  gitopsName: text,
  environmentRefs: z.array(text),
  applications: z.record(text, z.object({ exact: z.boolean() })),
  links: list,
  problems: z.array(text),
});

export const savedCatalog = checkedBy<CatalogView>(
  z.object({
    environments: z.array(environment),
    components: z.array(component),
    databases: z.record(
      text,
      z.object({ globalCluster: text, accountId: text }),
    ),
    databaseAbsence: z.record(text, text),
    problems: z.array(text),
  }),
);

export const savedRepository = checkedBy<RepositoryState>(
  z.object({
    repository: text,
    branch: text,
    state: text,
    entries: z.record(text, z.object({ path: text, blobSha: text })),
  }),
);

export const savedObservation = checkedBy<{ observedAt?: string }>(
  z.object({ observedAt: text.optional() }),
);

export const savedDeployment = checkedBy<Deployment>(
  z.object({
    instance: text,
    name: text,
    namespace: text,
    labels: z.record(text, text),
    automated: z.boolean(),
    sync: text,
    health: text,
    images: z.array(text),
    resources: list,
    conditions: list,
  }),
);

/** What is kept of a deployment: without what its source works out again. */
export function toSavedDeployment(known: Deployment): object {
  const { managedBy } = known;
  return {
    ...known,
    managedBy: managedBy?.kind === 'ApplicationSet' ? managedBy : undefined,
    syncWindow: undefined,
    events: undefined,
  };
}
