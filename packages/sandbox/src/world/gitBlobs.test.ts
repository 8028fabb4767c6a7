import { startTestSandbox } from '../__testUtils__/startTestSandbox';
import { Sandbox } from '../startSandbox';

describe('files of a commit', () => {
  const repository = 'cornjacket/platform-docs';
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox({ only: [] });
    await sandbox.world.git.commit(repository, {
      branch: 'main',
      message: 'Files',
      author: { name: 'A', email: 'a@example.com' },
      files: [
        { path: 'a.txt', content: 'a' },
        { path: 'empty.txt', content: '' },
        { path: 'folder/b c.txt', content: 'b\n\0é\n' },
      ],
    });
  });
  afterAll(() => sandbox?.close());

  it('are read together, each as it is, whatever else is asked for', async () => {
    const { git } = sandbox.world;
    const wanted: Record<string, string | undefined> = {
      'a.txt': 'a',
      '../../etc/passwd': undefined,
      './a.txt': undefined,
      '/a.txt': undefined,
      'folder/': undefined,
      folder: undefined,
      '': undefined,
      'folder//b c.txt': undefined,
      'nothing.txt': undefined,
      'a.txt\nfolder/b c.txt': undefined,
      '..a/...': undefined,
      [`${'x'.repeat(9000)}`]: undefined,
      'empty.txt': '',
      'folder/b c.txt': 'b\n\0é\n',
    };
    const found = await Promise.all(
      Object.keys(wanted).map(async path => [
        path,
        await git.readFile(repository, 'main', path),
      ]),
    );
    expect(Object.fromEntries(found)).toEqual(wanted);
  });

  it('are undefined where there is no such branch, and follow the branch', async () => {
    const { git } = sandbox.world;
    expect(await git.readFile(repository, 'none', 'a.txt')).toBeUndefined();
    expect(await git.readFile(repository, 'main', 'a.txt')).toBe('a');
    await git.commit(repository, {
      branch: 'main',
      message: 'Change',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'a.txt', content: 'changed' }],
    });
    expect(await git.readFile(repository, 'main', 'a.txt')).toBe('changed');
  });
});
