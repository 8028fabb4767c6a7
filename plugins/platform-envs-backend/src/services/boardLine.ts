import {
  compactRow,
  compareDeliveryStates,
  DeliveryCell,
  DeliveryRow,
  overviewText,
  OverviewRow,
  rowNeedsAttention,
  toOverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';

/** A row of the board, ready to be searched, sorted and sent. */
export interface BoardLine {
  row: OverviewRow;
  /** As it goes over the wire; two rows that show the same have the same. */
  json: string;
  /** 128 bits of all that the row and its details say, but for what is no news. */
  hash: bigint;
  /** What the search looks into, in lower case. */
  text: string;
  attention: boolean;
  worst: OverviewRow['cells'][number]['state'];
  /** When any of its cells came into its present state; empty when nobody knows. */
  changedAt: string;
}

/** Makes ready what is asked for often, once for each change of a row. */
export function toBoardLine(delivered: DeliveryRow): BoardLine {
  const row = toOverviewRow(delivered);
  const json = JSON.stringify(compactRow(row));
  const [worst = 'not-deployed'] = row.cells
    .map(({ state }) => state)
    .sort(compareDeliveryStates);
  return {
    row,
    json,
    hash: hashOf(json + JSON.stringify(delivered, newsOnly)),
    text: overviewText(row),
    attention: rowNeedsAttention(row),
    worst,
    changedAt: row.cells.reduce(
      (latest, { since = '' }) => (since > latest ? since : latest),
      '',
    ),
  };
}

/**
 * Leaves out times of reading, and the commit at which the deployment system
 * stands: with each merge to a repository that moves for all that it holds, and
 * every open board would ask for all of them.
 */
function newsOnly(key: string, value: unknown): unknown {
  switch (key) {
    case 'observedAt':
      return undefined;
    case 'live': {
      const { value: release, ...reading } = value as Partial<Ok>;
      return { ...reading, ...release, revision: undefined };
    }
    case 'sources':
      return (value as NonNullable<DeliveryCell['sources']>).map(source => ({
        ...source,
        revision: undefined,
      }));
    default:
      return value;
  }
}

type Ok = Extract<DeliveryCell['live'], { status: 'ok' }>;

/**
 * 128 bits of a text. The hash of a set is the exclusive or of its members',
 * so that one member can be taken out and put in without looking at the rest.
 */
export function hashOf(text: string): bigint {
  const hex = createHash('sha1').update(text).digest('hex').slice(0, 32);
  return BigInt(`0x${hex}`);
}
