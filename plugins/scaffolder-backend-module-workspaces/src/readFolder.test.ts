import { createMockDirectory } from '@backstage/backend-test-utils';
import { chmod, rename, rm, symlink, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFolder } from './readFolder';

describe('readFolder', () => {
  const folder = createMockDirectory();
  beforeEach(() =>
    folder.setContent({
      'README.md': 'Greeter',
      src: { 'main.go': 'package main', 'main_test.go': 'package main' },
    }),
  );

  it('sees the same in what has not changed', async () => {
    const { fingerprint } = await readFolder(folder.path);
    await sleep(20);
    expect(await readFolder(folder.path)).toEqual({
      fingerprint,
      isEmpty: false,
      bytes: 7 + 12 + 12,
    });
  });

  it.each<[string, () => unknown]>([
    ['a file was added', () => folder.addContent({ 'src/go.mod': '' })],
    ['a folder was added', () => folder.addContent({ docs: {} })],
    ['a file is gone', () => rm(folder.resolve('README.md'))],
    [
      'a file was renamed',
      () => rename(folder.resolve('README.md'), folder.resolve('LICENSE')),
    ],
    [
      'a file holds something else of the same size and age',
      async () => {
        folder.addContent({ 'README.md': 'greeter' });
        await utimes(folder.resolve('README.md'), 0, 0);
      },
    ],
    ['a file may be run', () => chmod(folder.resolve('README.md'), 0o755)],
    [
      'a link was added',
      () => symlink('README.md', folder.resolve('index.md')),
    ],
  ])('sees that %s', async (_, change) => {
    await utimes(folder.resolve('README.md'), 0, 0);
    const before = await readFolder(folder.path);
    await sleep(20);
    await change();
    const after = await readFolder(folder.path);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it('is not misled by names that look like what follows a name', async () => {
    folder.setContent({ 'a\n"b" 33188': '' });
    const one = await readFolder(folder.path);
    folder.setContent({ a: '', 'b" 33188': '' });
    const two = await readFolder(folder.path);
    expect(one.fingerprint).not.toBe(two.fingerprint);
  });

  it('knows an empty folder from one with empty folders', async () => {
    folder.setContent({});
    await expect(readFolder(folder.path)).resolves.toMatchObject({
      isEmpty: true,
      bytes: 0,
    });
    folder.setContent({ src: {} });
    await expect(readFolder(folder.path)).resolves.toMatchObject({
      isEmpty: false,
      bytes: 0,
    });
  });
});
