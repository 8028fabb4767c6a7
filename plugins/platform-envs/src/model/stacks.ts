import {
  EnvironmentStack,
  StackHealth,
  stackHealth,
} from '@fairway/plugin-platform-envs-common';
import { StateWord, Tone } from './vocabulary';

const TONES: Record<StackHealth, Tone> = {
  ok: 'good',
  moving: 'busy',
  'rolled-back': 'warn',
  failed: 'bad',
};

/** A stack status as words and a tone: `UPDATE_ROLLBACK_COMPLETE` is "Update rollback complete". */
export function stackWord(status: string): StateWord {
  const words = status.toLocaleLowerCase('en-US').replaceAll('_', ' ');
  return {
    word: words.charAt(0).toLocaleUpperCase('en-US') + words.slice(1),
    tone: TONES[stackHealth(status)],
  };
}

/** Whether a stack is as its template says. */
export function driftWord({ status, resources }: EnvironmentStack['drift']) {
  const words: Record<typeof status, StateWord> = {
    'in-sync': { word: 'As in its template', tone: 'good' },
    drifted: {
      word: `Drifted: ${
        resources.length === 1 ? '1 resource' : `${resources.length} resources`
      }`,
      tone: 'warn',
    },
    'not-checked': { word: 'Drift never checked', tone: 'unknown' },
    unknown: { word: 'Drift unknown', tone: 'unknown' },
  };
  if (status === 'drifted' && resources.length === 0) {
    return { word: 'Drifted', tone: 'warn' as const };
  }
  return words[status];
}
