import { LoggerService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  ComponentDelivery,
  DeliveryCell,
  EnvironmentSummary,
  isSameRelease,
} from '@fairway/plugin-platform-envs-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNRELEASED_TAG } from '../gitops/types';

/** The board is fed by pushes, so a look is cheap; this is what people notice. */
const POLL_MS = 2_000;

/**
 * A rollout may look degraded for a moment while its first pods come up; one
 * that stays so this long has failed.
 */
const DEGRADED_FOR_MS = 45_000;

/** The newest run of a repository's CI on its default branch. */
export interface Build {
  state: 'running' | 'succeeded' | 'failed';
  /** Where a person sees it. */
  url: string;
}

/** Options of {@link followDelivery}. */
export interface FollowDeliveryOptions {
  component: string;
  /** Short name; the first in promotion order when absent. */
  environment?: string;
  timeoutSeconds: number;
  /** Milliseconds between looks. */
  pollMs?: number;
  logger: LoggerService;
  signal?: AbortSignal;
  /** Undefined while the portal does not know the component. */
  read: () => Promise<ComponentDelivery | undefined>;
  /** How CI stands, asked while there is no release; undefined when unknown. */
  readBuild?: () => Promise<Build | undefined>;
  /** Milliseconds. */
  now?: () => number;
}

/**
 * Looks at a component until the release that Git wants runs healthy in the
 * environment. Each change is one line in the log.
 *
 * @returns the cell in that state; or, where the portal has no source that says
 *   what runs, the cell as soon as Git wants a release.
 * @throws Error - it stayed degraded, the environment is not one of its own, or
 *   time is up; the message is the last thing that was known.
 */
export async function followDelivery(
  options: FollowDeliveryOptions,
): Promise<DeliveryCell> {
  const { component, logger, signal, timeoutSeconds } = options;
  const now = options.now ?? Date.now;
  const deadline = now() + timeoutSeconds * 1000;
  let last = '';
  let lastKey = '';
  let degradedSince: number | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const look = await lookOnce(options);
    last = look.sentence;
    if (look.key !== lastKey) {
      logger.info(look.sentence);
      lastKey = look.key;
    }
    if (look.cell && (isDelivered(look.cell) || isOutOfSight(look.cell))) {
      return look.cell;
    }
    if (look.buildFailed) {
      throw new Error(
        `${look.sentence} What was created stays; push a fix, and it is delivered without running this again`,
      );
    }
    degradedSince = look.failed ? degradedSince ?? now() : undefined;
    if (
      degradedSince !== undefined &&
      now() - degradedSince >= DEGRADED_FOR_MS
    ) {
      throw new Error(
        `${component} does not come up: ${look.sentence}${details(
          look.cell!,
        )}. What was created stays; push a fix, and it is delivered without running this again`,
      );
    }
    if (now() >= deadline) {
      throw new Error(
        `${component} was not healthy within ${timeoutSeconds} s. Last seen: ${last} What was created stays and goes on by itself; its page in the portal shows how`,
      );
    }
    await sleep(options.pollMs ?? POLL_MS, undefined, { signal });
  }
}

interface Look {
  sentence: string;
  /** Changes when there is something new to tell; the sentence may count seconds. */
  key: string;
  buildFailed?: boolean;
  cell?: DeliveryCell;
  /** The released image runs badly. */
  failed?: boolean;
}

async function lookOnce(options: FollowDeliveryOptions): Promise<Look> {
  const look = await lookAtCell(options);
  return { key: look.sentence, ...look };
}

async function lookAtCell(
  options: FollowDeliveryOptions,
): Promise<Omit<Look, 'key'> & { key?: string }> {
  const { component, read } = options;
  let delivery: ComponentDelivery | undefined;
  try {
    delivery = await read();
  } catch (error) {
    if (error instanceof ServiceUnavailableError) {
      return { sentence: `${error.message}; trying again.` };
    }
    throw error;
  }
  if (!delivery) {
    return {
      sentence: `Waiting until the portal has taken ${component} into its catalog.`,
    };
  }
  const environment = pickEnvironment(delivery, options);
  if (!environment) {
    return {
      sentence: `Waiting until the portal knows the environments of ${component}.`,
    };
  }
  const cell = delivery.row.cells.find(
    candidate => candidate.environmentRef === environment.ref,
  );
  if (!cell) {
    return {
      sentence: `Waiting until ${component} appears in ${environment.title}.`,
    };
  }
  const where = environment.shortName;
  if (
    cell.desired.status !== 'ok' ||
    cell.desired.value.version === UNRELEASED_TAG
  ) {
    const { desired } = cell;
    const why = desired.status === 'ok' ? undefined : desired.reason;
    return { cell, ...(await lookAtBuild(options, where, why)) };
  }
  const { version, digest } = cell.desired.value;
  return {
    cell,
    sentence: `${version ?? digest} in ${where}: ${cell.sentence}`,
    key: [digest ?? version, cell.sync, cell.health, cell.state].join(),
    failed: cell.health === 'Degraded',
  };
}

async function lookAtBuild(
  { component, readBuild }: FollowDeliveryOptions,
  where: string,
  why: string | undefined,
): Promise<{
  sentence: string;
  buildFailed?: boolean;
}> {
  const build = await readBuild?.();
  switch (build?.state) {
    case 'failed':
      return {
        sentence: `CI could not build the first image of ${component}: ${build.url}.`,
        buildFailed: true,
      };
    case 'running':
      return {
        sentence: `CI builds the first image of ${component}: ${build.url}`,
      };
    case 'succeeded':
      return {
        sentence: `CI has built the first image of ${component}; waiting until it is in the GitOps repository.`,
      };
    default:
      return {
        sentence: `Waiting for the first release of ${component} in ${where}${
          why ? ` (${why})` : ''
        }.`,
      };
  }
}

/** The environment to watch; undefined when the component has none yet. */
function pickEnvironment(
  delivery: ComponentDelivery,
  { component, environment: shortName }: FollowDeliveryOptions,
): EnvironmentSummary | undefined {
  const { environments } = delivery;
  if (!shortName) return environments[0];
  const found = environments.find(e => e.shortName === shortName);
  if (!found && environments.length > 0) {
    throw new Error(
      `${component} does not run in "${shortName}"; its environments are ${environments
        .map(e => e.shortName)
        .join(', ')}`,
    );
  }
  return found;
}

function isDelivered({ desired, live, sync, health }: DeliveryCell): boolean {
  return (
    desired.status === 'ok' &&
    live.status === 'ok' &&
    desired.value.version !== UNRELEASED_TAG &&
    sync === 'Synced' &&
    health === 'Healthy' &&
    (isSameRelease(desired.value, live.value) ??
      desired.value.version === live.value.version)
  );
}

/**
 * Whether Git has the release and nothing here can say what became of it: no
 * source reads what runs in the environment. Waiting would not change that; the
 * cell's sentence says so.
 */
function isOutOfSight({ desired, source }: DeliveryCell): boolean {
  return (
    source.state === 'absent' &&
    desired.status === 'ok' &&
    desired.value.version !== UNRELEASED_TAG
  );
}

function details(cell: DeliveryCell): string {
  const messages = (cell.resources ?? [])
    .filter(({ message, health }) => message && health !== 'Healthy')
    .map(({ kind, name, message }) => `${kind} ${name}: ${message}`);
  return messages.length > 0 ? ` (${messages.join('; ')})` : '';
}
