import {
  FirstDelivery,
  FirstDeliveryStepState,
} from '@fairway/plugin-platform-envs-common';
import { formatDuration } from './time';
import { StateWord } from './vocabulary';

const STEPS: Record<FirstDeliveryStepState, StateWord> = {
  waiting: { word: 'To come', tone: 'idle' },
  running: { word: 'Under way', tone: 'busy' },
  done: { word: 'Done', tone: 'good' },
  failed: { word: 'Stopped here', tone: 'bad' },
  skipped: { word: 'Not needed', tone: 'idle' },
};

const STATES: Record<FirstDelivery['state'], StateWord> = {
  following: { word: 'Under way', tone: 'busy' },
  stopped: { word: 'Stopped', tone: 'bad' },
  delivered: { word: 'Delivered', tone: 'good' },
  expired: { word: 'No longer followed', tone: 'idle' },
};

/** How a station on the way of a new component stands. */
export const firstDeliveryStepWord = (state: FirstDeliveryStepState) =>
  STEPS[state];

/** Where a first delivery is. */
export const firstDeliveryWord = (state: FirstDelivery['state']) =>
  STATES[state];

/** Where it stopped, e.g. `stopped at image built`; undefined while it goes on. */
export function stoppedAt(delivery: FirstDelivery): string | undefined {
  const step = delivery.steps.find(({ state }) => state === 'failed');
  return step && `stopped at ${step.title.toLocaleLowerCase('en-US')}`;
}

/** How long it took from the request to its end, e.g. `52 s`; undefined while it goes on. */
export function durationOf({
  createdAt,
  endedAt,
}: FirstDelivery): string | undefined {
  return endedAt
    ? formatDuration(Date.parse(endedAt) - Date.parse(createdAt))
    : undefined;
}
