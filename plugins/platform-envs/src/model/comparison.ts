import {
  ComparisonQuery,
  ConfigDifference,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';

/** Stands for what runs, where the other side is what Git says. */
export const LIVE = 'live';

/** What is compared, by the short names that the address carries: `dev..uat`, `live..prod`. */
export interface Compared {
  from: string;
  to: string;
}

/** Reads `dev..uat`; undefined when it names no two different sides of these environments. */
export function readCompared(
  text: string | null,
  environments: Pick<EnvironmentSummary, 'shortName'>[],
): Compared | undefined {
  const [from, to, more] = text?.split('..') ?? [];
  const isKnown = (name: string) =>
    environments.some(e => e.shortName === name);
  if (!from || !to || more !== undefined || from === to) return undefined;
  return (from === LIVE || isKnown(from)) && isKnown(to)
    ? { from, to }
    : undefined;
}

/** As the address carries it. */
export function writeCompared({ from, to }: Compared): string {
  return `${from}..${to}`;
}

/** As the server is asked. */
export function toQuery(
  { from, to }: Compared,
  environments: Pick<EnvironmentSummary, 'shortName' | 'ref'>[],
): ComparisonQuery {
  const refOf = (name: string) =>
    environments.find(e => e.shortName === name)!.ref;
  return from === LIVE
    ? { environment: refOf(to), against: 'live' }
    : { from: refOf(from), to: refOf(to) };
}

/** What each group of settings is called. */
export const CONFIG_GROUPS: Record<ConfigDifference['group'], string> = {
  replicas: 'Replicas',
  literal: 'Configuration',
  environment: 'Environment variables',
  resources: 'Resources',
  other: 'Other',
};

/** One line of a unified diff. */
export interface DiffLine {
  kind: 'context' | 'removed' | 'added' | 'hunk';
  text: string;
  /** 1-based, on either side; absent where the side does not have the line. */
  before?: number;
  after?: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The lines of a unified diff, with their numbers on both sides. */
export function readDiff(diff: string): DiffLine[] {
  let before = 0;
  let after = 0;
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line): DiffLine[] => {
      const [, from, to] = HUNK.exec(line) ?? [];
      if (from) {
        before = Number(from);
        after = Number(to);
        return [{ kind: 'hunk', text: line }];
      }
      const text = line.slice(1);
      switch (line[0]) {
        case '-':
          return [{ kind: 'removed', text, before: before++ }];
        case '+':
          return [{ kind: 'added', text, after: after++ }];
        case ' ':
          return [{ kind: 'context', text, before: before++, after: after++ }];
        default:
          // "\ No newline at end of file" says nothing here
          return [];
      }
    });
}

/** A pair of lines side by side; absent where a side has none. */
export interface DiffPair {
  left?: DiffLine;
  right?: DiffLine;
}

/** The lines of a diff side by side: what went next to what came. */
export function sideBySide(lines: DiffLine[]): DiffPair[] {
  const pairs: DiffPair[] = [];
  let waiting: DiffPair[] = [];
  for (const line of lines) {
    if (line.kind === 'removed') {
      const pair: DiffPair = { left: line };
      waiting.push(pair);
      pairs.push(pair);
    } else if (line.kind === 'added') {
      const pair = waiting.shift();
      if (pair) pair.right = line;
      else pairs.push({ right: line });
    } else {
      waiting = [];
      pairs.push({ left: line, right: line });
    }
  }
  return pairs;
}
