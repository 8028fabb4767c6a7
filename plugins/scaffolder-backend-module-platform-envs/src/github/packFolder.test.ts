import { createMockDirectory } from '@backstage/backend-test-utils';
import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { packFolder } from './packFolder';

/** Git itself takes what was packed, or says what is wrong with it. */
describe('packFolder', () => {
  const source = createMockDirectory();
  const repository = createMockDirectory();
  const author = { name: 'A <Person>', email: 'person@example.com' };

  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository.path, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    });

  async function unpack(message = 'Create greeter\n\nFairway-Task: 1\n') {
    const { commit, pack } = await packFolder({
      folder: source.path,
      message,
      author,
      now: new Date('2026-03-15T10:00:00Z'),
    });
    repository.setContent({});
    git('init', '--quiet', '--bare', '--initial-branch', 'main', '.');
    execFileSync(
      'git',
      ['-C', repository.path, 'index-pack', '--stdin', '--strict'],
      { input: pack, stdio: ['pipe', 'ignore', 'inherit'] },
    );
    git('update-ref', 'refs/heads/main', commit);
    git('fsck', '--strict', '--full');
    return commit;
  }

  it('gives git the same tree as git would make itself', async () => {
    source.setContent({
      'README.md': '# Greeter\n',
      'a-b': 'sorts before the folder',
      a: { 'b.txt': 'x'.repeat(100_000), c: { d: { e: '' } } },
      'a.b': 'sorts before it too',
      a0: 'sorts after it',
      'é.txt': 'name in UTF-8',
      '.github': { CODEOWNERS: '* @x\n' },
      'copy.md': '# Greeter\n',
      run: '#!/bin/sh\n',
      empty: {},
    });
    await chmod(source.resolve('run'), 0o755);
    await unpack();
    const index = ['--git-dir', repository.path, '--work-tree', source.path];
    git(...index, 'add', '--all');
    expect(git('rev-parse', 'main^{tree}')).toBe(git('write-tree'));
    expect(git('show', 'main:a/b.txt')).toHaveLength(100_000);
    expect(git('ls-tree', 'main', 'run')).toMatch(/^100755 /);
  });

  it('names the person and the task', async () => {
    source.setContent({ 'README.md': '' });
    const commit = await unpack();
    expect(git('log', '--format=%H|%an|%ae|%at|%cn|%B', 'main')).toBe(
      `${commit}|A Person|person@example.com|1773568800|A Person|Create greeter\n\nFairway-Task: 1\n\n`,
    );
  });

  it('leaves out what the repository itself ignores', async () => {
    source.setContent({
      '.gitignore': '*.log\n/bin/\n!keep.log\n',
      'a.log': '',
      'keep.log': '',
      bin: { tool: '' },
      src: {
        bin: { main: '' },
        '.gitignore': '!*.log\nout\n',
        'b.log': '',
        out: '',
      },
      '.git': { config: '' },
    });
    await unpack();
    expect(git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual([
      '.gitignore',
      'keep.log',
      'src/.gitignore',
      'src/b.log',
      'src/bin/main',
      '',
    ]);
  });

  it('makes a commit of an empty folder', async () => {
    source.setContent({});
    await unpack();
    expect(git('ls-tree', '-r', 'main')).toBe('');
  });
});
