import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { toTree } from './fileTree';

const file = (name: string): PlannedThing => ({
  kind: 'file',
  name,
  where: 'a/b@main',
  change: 'create',
});

describe('toTree', () => {
  it('puts folders before files, by name, and counts what is in them', () => {
    const tree = toTree(
      ['z.txt', 'a.txt', 'src/b.go', 'src/a/x.go', 'docs/i.md'].map(file),
    );
    expect(tree.count).toBe(5);
    expect(tree.files.map(({ name }) => name)).toEqual(['a.txt', 'z.txt']);
    expect(tree.folders.map(({ name, count }) => [name, count])).toEqual([
      ['docs', 1],
      ['src', 2],
    ]);
  });

  it('joins folders that hold nothing but a folder', () => {
    const [folder] = toTree(['a/b/c/x.txt', 'a/b/c/y.txt'].map(file)).folders;
    expect(folder.name).toBe('a/b/c');
    expect(folder.files).toHaveLength(2);
  });

  it('is empty for nothing', () => {
    expect(toTree([])).toEqual({ name: '', folders: [], files: [], count: 0 });
  });
});
