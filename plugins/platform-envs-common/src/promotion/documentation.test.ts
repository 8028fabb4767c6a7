import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isLegalTransition, PROMOTION_EVENT_TYPES } from './transition';
import { PROMOTION_STATES } from './types';

const page = readFileSync(
  resolve(__dirname, '../../../../docs/promotions.md'),
  'utf8',
);

/** Rows of `| event | FROM, FROM | TO |`. */
const documented = new Map(
  [...page.matchAll(/^\| (\w+) +\| ([A-Z, ]+?) +\| ([A-Z]+) +\|$/gm)].map(
    ([, event, from]) => [event, from.split(', ').sort()],
  ),
);

describe('docs/promotions.md', () => {
  it.each(PROMOTION_EVENT_TYPES.map(type => [type]))(
    'tells from which states %s leads on',
    type => {
      const legal = PROMOTION_STATES.filter(s => isLegalTransition(s, type));
      expect(documented.get(type)).toEqual([...legal].sort());
    },
  );

  it('tells of no event that there is not', () => {
    expect([...documented.keys()].sort()).toEqual(
      [...PROMOTION_EVENT_TYPES].sort(),
    );
  });

  it('names every state', () => {
    expect(PROMOTION_STATES.filter(s => !page.includes(s))).toEqual([]);
  });
});
