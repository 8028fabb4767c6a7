import { isSameRelease, Release } from '../release';
import { HealthStatus, Reading, SyncStatus } from '../status';
import { compareVersions } from './compareVersions';
import { nameGroups } from './availableActions';
import { quorumOf } from './transition';
import { GateResult, Promotion } from './types';

/** What runs of a component in an environment. @public */
export interface RunningReading {
  sync: SyncStatus;
  health: HealthStatus;
  /** What the deployment source says it runs, when it says. */
  release?: Release;
  message?: string;
}

/** What was read for the gates of one promotion. @public */
export interface GateReadings {
  /** ISO 8601 UTC. */
  now: string;
  /** A reading older than this (seconds) counts as unknown. */
  maxAgeSeconds: number;
  source: {
    /** As people say it: `uat`. */
    name: string;
    desired: Reading<Release>;
    /** `absent` where nothing reports what runs (a runtime without such a source). */
    running: Reading<RunningReading> | { status: 'absent'; reason: string };
  };
  target: {
    name: string;
    /** What the overlay says today; absent when nothing was released there. */
    current: Reading<Release | undefined>;
  };
  /** Whether the target's registry holds the image; left out when no registry is asked. */
  image?: Reading<boolean>;
  /** The id of another promotion that is being written or rolled out there now. */
  slotHeldBy?: string;
}

/** What the gates judge. @public */
export type GateSubject = Pick<
  Promotion,
  'kind' | 'approvals' | 'plan' | 'requestedBy' | 'policy' | 'state'
> & { release: Release };

/**
 * The answers of all gates, in the order in which people read them. A reading
 * that is missing or older than `maxAgeSeconds` gives `unknown`.
 *
 * @public
 */
export function evaluateGates(
  subject: GateSubject,
  readings: GateReadings,
): GateResult[] {
  return [
    releaseGate(subject.release),
    sourceReleaseGate(subject, readings),
    sourceHealthGate(readings),
    regressionGate(subject, readings),
    ...(readings.image ? [imageGate(readings.image, readings)] : []),
    slotGate(readings),
    approvalGate(subject),
  ];
}

/** Whether every required gate passes. Unknown and pending do not. @public */
export function gatesPass(gates: GateResult[]): boolean {
  return gates.every(g => !g.required || g.state === 'passing');
}

/** How people say a release: its version, else the start of its digest. @public */
export function nameRelease(release: Release): string {
  return (
    release.version ?? release.digest?.slice(0, 'sha256:'.length + 12) ?? '?'
  );
}

function gate(
  id: string,
  title: string,
  state: GateResult['state'],
  message: string,
  rest: { observedAt?: string; required?: boolean } = {},
): GateResult {
  return { id, title, state, message, required: true, ...rest };
}

/** The reason why a reading does not count, or undefined when it does. */
function unusable(
  reading: Reading<unknown>,
  { now, maxAgeSeconds }: GateReadings,
): string | undefined {
  if (reading.status === 'unavailable') return reading.reason;
  const ageSeconds = (Date.parse(now) - Date.parse(reading.observedAt)) / 1000;
  // Written so that a time that cannot be parsed (NaN) counts as too old.
  return ageSeconds <= maxAgeSeconds
    ? undefined
    : `The last observation is ${Math.round(
        ageSeconds,
      )} s old; at most ${maxAgeSeconds} s counts.`;
}

function releaseGate(release: Release): GateResult {
  const title = 'Release is fixed by digest';
  return release.digest
    ? gate(
        'release-fixed',
        title,
        'passing',
        `${nameRelease(release)} is ${release.digest}.`,
      )
    : gate(
        'release-fixed',
        title,
        'failing',
        `${nameRelease(
          release,
        )} is only a tag, which can be moved. Let the build write the digest too.`,
      );
}

function sourceReleaseGate(
  { release }: GateSubject,
  readings: GateReadings,
): GateResult {
  const { name, desired } = readings.source;
  const title = `${name} holds this release`;
  const reason = unusable(desired, readings);
  if (reason || desired.status !== 'ok') {
    return gate('source-release', title, 'unknown', reason ?? '');
  }
  const { observedAt } = desired;
  const same = isSameRelease(desired.value, release);
  if (same) {
    return gate(
      'source-release',
      title,
      'passing',
      `${name} holds ${nameRelease(release)}.`,
      { observedAt },
    );
  }
  return gate(
    'source-release',
    title,
    same === undefined ? 'unknown' : 'failing',
    same === undefined
      ? `${name} holds ${nameRelease(
          desired.value,
        )} without a digest, so it cannot be compared.`
      : `${name} holds ${nameRelease(desired.value)} now, not ${nameRelease(
          release,
        )}. Ask for a new promotion.`,
    { observedAt },
  );
}

