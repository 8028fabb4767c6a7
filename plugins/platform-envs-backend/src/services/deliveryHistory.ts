import {
  ComponentDelivery,
  DeliveryCell,
  isSameRelease,
  DeliveryRow,
  parseImageReference,
  Release,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentHistoryEntry,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';

const COMMIT = /^[0-9a-f]{40}$/;

/** What is known beside the deployment itself. */
export interface HistoryContext {
  row: DeliveryRow;
  /** Author and message of a commit, as far as known. */
  metadataOf(revision: string): RevisionMetadata | undefined;
  /** Page of a commit of the desired state. */
  urlOf?(revision: string): string;
  /** What Git said at a commit, as far as known. */
  releaseAt(revision: string): Release | undefined;
}

/** The past deployments behind a cell, oldest first, as far as they tell when. */
export function deliveryHistory(
  cell: DeliveryCell,
  { history = [] }: Deployment,
  context: HistoryContext,
): ComponentDelivery['history'] {
  const latest = history.at(-1);
  return history.flatMap(entry => {
    const at = entry.deployedAt ?? entry.deployStartedAt;
    if (!at) return [];
    const { revision } = entry;
    const metadata = revision ? context.metadataOf(revision) : undefined;
    const release =
      (revision ? context.releaseAt(revision) : undefined) ??
      (entry === latest ? runningRelease(cell) : undefined) ??
      releaseOf(entry, context.row);
    return [
      {
        environmentRef: cell.environmentRef,
        at,
        ...(release && { release }),
        ...(revision && { revision }),
        ...(revision &&
          context.urlOf &&
          COMMIT.test(revision) && { revisionUrl: context.urlOf(revision) }),
        ...(metadata?.author && { author: metadata.author }),
        ...(metadata?.message && { message: metadata.message }),
      },
    ];
  });
}

function runningRelease(cell: DeliveryCell): Release | undefined {
  if (cell.live.status !== 'ok') return undefined;
  const { revision, ...release } = cell.live.value;
  return release;
}

/** An image that is told by digest alone has the version that it has in another environment. */
function releaseOf(
  { image }: DeploymentHistoryEntry,
  { cells }: DeliveryRow,
): Release | undefined {
  if (!image) return undefined;
  try {
    const release = parseImageReference(image);
    if (release.version) return release;
    const known = cells
      .flatMap(({ desired }) => (desired.status === 'ok' ? desired.value : []))
      .find(other => other.version && isSameRelease(release, other));
    return known ? { ...release, version: known.version } : release;
  } catch {
    return undefined;
  }
}
