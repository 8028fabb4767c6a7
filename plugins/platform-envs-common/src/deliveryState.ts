import { CellResource, DeliveryCell } from './api';
import { SyncWindowState } from './applicationDetail';
import { causeOf, describeClosedWindow } from './deliveryCauses';
import { DEPLOYERS } from './deployer';
import { EnvironmentRuntime } from './environment';
import { compareVersions } from './promotion/compareVersions';
import { isSameRelease, Release } from './release';
import { HealthStatus, SourceState, SyncStatus } from './status';

/** What Git says about one component in one environment. @public */
export type DesiredFact =
  | { kind: 'released'; release: Release; committedAt?: string }
  /** The file is there and says that nothing was ever released. */
  | { kind: 'unreleased' }
  /** There is no file. */
  | { kind: 'absent' }
  /** It could not be read, and why. */
  | { kind: 'unknown'; reason: string };

/** What the deployment system says about one cell: Argo CD of an application, ECS of a service. @public */
export interface ApplicationFact {
  name: string;
  automated: boolean;
  sync: SyncStatus;
  /** ISO 8601 UTC time since when `sync` is what it is, where that was seen. */
  syncSince?: string;
  health: HealthStatus;
  healthMessage?: string;
  healthSince?: string;
  /** The image of the component among those that run. */
  running?: Release;
  /** ISO 8601 UTC time of the last deployment; absent when never deployed. */
  deployedAt?: string;
  conditions: Array<{ type: string; message: string }>;
  operation?: {
    phase: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
  };
  resources: CellResource[];
  /** Absent when no window concerns it. */
  syncWindow?: SyncWindowState;
  /** ISO 8601 UTC; set while it is being deleted. */
  deletedAt?: string;
  /** Why what Argo CD says about it cannot be used. */
  problem?: string;
}

/** Everything that decides what is said about one cell. @public */
export interface DeliveryFacts {
  runtime: EnvironmentRuntime;
  desired: DesiredFact;
  application?: ApplicationFact;
  source: { state: SourceState; observedAt?: string; message?: string };
}

/** What is said about one cell. @public */
export type DeliveryJudgement = Pick<
  DeliveryCell,
  'state' | 'sentence' | 'since'
>;

const WORST_FIRST: DeliveryCell['state'][] = [
  'degraded',
  'missing',
  'out-of-sync',
  'progressing',
  'unknown',
  'suspended',
  'not-deployed',
  'healthy',
];

/** Orders cell states, worst first. @public */
export function compareDeliveryStates(
  a: DeliveryCell['state'],
  b: DeliveryCell['state'],
): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}

/**
 * Decides the state of a cell and the sentence that a colleague would say.
 *
 * What is not known is never called healthy: a source that has gone quiet
 * makes the state `unknown`, whatever it said last.
 *
 * Without `now` the sentence has places for ages, which {@link tellAges} fills,
 * so that it does not change as time passes.
 *
 * @public
 */
export function judgeDelivery(
  facts: DeliveryFacts,
  now?: Date,
): DeliveryJudgement {
  if (!facts.application) return judgeWithoutApplication(facts, now);
  const app = facts.application;
  if (app.problem) return { state: 'unknown', sentence: app.problem };
  const judgement = judgeApplication(facts, app, now);
  if (facts.source.state === 'live') return judgement;
  return {
    state: 'unknown',
    sentence: `${quiet(facts, now)}; last known: ${lastKnown(app)}.`,
  };
}

/** Says how a cell stands against the one before it on the way to production. @public */
export function compareWithPrevious(
  release: Release | undefined,
  previous: { environmentRef: string; release: Release | undefined },
): DeliveryCell['behind'] {
  if (!previous.release) return undefined;
  const versions = {
    ...(release?.version && { fromVersion: release.version }),
    ...(previous.release.version && { toVersion: previous.release.version }),
  };
  return {
    environmentRef: previous.environmentRef,
    state: relation(release, previous.release),
    ...versions,
  };
}

const AGE_PLACE = /\{age:([^{}]{1,40})\}/g;

/**
 * Puts ages into a sentence that was made without a time: each place
 * `{age:<ISO 8601 time>}` becomes how long that is ago.
 *
 * @public
 */