const HEALTH_STATE: Record<HealthStatus, GateResult['state']> = {
  Healthy: 'passing',
  Progressing: 'pending',
  Degraded: 'failing',
  Suspended: 'failing',
  Missing: 'failing',
  Unknown: 'unknown',
};

function sourceHealthGate(readings: GateReadings): GateResult {
  const { name, running, desired } = readings.source;
  const id = 'source-healthy';
  const title = `Runs well in ${name}`;
  if (running.status === 'absent') {
    return gate(id, title, 'unknown', running.reason, { required: false });
  }
  const reason = unusable(running, readings);
  if (reason || running.status !== 'ok') {
    return gate(id, title, 'unknown', reason ?? '');
  }
  const { sync, health, release, message } = running.value;
  const { observedAt } = running;
  const say = (state: GateResult['state'], sentence: string) =>
    gate(id, title, state, message ? `${sentence} ${message}` : sentence, {
      observedAt,
    });
  const differs =
    release &&
    desired.status === 'ok' &&
    isSameRelease(release, desired.value) === false;
  if (differs) {
    return say(
      'pending',
      `${name} still runs ${nameRelease(release)}; it has not been synced.`,
    );
  }
  if (health !== 'Healthy') {
    return say(HEALTH_STATE[health] ?? 'unknown', `${name} is ${health}.`);
  }
  if (sync === 'Unknown') {
    return say('unknown', `${name} is Healthy, but its sync is Unknown.`);
  }
  return sync === 'Synced'
    ? say('passing', `${name} is Healthy and Synced.`)
    : say('pending', `${name} is Healthy, but ${sync}.`);
}

function regressionGate(
  { kind, release }: GateSubject,
  readings: GateReadings,
): GateResult {
  const { name, current } = readings.target;
  const id = 'no-regression';
  const title = `Newer than what ${name} holds`;
  const reason = unusable(current, readings);
  if (reason || current.status !== 'ok') {
    return gate(id, title, 'unknown', reason ?? '');
  }
  const { observedAt } = current;
  if (!current.value) {
    return gate(id, title, 'passing', `Nothing was released to ${name} yet.`, {
      observedAt,
    });
  }
  const [from, to] = [nameRelease(current.value), nameRelease(release)];
  if (isSameRelease(current.value, release)) {
    return gate(id, title, 'failing', `${name} already holds ${to}.`, {
      observedAt,
    });
  }
  const order = compareVersions(to, from);
  if (order === undefined) {
    return gate(
      id,
      title,
      'unknown',
      `${from} and ${to} are not versions that can be ordered.`,
      { observedAt, required: false },
    );
  }
  if (order >= 0) {
    return gate(id, title, 'passing', `${from} → ${to}.`, { observedAt });
  }
  return gate(
    id,
    title,
    kind === 'promote' ? 'failing' : 'passing',
    `${from} → ${to} goes back. ${
      kind === 'promote'
        ? 'Only a rollback may do that.'
        : 'This is a rollback.'
    }`,
    { observedAt },
  );
}

function imageGate(
  image: Reading<boolean>,
  readings: GateReadings,
): GateResult {
  const id = 'image-present';
  const title = `Image can be pulled in ${readings.target.name}`;
  const reason = unusable(image, readings);
  if (reason || image.status !== 'ok') {
    return gate(id, title, 'unknown', reason ?? '');
  }
  return gate(
    id,
    title,
    image.value ? 'passing' : 'failing',
    image.value
      ? 'The registry holds this digest.'
      : 'The registry does not hold this digest. Push or replicate the image first.',
    { observedAt: image.observedAt },
  );
}

function slotGate({ target, slotHeldBy }: GateReadings): GateResult {
  const title = `Nothing else is under way in ${target.name}`;
  return slotHeldBy
    ? gate(
        'slot-free',
        title,
        'pending',
        `Promotion ${slotHeldBy} is under way there; this one follows.`,
      )
    : gate('slot-free', title, 'passing', 'No other promotion is under way.');
}

function approvalGate(subject: GateSubject): GateResult {
  const { have, need } = quorumOf(subject);
  const title = 'Approved';
  if (need === 0) {
    return gate('approved', title, 'passing', 'No approval is needed here.');
  }
  if (subject.state === 'REJECTED') {
    return gate('approved', title, 'failing', 'Rejected.');
  }
  const groups = nameGroups(subject.policy.approverGroups);
  return have >= need
    ? gate('approved', title, 'passing', `${have} of ${need} approvals.`)
    : gate(
        'approved',
        title,
        'pending',
        `${have} of ${need} approvals; a member of ${groups} can give one.`,
      );
}
