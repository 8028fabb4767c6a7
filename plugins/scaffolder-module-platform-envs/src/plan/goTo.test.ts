import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { toRows, toTree } from './fileTree';
import { goTo } from './goTo';

const files = ['docs/a.md', 'src/x.go', 'src/y.go', 'README.md'].map(
  (name): PlannedThing => ({
    kind: 'file',
    name,
    where: 'a/b@main',
    change: 'create',
  }),
);
// docs, src with x.go and y.go, README.md
const rows = toRows(toTree(files), path => path === 'src');
const row = (path: string) => rows.find(one => one.path === path)!;

describe('goTo', () => {
  it.each([
    ['docs', 'ArrowDown', 'src'],
    ['src', 'ArrowUp', 'docs'],
    ['docs', 'ArrowUp', undefined],
    ['README.md', 'ArrowDown', undefined],
    ['README.md', 'Home', 'docs'],
    ['docs', 'End', 'README.md'],
    ['docs', 'ArrowRight', 'toggle'],
    ['src', 'ArrowRight', 'src/x.go'],
    ['src/x.go', 'ArrowRight', undefined],
    ['src', 'ArrowLeft', 'toggle'],
    ['src/y.go', 'ArrowLeft', 'src'],
    ['docs', 'ArrowLeft', undefined],
    ['docs', 'r', 'README.md'],
    ['README.md', 's', 'src'],
    ['docs', 'q', undefined],
    ['docs', 'Tab', undefined],
  ])('goes from %s by %s to %s', (from, key, to) => {
    const found = goTo(rows, row(from), key);
    expect(typeof found === 'object' ? found.path : found).toBe(to);
  });
});
