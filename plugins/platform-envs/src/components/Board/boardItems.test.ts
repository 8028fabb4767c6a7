import { asOverview, aSmallOverview } from '../../__testUtils__';
import { step, toItems } from './boardItems';
import { toBoard } from './boardModel';

const { groups } = toBoard(
  asOverview(aSmallOverview()),
  { mine: false, attention: false, states: [], search: '', sort: 'worst' },
  new Set(),
);
const items = toItems(groups, new Set());
const keys = items.map(item => item.key);

describe('toItems', () => {
  it('puts the head of each platform above its services', () => {
    expect(keys).toEqual([
      'head system:default/sample-platform-ai',
      'component:default/sample-backend',
      'component:default/sample-frontend',
      'head system:default/cornjacket-platform',
      'component:default/cornjacket-ingestion',
    ]);
  });

  it('leaves the head of a folded platform alone', () => {
    const folded = new Set(['system:default/sample-platform-ai']);
    expect(toItems(groups, folded).map(item => item.kind)).toEqual([
      'head',
      'head',
      'row',
    ]);
  });
});

describe('step', () => {
  const go = (
    line: number,
    column: number,
    key: string,
    ctrlKey: boolean = false,
  ) => {
    const place = step(items, line, column, { key, ctrlKey }, 3);
    return place && [keys.indexOf(place.key), place.column];
  };

  it.each([
    ['ArrowDown', 1, 2, [2, 2]],
    ['ArrowUp', 1, 2, [0, 2]],
    ['ArrowLeft', 1, 2, [1, 1]],
    ['ArrowRight', 1, 2, [1, 3]],
    ['Home', 1, 2, [1, 0]],
    ['End', 1, 2, [1, 3]],
    ['PageDown', 0, 1, [3, 1]],
    ['PageUp', 4, 1, [1, 1]],
  ])('%s leads from line %d, column %d to %j', (key, line, column, to) => {
    expect(go(line, column, key)).toEqual(to);
  });

  it('stays on the columns that a platform has', () => {
    expect(go(2, 3, 'ArrowDown')).toEqual([3, 2]);
  });

  it('leads to the corners with Ctrl', () => {
    expect(go(2, 2, 'Home', true)).toEqual([0, 0]);
    expect(go(2, 2, 'End', true)).toEqual([4, 2]);
  });

  it.each([
    ['ArrowUp', 0, 1],
    ['ArrowLeft', 2, 0],
    ['ArrowRight', 2, 3],
    ['ArrowDown', 4, 1],
    ['PageDown', 4, 1],
    ['x', 1, 1],
  ])('%s leads nowhere from line %d, column %d', (key, line, column) => {
    expect(go(line, column, key)).toBeUndefined();
  });
});