export function tellAges(sentence: string, now: Date): string {
  return sentence.includes('{age:')
    ? sentence.replace(AGE_PLACE, (_, since) => formatAge(since, now))
    : sentence;
}

/** An age, or the place where it goes once it is known what time it is. */
function age(since: string, now: Date | undefined): string {
  return now ? formatAge(since, now) : `{age:${since}}`;
}

/** The age of a moment in words: `40 s`, `4 min`, `5 h`, `3 days`. @public */
export function formatAge(since: string, now: Date): string {
  const seconds = Math.max(
    0,
    Math.round((now.getTime() - Date.parse(since)) / 1000),
  );
  if (Number.isNaN(seconds)) return 'an unknown time';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? '1 day' : `${days} days`;
}

function judgeWithoutApplication(
  facts: DeliveryFacts,
  now: Date | undefined,
): DeliveryJudgement {
  const { desired, runtime, source } = facts;
  if (desired.kind === 'unknown') {
    return { state: 'unknown', sentence: withStop(desired.reason) };
  }
  if (desired.kind === 'unreleased') {
    return { state: 'not-deployed', sentence: 'Not deployed yet.' };
  }
  if (desired.kind === 'absent') {
    return {
      state: 'not-deployed',
      sentence: 'Not deployed yet: Git has no entry for it here.',
    };
  }
  const wanted = `Git says ${describe(desired.release)}`;
  if (runtime === 'local' || source.state === 'absent') {
    return {
      state: 'unknown',
      sentence: `${wanted}; what runs is not known: ${withStop(
        source.message ?? 'there is no deployment source',
      )}`,
    };
  }
  if (source.state !== 'live') {
    return {
      state: 'unknown',
      sentence: `${wanted}; ${quiet(facts, now)}.`,
    };
  }
  const { name, unit } = DEPLOYERS[runtime];
  return {
    state: 'missing',
    sentence: `${wanted}, but ${name} has no ${unit} for it.`,
  };
}

function judgeApplication(
  { desired, runtime }: DeliveryFacts,
  app: ApplicationFact,
  now: Date | undefined,
): DeliveryJudgement {
  const broken = app.conditions.find(
    c =>
      c.type === 'ComparisonError' ||
      c.type === 'InvalidSpecError' ||
      c.type === 'UnknownError',
  );
  if (app.deletedAt) return judgeDeletion(app, runtime, now);
  if (app.health === 'Degraded') return judgeDegraded(app, runtime, now);
  if (broken) {
    return {
      state: 'unknown',
      sentence: `${
        DEPLOYERS[runtime].name
      } cannot compare it with Git: ${withStop(broken.message)}`,
    };
  }
  const never = !app.deployedAt && !app.running;
  if (never && app.health === 'Missing' && desired.kind !== 'released') {
    return { state: 'not-deployed', sentence: 'Not deployed yet.' };
  }
  if (isRunning(app)) return judgeOperation(app, desired, runtime, now);
  if (app.health === 'Missing') return judgeMissing(app, desired, never);
  if (app.sync === 'OutOfSync') {
    return judgeOutOfSync(app, desired, runtime, now);
  }
  return judgeSynced(app, desired, runtime, now);
}

function judgeDeletion(
  app: ApplicationFact,
  runtime: EnvironmentRuntime,
  now: Date | undefined,
): DeliveryJudgement {
  const { name } = DEPLOYERS[runtime];
  const hindrance = app.conditions.find(c => c.type === 'DeletionError');
  return {
    state: 'progressing',
    sentence: `${name} has been deleting it for ${age(app.deletedAt!, now)}${
      hindrance ? `: ${withStop(hindrance.message)}` : '.'
    }`,
    since: app.deletedAt,
  };
}

function judgeDegraded(
  app: ApplicationFact,
  runtime: EnvironmentRuntime,
  now: Date | undefined,
): DeliveryJudgement {
  const cause = causeOf(app.resources, app.healthMessage);
  const sinceText = app.healthSince ? ` for ${age(app.healthSince, now)}` : '';
  return {
    state: 'degraded',
    sentence: cause
      ? `Degraded${sinceText}: ${withStop(cause)}`
      : `Degraded${sinceText}; ${DEPLOYERS[runtime].name} gives no reason.`,
    ...(app.healthSince && { since: app.healthSince }),
  };
}

