import { Deployment } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotShape } from '../database/SnapshotStore';
import { CatalogView } from './CatalogView';
import { RepositoryState } from './DesiredState';

/*
 * Shapes of what is saved over a restart. They check what reading code relies
 * on; a snapshot of an older version that does not fit is dropped and rebuilt.
 */

const text = z.string();
const list = z.array(z.unknown());

const environment = z.looseObject({
  ref: text,
  title: text,
  shortName: text,
  systemRef: text,
  runtime: text,
  regions: list,
  links: list,
  delivery: z.looseObject({ approverRefs: list }),
  gitops: z
    .looseObject({ repository: text, branch: text, path: text })
    .optional(),
});

const component = z.looseObject({
  component: z.looseObject({ ref: text, name: text }),
  gitopsName: text,
  environmentRefs: z.array(text),
  applications: z.record(text, z.looseObject({ exact: z.boolean() })),
  links: list,
  problems: z.array(text),
});

export const savedCatalog = z.looseObject({
  environments: z.array(environment),
  components: z.array(component),
  databases: z.record(
    text,
    z.looseObject({ globalCluster: text, accountId: text }),
  ),
  databaseAbsence: z.record(text, text),
  problems: z.array(text),
}) as unknown as SnapshotShape<CatalogView>;

export const savedRepository = z.looseObject({
  repository: text,
  branch: text,
  state: text,
  entries: z.record(text, z.looseObject({ path: text, blobSha: text })),
}) as unknown as SnapshotShape<RepositoryState>;

export const savedObservation: SnapshotShape<{ observedAt?: string }> =
  z.looseObject({ observedAt: text.optional() });

export const savedDeployment = z.looseObject({
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
}) as unknown as SnapshotShape<Deployment>;
