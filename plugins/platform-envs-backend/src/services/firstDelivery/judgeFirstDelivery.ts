import {
  FIRST_DELIVERY_STEPS,
  FirstDelivery,
  FirstDeliveryState,
  FirstDeliveryStep,
  FirstDeliveryStepId,
} from '@fairway/plugin-platform-envs-common';
import { Trouble } from '../../database/FirstDeliveryStore';
import { judgeImage, judgeReplication, judgeRepository } from './judgeBuild';
import { judgeDesired, judgeHealth, judgeSync } from './judgeRollout';
import {
  applicationLink,
  desiredRelease,
  FirstDeliveryFacts,
  PATIENCE_MS,
  Verdict,
} from './verdict';

/** What {@link judgeFirstDelivery} makes of the facts. */
export interface FirstDeliveryJudgement {
  state: FirstDeliveryState;
  sentence: string;
  steps: FirstDeliveryStep[];
  release?: FirstDelivery['release'];
  applicationUrl?: string;
  trouble?: Trouble;
}

const TITLES: Record<FirstDeliveryStepId, string> = {
  repository: 'Repository',
  image: 'Image built',
  replication: 'Replicated',
  desired: 'Desired state',
  sync: 'Synced',
  health: 'Healthy',
};

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
  const applicationUrl = facts.cell && applicationLink(facts.cell)?.url;
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
