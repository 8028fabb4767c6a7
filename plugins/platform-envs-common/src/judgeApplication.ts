import { age } from './age';
import { causeOf, describeClosedWindow } from './deliveryCauses';
import {
  ApplicationFact,
  DeliveryFacts,
  DeliveryJudgement,
  DesiredFact,
} from './deliveryFacts';
import { DEPLOYERS } from './deployer';
import { EnvironmentRuntime } from './environment';
import { isSameRelease, Release } from './release';
import { capital, count, describe, withStop } from './sentences';

/** What is said about a cell by what its deployment system says, were that fresh. */
export function judgeApplication(
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
  const lasting = app.deployedAt ? ` for ${age(app.deployedAt, now)}` : '';
  // ECS goes back by itself, so that all looks well again
  const failure =
    runtime === 'ecs' && app.operation?.phase === 'Failed'
      ? `; but its last rollout failed: ${
          app.operation.message ?? 'ECS gives no reason'
        }`
      : '';
  return {
    state: 'healthy',
    sentence: withStop(`Healthy and synced; ${version}${lasting}${failure}`),
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

/** Health and sync in a few words. */
export function lastKnown(app: ApplicationFact): string {
  return app.sync === 'Synced'
    ? app.health
    : `${app.health}, ${
        app.sync === 'OutOfSync' ? 'out of sync' : 'sync unknown'
      }`;
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
