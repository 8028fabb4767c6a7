import {
  DeliveryCell,
  isSameRelease,
  tellAges,
} from '@fairway/plugin-platform-envs-common';
import {
  applicationLink,
  desiredRelease,
  FirstDeliveryFacts,
  PATIENCE_MS,
  Verdict,
} from './verdict';

/** Whether Git asks for a release. */
export function judgeDesired({
  cell,
  build,
  image,
}: FirstDeliveryFacts): Verdict {
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

/** Whether what Git asks for has been taken up. */
export function judgeSync({ cell }: FirstDeliveryFacts, now: Date): Verdict {
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

/** Whether what was taken up is well. */
export function judgeHealth({ cell }: FirstDeliveryFacts, now: Date): Verdict {
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
