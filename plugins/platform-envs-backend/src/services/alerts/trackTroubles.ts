import {
  OverviewCell,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { z } from 'zod';
import { inSlices } from '../../inSlices';
import { cellKey } from '../board';

/** What owners are told about. */
export type Trouble = 'degraded' | 'missing' | 'out-of-sync';

/** How long a trouble has to last before anybody is told. Milliseconds. */
export type Patience = Record<Trouble, number>;

/** A cell that is in trouble, or was when its owner was told. */
export interface TrackedTrouble {
  trouble: Trouble;
  /** ISO 8601 UTC; when it was first seen. */
  since: string;
  /** What its owner was told last. */
  told?: Trouble;
}

/** By cell key; cells that are well and of which nobody was told are not in it. */
export type TrackedTroubles = Record<string, TrackedTrouble>;

/** Shape of what is kept over a restart. */
export const trackedTroubles = z.record(
  z.string(),
  z.looseObject({
    trouble: z.enum(['degraded', 'missing', 'out-of-sync']),
    since: z.string(),
    told: z.enum(['degraded', 'missing', 'out-of-sync']).optional(),
  }),
);

/** Something that an owner is to be told. */
export interface News {
  row: OverviewRow;
  cell: OverviewCell;
  /** Absent: it is well again. */
  trouble?: Trouble;
}

/** Whether a state is a trouble, is well, or says nothing either way. */
function readingOf({ state }: OverviewCell): Trouble | 'well' | undefined {
  switch (state) {
    case 'degraded':
    case 'missing':
    case 'out-of-sync':
      return state;
    case 'healthy':
    case 'suspended':
    case 'not-deployed':
      return 'well';
    // what is not known is no recovery; what moves has not arrived
    default:
      return undefined;
  }
}

/**
 * Compares the board with what was tracked. Pure: the caller keeps `tracked`,
 * and marks as told what it could tell.
 */
export async function trackTroubles(
  rows: OverviewRow[],
  before: TrackedTroubles,
  options: { now: Date; patience: Patience },
): Promise<{ tracked: TrackedTroubles; news: News[] }> {
  const { now, patience } = options;
  const tracked: TrackedTroubles = {};
  const news: News[] = [];
  await inSlices(rows, row => {
    for (const cell of row.cells) {
      const key = cellKey(cell.componentRef, cell.environmentRef);
      const known = before[key];
      const reading = readingOf(cell);
      if (reading === undefined) {
        if (known) tracked[key] = known;
        continue;
      }
      if (reading === 'well') {
        if (known?.told) {
          tracked[key] = known;
          news.push({ row, cell });
        }
        continue;
      }
      const since =
        known?.trouble === reading ? known.since : now.toISOString();
      tracked[key] = {
        trouble: reading,
        since,
        ...(known?.told && { told: known.told }),
      };
      const lasts = now.getTime() - Date.parse(since);
      if (known?.told !== reading && lasts >= patience[reading]) {
        news.push({ row, cell, trouble: reading });
      }
    }
  });
  return { tracked, news };
}