function judgeOperation(
  app: ApplicationFact,
  desired: DesiredFact,
  runtime: EnvironmentRuntime,
  now: Date | undefined,
): DeliveryJudgement {
  const since = app.operation?.startedAt;
  const what =
    desired.kind === 'released' ? ` to ${describe(desired.release)}` : '';
  const lasting = since ? ` for ${age(since, now)}` : '';
  return {
    state: 'progressing',
    sentence: `${DEPLOYERS[runtime].moving}${what}${lasting}${
      whyNotYet(app, runtime) ?? '.'
    }`,
    ...(since && { since }),
  };
}

/** What holds up a change that is under way. */
function whyNotYet(
  app: ApplicationFact,
  runtime: EnvironmentRuntime,
): string | undefined {
  const isTold = app.resources.some(r => r.health === 'Degraded');
  const cause = isTold
    ? causeOf(app.resources, app.healthMessage)
    : runtime === 'ecs' && app.healthMessage;
  return cause ? `: ${withStop(cause)}` : undefined;
}

function judgeMissing(
  app: ApplicationFact,
  desired: DesiredFact,
  never: boolean,
): DeliveryJudgement {
  if (never && desired.kind === 'released') {
    return {
      state: 'missing',
      sentence: `Waiting for its first sync: Git says ${describe(
        desired.release,
      )}${whoSyncs(app, '')}.`,
    };
  }
  const missing = app.resources.filter(r => r.health === 'Missing').length;
  return {
    state: 'missing',
    sentence: missing
      ? `Missing: ${count(
          missing,
          'resource does',
          'resources do',
        )} not exist in the cluster.`
      : 'Missing: its resources do not exist in the cluster.',
  };
}

function judgeOutOfSync(
  app: ApplicationFact,
  desired: DesiredFact,
  runtime: EnvironmentRuntime,
  now: Date | undefined,
): DeliveryJudgement {
  const { name, attempt } = DEPLOYERS[runtime];
  const differs = whatDiffers(app, desired, runtime);
  const failed =
    app.operation?.phase === 'Failed' || app.operation?.phase === 'Error';
  const known = app.syncSince ?? sinceCommit(app, desired);
  const since = known ? { since: known } : {};
  const outOfSync = `Out of sync${known ? ` for ${age(known, now)}` : ''}`;
  const closed = describeClosedWindow(app.syncWindow);
  if (failed) {
    const reason = app.operation?.message ?? `${name} gives no reason`;
    return {
      state: 'out-of-sync',
      sentence: `${outOfSync}: ${differs}; the last ${attempt} failed: ${withStop(
        reason,
      )}${closed ? ` ${withStop(capital(closed))}` : ''}`,
      ...(app.operation?.finishedAt && { since: app.operation.finishedAt }),
      ...since,
    };
  }
  return {
    state: 'out-of-sync',
    sentence:
      runtime === 'ecs'
        ? `${outOfSync}: ${differs}; the pipeline has not rolled that out.`
        : `${outOfSync}: ${differs}${whoSyncs(
            app,
            '; Argo CD syncs this environment on its own',
          )}.`,
    ...since,
  };
}

/** What is committed and not what runs has not been in sync since then, at the latest. */
function sinceCommit(
  app: ApplicationFact,
  desired: DesiredFact,
): string | undefined {
  if (desired.kind !== 'released' || !desired.committedAt) return undefined;
  return gitIsAhead(app, desired) ? desired.committedAt : undefined;
}

function whatDiffers(
  app: ApplicationFact,
  desired: DesiredFact,
  runtime: EnvironmentRuntime,
): string {
  if (runtime === 'ecs' && app.running && desired.kind === 'released') {
    return `${describe(app.running)} runs, but Git says ${describe(
      desired.release,
    )}`;
  }
  const differing = app.resources.filter(r => r.sync === 'OutOfSync').length;
  return differing
    ? count(differing, 'resource differs', 'resources differ')
    : 'what runs differs from Git';
}

