import { age } from './age';
import { DeliveryCell } from './api';
import { DeliveryFacts, DeliveryJudgement } from './deliveryFacts';
import { DEPLOYERS } from './deployer';
import { judgeApplication, lastKnown } from './judgeApplication';
import { compareVersions } from './promotion/compareVersions';
import { isSameRelease, Release } from './release';
import { describe, withStop } from './sentences';

/**
 * States of a cell, worst first. Where nothing was ever deployed there is
 * nothing to look after, so that comes last.
 *
 * @public
 */
export const DELIVERY_STATES_WORST_FIRST: readonly DeliveryCell['state'][] = [
  'degraded',
  'missing',
  'out-of-sync',
  'progressing',
  'unknown',
  'suspended',
  'healthy',
  'not-deployed',
];

/** Orders cell states, worst first. @public */
export function compareDeliveryStates(
  a: DeliveryCell['state'],
  b: DeliveryCell['state'],
): number {
  return (
    DELIVERY_STATES_WORST_FIRST.indexOf(a) -
    DELIVERY_STATES_WORST_FIRST.indexOf(b)
  );
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
