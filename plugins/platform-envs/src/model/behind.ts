import { OverviewBehind } from '@fairway/plugin-platform-envs-common';

/** How a cell stands against the environment before it, in words. */
export interface BehindWords {
  /** For an arrow between two environments. */
  short: string;
  /** The whole sentence, without a full stop. */
  long: string;
  /** For a cell: `-3`, `+1`, `-3 +1`, or a word; absent where there is nothing to say. */
  mark?: string;
}

function commits(count: number): string {
  return `${count} commit${count === 1 ? '' : 's'}`;
}

function markOf({ state, commits: lacks, ahead, toVersion }: OverviewBehind) {
  const counts = [lacks && `-${lacks}`, ahead && `+${ahead}`].filter(Boolean);
  if (counts.length) return counts.join(' ');
  if (state === 'behind') return toVersion ? `behind ${toVersion}` : 'behind';
  return state;
}

/** How a cell stands against the environment before it; undefined for the first one. */
export function describeBehind(
  behind?: OverviewBehind,
): BehindWords | undefined {
  if (!behind) return undefined;
  const { state, fromVersion, toVersion, commits: lacks, ahead } = behind;
  if (state === 'same') return { short: 'same', long: 'The same release' };
  if (state === 'unknown') {
    return {
      short: '?',
      long: `Whether it is behind cannot be told: ${
        behind.reason ?? 'a digest is missing'
      }`,
    };
  }
  const change = `${fromVersion ?? 'nothing'} → ${toVersion ?? 'unknown'}`;
  const word = { behind: 'Behind', ahead: 'Ahead', diverged: 'Diverged' };
  const counted = [
    lacks && `lacks ${commits(lacks)}`,
    ahead && `has ${commits(ahead)} more`,
  ].filter(Boolean);
  return {
    short: change,
    long: [`${word[state]}: ${change}`, ...counted].join(', '),
    mark: markOf(behind),
  };
}
