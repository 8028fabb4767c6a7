import { AlertState } from '@fairway/plugin-platform-envs-common';
import { StateWord } from './vocabulary';

const WORDS: Record<AlertState, StateWord> = {
  firing: { word: 'Firing', tone: 'bad' },
  error: { word: 'Rule fails', tone: 'warn' },
  pending: { word: 'Pending', tone: 'warn' },
  'no-data': { word: 'No data', tone: 'unknown' },
  normal: { word: 'Normal', tone: 'good' },
};

/** How an alert rule stands. */
export const alertWord = (state: AlertState) => WORDS[state];
