import {
  PlannedThing,
  Removal,
  RemovalState,
  RemovalStep,
} from '@fairway/plugin-platform-envs-common';
import { StateWord } from './vocabulary';

const STATES: Record<RemovalState, StateWord> = {
  WAITING: { word: 'Waiting', tone: 'warn' },
  APPROVED: { word: 'Approved', tone: 'busy' },
  RUNNING: { word: 'Being removed', tone: 'busy' },
  DONE: { word: 'Removed', tone: 'good' },
  REJECTED: { word: 'Rejected', tone: 'bad' },
  CANCELLED: { word: 'Withdrawn', tone: 'idle' },
};

const STEPS: Record<RemovalStep['state'], StateWord> = {
  running: { word: 'Under way', tone: 'busy' },
  done: { word: 'Done', tone: 'good' },
  failed: { word: 'Stopped here', tone: 'bad' },
};

const CHANGES: Partial<Record<PlannedThing['change'], StateWord>> = {
  remove: { word: 'Goes', tone: 'bad' },
  update: { word: 'Archived', tone: 'warn' },
  keep: { word: 'Stays', tone: 'good' },
};

/** Where a removal stands. */
export const removalWord = (state: RemovalState) => STATES[state];

/** How a step of the run stands. */
export const removalStepWord = (state: RemovalStep['state']) => STEPS[state];

/** What becomes of a thing. */
export const removalChangeWord = (change: PlannedThing['change']): StateWord =>
  CHANGES[change] ?? { word: change, tone: 'idle' };

const KINDS: Partial<Record<PlannedThing['kind'], string>> = {
  file: 'Desired state',
  awsResource: 'AWS',
  repository: 'Repository',
  catalogEntry: 'Catalog',
};

/** What a thing is, for people. */
export const removalKind = (kind: PlannedThing['kind']) => KINDS[kind] ?? kind;

/** What has to happen next, and by whom. */
export function nextStep(removal: Removal): string | undefined {
  switch (removal.state) {
    case 'WAITING':
      return 'Nothing is taken away before somebody agrees.';
    case 'APPROVED':
      return 'The run goes on by itself while it waits; otherwise whoever asked presses Retry on it.';
    case 'RUNNING':
      return 'If the run stopped, Retry goes on where it was; nothing is removed twice.';
    default:
      return undefined;
  }
}
