import {
  DeliveryCell,
  FIRST_DELIVERY_STEPS,
  FirstDelivery,
  FirstDeliveryState,
  FirstDeliveryStep,
  FirstDeliveryStepId,
  FirstDeliveryStepState,
  isSameRelease,
  Reading,
  tellAges,
} from '@fairway/plugin-platform-envs-common';
import {
  BuildRun,
  ImageReplica,
  StoredImage,
} from '@fairway/plugin-platform-envs-node';
import { UNRELEASED } from '../../overlay';
import { Trouble } from '../../database/FirstDeliveryStore';

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

/** What {@link judgeFirstDelivery} makes of the facts. */
export interface FirstDeliveryJudgement {
  state: FirstDeliveryState;
  sentence: string;
  steps: FirstDeliveryStep[];
  release?: FirstDelivery['release'];
  applicationUrl?: string;
  trouble?: Trouble;
}

const MINUTE_MS = 60_000;

/** How long something may look wrong before it has stopped the delivery. */
const PATIENCE_MS = {
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

const TITLES: Record<FirstDeliveryStepId, string> = {
  repository: 'Repository',
  image: 'Image built',
  replication: 'Replicated',
  desired: 'Desired state',
  sync: 'Synced',
  health: 'Healthy',
};

interface Verdict {
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

/**
 * Decides how a first delivery stands. Level-based: the same facts give the
 * same answer, whatever was seen before, but for how long something is wrong.
 */
export function judgeFirstDelivery(
  before: FirstDelivery & { trouble?: Trouble },
  facts: FirstDeliveryFacts,
  now: Date,
): FirstDeliveryJudgement {
  const verdicts: Record<FirstDeliveryStepId, Verdict> = {
    repository: judgeRepository(before, facts),
    image: judgeImage(before, facts),
    replication: judgeReplication(before, facts),
    desired: judgeDesired(facts),
    sync: judgeSync(facts, now),
    health: judgeHealth(facts, now),
  };
  // of several things that are wrong, the last on the way tells most
  const wrongStep = FIRST_DELIVERY_STEPS.findLast(id => verdicts[id].wrong);
  const wrong = wrongStep && verdicts[wrongStep].wrong;
  const trouble =
    wrong &&
    (before.trouble?.key === wrong.key
      ? before.trouble
      : { key: wrong.key, since: now.toISOString() });
  if (
    wrong &&
    wrongStep &&
    trouble &&
    now.getTime() - Date.parse(trouble.since) >= wrong.patienceMs
  ) {
    const verdict = verdicts[wrongStep];
    verdicts[wrongStep] = {
      ...verdict,
      state: 'failed',
      sentence: wrong.sentence ?? verdict.sentence,
    };
  }
  const steps = FIRST_DELIVERY_STEPS.map(id =>
    toStep(id, verdicts[id], before, now),
  );
  const failed = steps.find(step => step.state === 'failed');
  const current = failed ?? steps.find(s => !isPast(s)) ?? steps.at(-1)!;
  const release = desiredRelease(facts.cell);
  const applicationUrl = facts.cell?.links.find(
    link => link.type === 'argocd' || link.type === 'aws',
  )?.url;
  return {
    state: failed ? 'stopped' : stateOf(steps, now),
    sentence: current.sentence,
    steps,
    ...(release && {
      release: { version: release.version, digest: release.digest },
    }),
    ...(applicationUrl && { applicationUrl }),
    ...(trouble && { trouble }),
  };
}

function stateOf(steps: FirstDeliveryStep[], now: Date): FirstDeliveryState {
  const open = steps.filter(step => !isPast(step));
  if (open.length === 0) return 'delivered';
  const [first, ...others] = open;
  if (first.id !== 'replication' || others.length > 0) return 'following';
  const healthy = steps.find(step => step.id === 'health')!;
  const waited = now.getTime() - Date.parse(healthy.at ?? '');
  return waited >= PATIENCE_MS.replication ? 'delivered' : 'following';
}

function isPast({ state }: FirstDeliveryStep): boolean {
  return state === 'done' || state === 'skipped';
}

function toStep(
  id: FirstDeliveryStepId,
  { state, sentence, at, link }: Verdict,
  before: FirstDelivery,
  now: Date,
): FirstDeliveryStep {
  const was = before.steps.find(step => step.id === id);
  const since =
    at ?? (was?.state === state ? was.at : undefined) ?? now.toISOString();
  return {
    id,
    title:
      id === 'health' ? `Healthy in ${before.environmentName}` : TITLES[id],
    state,
    sentence,
    ...(state !== 'waiting' && { at: since }),
    ...(link && { link }),
  };
}

function judgeRepository(
  { repository, createdAt }: FirstDelivery,
  { build, repositoryUrl }: FirstDeliveryFacts,
): Verdict {
  const link = { title: 'Repository', url: repositoryUrl };
  if (
    build?.status === 'unavailable' &&
    /^There is no repository/.test(build.reason)
  ) {
    return { state: 'failed', sentence: `${build.reason}.`, link };
  }
  return {
    state: 'done',
    at: createdAt,
    sentence: `${repository} is there.`,
    link,
  };
}

function judgeImage(
  before: FirstDelivery,
  { build, image, cell }: FirstDeliveryFacts,
): Verdict {
  const release = desiredRelease(cell);
  if (release) {
    const was = before.steps.find(step => step.id === 'image');
    return {
      state: 'done',
      sentence: `CI built ${release.version ?? release.digest}.`,
      ...(was?.link && { link: was.link }),
    };
  }
  if (build?.status === 'unavailable') {
    return {
      state: 'running',
      sentence: `How CI stands is not known: ${build.reason}.`,
    };
  }
  const run = build?.value;
  if (!run) {
    return {
      state: 'waiting',
      sentence: build
        ? 'Waiting for CI to begin. If nothing begins, see whether GitHub Actions is enabled for the repository.'
        : 'Waiting for the first image. What CI does is not known here: set platformEnvs.gitHost.host.',
      ...(build && {
        wrong: { key: 'noBuild', patienceMs: PATIENCE_MS.noBuild },
      }),
    };
  }
  const link = { title: 'Build', url: run.url };
  switch (run.state) {
    case 'failed':
      return {
        state: 'failed',
        at: run.finishedAt,
        sentence: `CI could not build the first image (${
          run.failure ?? 'it does not say why'
        }). Push a fix, and it goes on by itself.`,
        link,
      };
    case 'succeeded': {
      const isMissing = image?.status === 'ok' && !image.value;
      return {
        state: isMissing ? 'running' : 'done',
        at: run.finishedAt,
        sentence: imageSentence(image),
        link,
        ...(isMissing && {
          wrong: { key: 'noImage', patienceMs: PATIENCE_MS.noImage },
        }),
      };
    }
    default:
      return {
        state: 'running',
        at: run.startedAt,
        sentence:
          run.state === 'queued'
            ? 'CI has the first build in its queue.'
            : 'CI builds the first image.',
        link,
      };
  }
}

function imageSentence(image: FirstDeliveryFacts['image']): string {
  if (image?.status === 'unavailable') {
    return `CI is done; whether the registry has the image is not known: ${image.reason}.`;
  }
  if (image && !image.value) {
    return 'CI says it is done, but the registry has no image. See whether its last job pushes one.';
  }
  const tag = image?.value?.tags[0];
  return tag ? `CI built and pushed ${tag}.` : 'CI is done.';
}

function judgeReplication(
  before: FirstDelivery,
  { image, replicas, secondRegions }: FirstDeliveryFacts,
): Verdict {
  const was = before.steps.find(step => step.id === 'replication');
  if (was && (was.state === 'done' || was.state === 'skipped')) {
    return { state: was.state, sentence: was.sentence, at: was.at };
  }
  const also = secondRegions.join(' and ');
  if (!replicas || (image?.status === 'ok' && !image.value)) {
    return secondRegions.length === 0
      ? {
          state: 'skipped',
          sentence:
            'The platform runs in one region; there is nothing to copy.',
        }
      : { state: 'waiting', sentence: `The registry copies it to ${also}.` };
  }
  if (replicas.status === 'unavailable') {
    return {
      state: 'running',
      sentence: `Whether the image has been copied is not known: ${replicas.reason}.`,
    };
  }
  if (replicas.value.length === 0) {
    return {
      state: 'skipped',
      sentence: secondRegions.length
        ? `The platform runs in ${also} too, but the registry copies this image nowhere: its replication rules do not name it.`
        : 'The registry copies this image nowhere; the platform runs in one region.',
    };
  }
  const regions = (state: ImageReplica['state']) =>
    replicas.value.filter(replica => replica.state === state);
  const failed = regions('failed');
  if (failed.length > 0) {
    return {
      state: 'running',
      sentence: `The copy to ${failed
        .map(({ region, reason }) =>
          reason ? `${region} (${reason})` : region,
        )
        .join(' and ')} failed. ${before.environmentName} does not need it.`,
    };
  }
  const copying = regions('copying');
  return copying.length > 0
    ? {
        state: 'running',
        sentence: `The registry copies it to ${namesOf(copying)}.`,
      }
    : {
        state: 'done',
        sentence: `Copied to ${namesOf(replicas.value)}.`,
      };
}

function namesOf(replicas: ImageReplica[]): string {
  return replicas.map(({ region }) => region).join(' and ');
}

function judgeDesired({ cell, build, image }: FirstDeliveryFacts): Verdict {
  const release = desiredRelease(cell);
  if (release && cell?.desired.status === 'ok') {
    const { committedAt, path } = cell.desired.value;
    const page = cell.links.find(link => link.type === 'git');
    return {
      state: 'done',
      at: committedAt,
      sentence: `Git asks for ${release.version ?? release.digest} (${path}).`,
      ...(page && { link: { title: 'Desired state', url: page.url } }),
    };
  }
  const isBuilt = build?.status === 'ok' && build.value?.state === 'succeeded';
  const isMissing = image?.status === 'ok' && !image.value;
  if (isBuilt && !isMissing) {
    return {
      state: 'running',
      sentence: `CI is done, but the GitOps repository has no release yet${
        cell?.desired.status === 'unavailable'
          ? ` (${cell.desired.reason})`
          : ''
      }. If it stays so, see whether the last job of CI may write there.`,
      wrong: { key: 'noRelease', patienceMs: PATIENCE_MS.noRelease },
    };
  }
  return {
    state: 'waiting',
    sentence: cell
      ? 'CI writes the release to the GitOps repository when the image is pushed.'
      : 'The portal has not taken the component into its catalog yet.',
  };
}

function judgeSync({ cell }: FirstDeliveryFacts, now: Date): Verdict {
  if (!cell || !desiredRelease(cell)) {
    return { state: 'waiting', sentence: 'Comes after the desired state.' };
  }
  const sentence = tellAges(cell.sentence, now);
  const link = applicationLink(cell);
  if (cell.source.state === 'absent') {
    return { state: 'skipped', sentence, ...(link && { link }) };
  }
  if (cell.source.state !== 'live') {
    return { state: 'running', sentence };
  }
  if (!cell.application) {
    return {
      state: 'running',
      sentence: `Not taken up yet. ${sentence}`,
      wrong: {
        key: 'notFollowed',
        patienceMs: PATIENCE_MS.notFollowed,
        sentence: `Nothing follows the desired state. ${sentence}`,
      },
    };
  }
  const { phase, message } = cell.lastOperation ?? {};
  if (cell.sync === 'Synced' && isLive(cell)) {
    return {
      state: 'done',
      sentence: `${cell.application.name} is in sync with Git.`,
      ...(link && { link }),
    };
  }
  const failed = phase === 'Failed' || phase === 'Error';
  return {
    state: 'running',
    sentence: failed
      ? `The sync failed: ${withStop(message ?? 'no reason was given')}`
      : sentence,
    ...(link && { link }),
    ...(failed && {
      wrong: { key: 'syncFailed', patienceMs: PATIENCE_MS.syncFailed },
    }),
  };
}

function judgeHealth({ cell }: FirstDeliveryFacts, now: Date): Verdict {
  if (!cell || !desiredRelease(cell)) {
    return { state: 'waiting', sentence: 'Comes after the sync.' };
  }
  const sentence = tellAges(cell.sentence, now);
  if (cell.source.state === 'absent') return { state: 'skipped', sentence };
  if (!cell.application || cell.source.state !== 'live') {
    return { state: 'waiting', sentence: 'Comes after the sync.' };
  }
  const link = applicationLink(cell);
  if (cell.sync === 'Synced' && cell.health === 'Healthy' && isLive(cell)) {
    return { state: 'done', sentence, ...(link && { link }) };
  }
  if (cell.health === 'Degraded') {
    return {
      state: 'running',
      sentence: `It does not come up: ${sentence}${details(cell, sentence)}`,
      ...(link && { link }),
      wrong: {
        key: `degraded ${releaseKey(cell)}`,
        patienceMs: PATIENCE_MS.degraded,
      },
    };
  }
  return {
    state: cell.sync === 'Synced' ? 'running' : 'waiting',
    sentence,
    ...(link && { link }),
  };
}

function releaseKey(cell: DeliveryCell): string {
  const release = desiredRelease(cell);
  return release?.digest ?? release?.version ?? '';
}

/** What runs is what Git asks for. */
function isLive({ desired, live }: DeliveryCell): boolean {
  return (
    desired.status === 'ok' &&
    live.status === 'ok' &&
    (isSameRelease(desired.value, live.value) ??
      desired.value.version === live.value.version)
  );
}

/** What Git asks for, once that is a release. */
function desiredRelease(cell: DeliveryCell | undefined) {
  if (cell?.desired.status !== 'ok') return undefined;
  return cell.desired.value.version === UNRELEASED
    ? undefined
    : cell.desired.value;
}

function applicationLink(
  cell: DeliveryCell,
): { title: string; url: string } | undefined {
  const found = cell.links.find(
    link => link.type === 'argocd' || link.type === 'aws',
  );
  return found && { title: found.title, url: found.url };
}

/** What the resources of an unwell application complain about, beyond what is said already. */
function details(cell: DeliveryCell, said: string): string {
  const messages = (cell.resources ?? [])
    .filter(({ message, health }) => message && health !== 'Healthy')
    .filter(({ message }) => !said.includes(message!.slice(0, 60)))
    .map(({ kind, name, message }) => `${kind} ${name}: ${message}`);
  return messages.length > 0 ? ` (${messages.slice(0, 2).join('; ')})` : '';
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