function judgeSynced(
  app: ApplicationFact,
  desired: DesiredFact,
  runtime: EnvironmentRuntime,
  now: Date | undefined,
): DeliveryJudgement {
  if (app.health === 'Progressing') {
    const since = app.healthSince ?? app.operation?.finishedAt;
    return {
      state: 'progressing',
      sentence: `Progressing${since ? ` for ${age(since, now)}` : ''}${
        whyNotYet(app, runtime) ??
        (app.healthMessage ? `: ${withStop(app.healthMessage)}` : '.')
      }`,
      ...(since && { since }),
    };
  }
  if (app.health === 'Suspended') {
    return {
      state: 'suspended',
      sentence: `Suspended${
        app.healthMessage ? `: ${withStop(app.healthMessage)}` : '.'
      }`,
      ...(app.healthSince && { since: app.healthSince }),
    };
  }
  if (app.health !== 'Healthy' || app.sync !== 'Synced') {
    return {
      state: 'unknown',
      sentence: `${DEPLOYERS[runtime].name} says ${lastKnown(
        app,
      )}, and gives no reason.`,
    };
  }
  const ahead = gitIsAhead(app, desired);
  if (ahead) {
    return {
      state: app.automated ? 'progressing' : 'out-of-sync',
      sentence: `${describe(app.running!)} runs, but Git says ${describe(
        ahead,
      )}; Argo CD has not seen that yet.`,
    };
  }
  const version = app.running ? describe(app.running) : 'deployed';
  const since = app.deployedAt ? ` since ${age(app.deployedAt, now)}` : '';
  // ECS goes back by itself, so that all looks well again
  const failure =
    runtime === 'ecs' && app.operation?.phase === 'Failed'
      ? `; but its last rollout failed: ${
          app.operation.message ?? 'ECS gives no reason'
        }`
      : '';
  return {
    state: 'healthy',
    sentence: withStop(`Healthy and synced; ${version}${since}${failure}`),
    ...(app.deployedAt && { since: app.deployedAt }),
  };
}

function gitIsAhead(
  app: ApplicationFact,
  desired: DesiredFact,
): Release | undefined {
  if (desired.kind !== 'released' || !app.running) return undefined;
  const same =
    isSameRelease(app.running, desired.release) ??
    app.running.version === desired.release.version;
  return same ? undefined : desired.release;
}

function isRunning(app: ApplicationFact): boolean {
  return (
    app.operation?.phase === 'Running' || app.operation?.phase === 'Terminating'
  );
}

function quiet(
  { source, runtime }: DeliveryFacts,
  now: Date | undefined,
): string {
  const { name } = DEPLOYERS[runtime];
  const silence = source.observedAt
    ? `${name} has not answered for ${age(source.observedAt, now)}`
    : `${name} has not answered yet`;
  return source.message ? `${silence} (${source.message})` : silence;
}

function lastKnown(app: ApplicationFact): string {
  return app.sync === 'Synced'
    ? app.health
    : `${app.health}, ${
        app.sync === 'OutOfSync' ? 'out of sync' : 'sync unknown'
      }`;
}

function relation(
  release: Release | undefined,
  previous: Release,
): 'same' | 'behind' | 'ahead' | 'unknown' {
  if (!release) return 'behind';
  const same = isSameRelease(release, previous);
  if (same) return 'same';
  if (!release.version || !previous.version) {
    return same === undefined ? 'unknown' : 'behind';
  }
  if (release.version === previous.version) {
    return same === undefined ? 'same' : 'behind';
  }
  const order = compareVersions(release.version, previous.version);
  if (order === undefined) return same === false ? 'behind' : 'unknown';
  return order > 0 ? 'ahead' : 'behind';
}

function describe(release: Release): string {
  return (
    release.version ??
    (release.digest ? release.digest.slice(0, 19) : release.image)
  );
}

/** Who will sync, and when. */
function whoSyncs(app: ApplicationFact, automatically: string): string {
  const closed = describeClosedWindow(app.syncWindow);
  const tail = app.automated
    ? automatically
    : '; Argo CD does not sync this environment on its own';
  if (!closed) return tail;
  return app.automated ? `; ${closed}` : `${tail}, and ${closed}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

function withStop(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
