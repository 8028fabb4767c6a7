import { compareDeliveryStates } from '@fairway/plugin-platform-envs-common';
import fc from 'fast-check';
import { BoardLine } from './boardLine';
import { selectLines } from './selectLines';

const STATES = ['degraded', 'out-of-sync', 'in-sync', 'unknown'] as const;

function lineOf(name: string, title: string, state: number): BoardLine {
  return {
    row: {
      component: {
        ref: `component:default/${name}`,
        name,
        title,
        ownerRef: 'group:default/web',
        systemRef: 'system:default/web',
      },
      cells: [],
    },
    json: '',
    hash: 0n,
    text: '',
    attention: false,
    worst: STATES[state],
    changedAt: state === 3 ? '' : `2026-01-0${state + 1}T00:00:00Z`,
  } as unknown as BoardLine;
}

/** Plain and slow: what is equal stays as it came. */
const ORDERS = {
  name: (a: BoardLine, b: BoardLine) =>
    new Intl.Collator('en-US', { numeric: true }).compare(
      a.row.component.title!,
      b.row.component.title!,
    ),
  worst: (a: BoardLine, b: BoardLine) =>
    compareDeliveryStates(a.worst, b.worst),
  changed: (a: BoardLine, b: BoardLine) => {
    if (a.changedAt === b.changedAt) return 0;
    return a.changedAt < b.changedAt ? 1 : -1;
  },
};

describe('selectLines', () => {
  it.each(['name', 'worst', 'changed'] as const)(
    'sorts by %s as if there had been no board before, whatever changed since',
    sort => {
      const line = fc
        .tuple(
          fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
          fc.constantFrom('Go 2', 'Go 10', 'go 2', 'Rust'),
          fc.nat(3),
        )
        .map(parts => lineOf(...parts));
      const board = fc.uniqueArray(line, {
        selector: one => one.row.component.ref,
      });
      const change = fc.oneof(
        fc.record({ line, at: fc.nat(6) }),
        fc.record({ board }),
      );
      fc.assert(
        fc.property(
          board,
          fc.array(change, { maxLength: 8 }),
          (first, changes) => {
            let lines = first;
            for (const one of [undefined, ...changes]) {
              if (one && 'board' in one) {
                lines = one.board;
              } else if (one && lines.length > 0) {
                // another line in the same place
                const { row } = lines[one.at % lines.length];
                const { component } = one.line.row;
                const renewed = lineOf(
                  row.component.name,
                  component.title!,
                  STATES.indexOf(one.line.worst as (typeof STATES)[number]),
                );
                lines = lines.map(l => (l.row === row ? renewed : l));
              }
              const { lines: sorted } = selectLines(lines, {
                sort,
                limit: 'all',
              });
              expect(sorted).toEqual([...lines].sort(ORDERS[sort]));
            }
          },
        ),
      );
    },
  );
});
