import {
  Promotion,
  PromotionEvent,
  PromotionState,
  TERMINAL_PROMOTION_STATES,
} from '@fairway/plugin-platform-envs-common';
import { promotionWord, Tone } from './vocabulary';

/** Whether the promotion can still change. */
export function isOpen(promotion: Promotion): boolean {
  return !TERMINAL_PROMOTION_STATES.includes(promotion.state);
}

/** The state in words, with the quorum while it waits. */
export function describeState(
  promotion: Promotion,
  quorum?: { have: number; need: number },
): string {
  const { word } = promotionWord(promotion.state);
  if (promotion.state !== 'WAITING' || !quorum) return word;
  const missing = Math.max(0, quorum.need - quorum.have);
  return `Waiting for ${missing} of ${quorum.need}`;
}

/** One step on the way of a promotion. */
export interface PromotionStep {
  title: string;
  state: 'done' | 'current' | 'stopped' | 'ahead';
  tone: Tone;
  /** ISO 8601 time at which the step was done, where the record has it. */
  at?: string;
}

const STEPS: Array<{ title: string; reachedBy: readonly PromotionState[] }> = [
  { title: 'Requested', reachedBy: ['WAITING', 'PLANNING'] },
  { title: 'Approved', reachedBy: ['APPROVED'] },
  { title: 'Written', reachedBy: ['SYNCING'] },
  { title: 'Synced', reachedBy: ['VERIFYING'] },
  { title: 'Verified', reachedBy: ['SUCCEEDED'] },
];

const DONE: Partial<Record<PromotionState, number>> = {
  PLANNING: 1,
  WAITING: 1,
  APPROVED: 2,
  WRITING: 2,
  SYNCING: 3,
  VERIFYING: 4,
  SUCCEEDED: 5,
};

/** How many steps a promotion has behind it, also when it has stopped. */
function stepsDone(state: PromotionState, events: PromotionEvent[]): number {
  const now = DONE[state];
  if (now !== undefined) return now;
  const stop = [...events]
    .sort((a, b) => b.sequence - a.sequence)
    .find(event => event.toState === state && event.fromState !== state);
  return (stop?.fromState && DONE[stop.fromState]) ?? 1;
}

/** The way of a promotion, from request to verified. */
export function promotionSteps(
  promotion: Promotion,
  events: PromotionEvent[],
): PromotionStep[] {
  const done = stepsDone(promotion.state, events);
  const stopped = !isOpen(promotion) && promotion.state !== 'SUCCEEDED';
  return STEPS.map(({ title, reachedBy }, i) => {
    const at =
      i === 0
        ? promotion.createdAt
        : events.find(
            event =>
              reachedBy.includes(event.toState) &&
              event.fromState !== event.toState,
          )?.at;
    if (i < done) return { title, state: 'done', tone: 'good', at };
    if (i > done) return { title, state: 'ahead', tone: 'idle' };
    return stopped
      ? {
          title,
          state: 'stopped',
          tone: promotionWord(promotion.state).tone,
          at: promotion.updatedAt,
        }
      : { title, state: 'current', tone: 'busy' };
  });
}
