import {
  DeliveryCell,
  FirstDeliveryStepState,
  Reading,
} from '@fairway/plugin-platform-envs-common';
import {
  BuildRun,
  ImageReplica,
  StoredImage,
} from '@fairway/plugin-platform-envs-node';
import { UNRELEASED } from '../../overlay';

/** What the world says about a component on its way. */
export interface FirstDeliveryFacts {
  repositoryUrl: string;
  /** Asked while Git has no release; absent: not asked. */
  build?: Reading<BuildRun | undefined>;
  /** The newest image of its repository; absent: not asked. */
  image?: Reading<StoredImage | undefined>;
  /** Copies of that image; absent: not asked. */
  replicas?: Reading<ImageReplica[]>;
  /** Regions in which the platform runs too. */
  secondRegions: string[];
  /** The board's cell; absent while the board does not know the component. */
  cell?: DeliveryCell;
}

const MINUTE_MS = 60_000;

/** How long something may look wrong before it has stopped the delivery. */
export const PATIENCE_MS = {
  /** GitHub queues runs; more than this means that none is coming. */
  noBuild: 5 * MINUTE_MS,
  /** From the end of a good build to the release in Git. */
  noRelease: 5 * MINUTE_MS,
  /** Argo CD looks at Git every three minutes unless it is told. */
  notFollowed: 4 * MINUTE_MS,
  /** Argo CD tries a failed sync again by itself. */
  syncFailed: MINUTE_MS,
  /** First pods may be seen as degraded for a moment. */
  degraded: 45_000,
  /** From the end of a good build to an image in the registry. */
  noImage: MINUTE_MS,
  /** A healthy service waits no longer than this for copies of its image. */
  replication: 2 * MINUTE_MS,
};

/** How one step of a first delivery stands. */
export interface Verdict {
  state: FirstDeliveryStepState;
  sentence: string;
  /** ISO 8601 UTC, where the world says when. */
  at?: string;
  link?: { title: string; url: string };
  /** Wrong, but it may mend itself for so long. */
  wrong?: {
    key: string;
    patienceMs: number;
    /** What to say once that has passed; the same as before when absent. */
    sentence?: string;
  };
}

/** What Git asks for, once that is a release. */
export function desiredRelease(cell: DeliveryCell | undefined) {
  if (cell?.desired.status !== 'ok') return undefined;
  return cell.desired.value.version === UNRELEASED
    ? undefined
    : cell.desired.value;
}

/** The page of what deploys the component there; absent when there is none. */
export function applicationLink(
  cell: DeliveryCell,
): { title: string; url: string } | undefined {
  const found = cell.links.find(
    link => link.type === 'argocd' || link.type === 'aws',
  );
  return found && { title: found.title, url: found.url };
}
