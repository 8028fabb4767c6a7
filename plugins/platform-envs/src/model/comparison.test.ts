import { readDiff, sideBySide } from './comparison';

const DIFF = `@@ -1,4 +1,4 @@
 a: 1
-b: 2
-c: 3
+b: 4
 d: 5
@@ -10,1 +10,2 @@
 x: 1
+y: 2
\\ No newline at end of file
`;

describe('readDiff', () => {
  it('numbers the lines of both sides', () => {
    expect(
      readDiff(DIFF).map(l => [l.kind, l.before, l.after, l.text]),
    ).toEqual([
      ['hunk', undefined, undefined, '@@ -1,4 +1,4 @@'],
      ['context', 1, 1, 'a: 1'],
      ['removed', 2, undefined, 'b: 2'],
      ['removed', 3, undefined, 'c: 3'],
      ['added', undefined, 2, 'b: 4'],
      ['context', 4, 3, 'd: 5'],
      ['hunk', undefined, undefined, '@@ -10,1 +10,2 @@'],
      ['context', 10, 10, 'x: 1'],
      ['added', undefined, 11, 'y: 2'],
    ]);
  });

  it('has nothing to say of no diff', () => {
    expect(readDiff('')).toEqual([]);
  });
});

describe('sideBySide', () => {
  it('puts what went next to what came', () => {
    expect(
      sideBySide(readDiff(DIFF)).map(({ left, right }) => [
        left?.text,
        right?.text,
      ]),
    ).toEqual([
      ['@@ -1,4 +1,4 @@', '@@ -1,4 +1,4 @@'],
      ['a: 1', 'a: 1'],
      ['b: 2', 'b: 4'],
      ['c: 3', undefined],
      ['d: 5', 'd: 5'],
      ['@@ -10,1 +10,2 @@', '@@ -10,1 +10,2 @@'],
      ['x: 1', 'x: 1'],
      [undefined, 'y: 2'],
    ]);
  });
});
