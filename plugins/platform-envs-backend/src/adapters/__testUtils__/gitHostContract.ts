import {
  BranchMovedError,
  GitChange,
  GitHost,
} from '@fairway/plugin-platform-envs-node';

/** A Git host, and how a test moves its branches behind its back. */
// eslint-disable-next-line jest/no-export -- its shape goes with it
export interface GitHostFixture {
  gitHost: GitHost;
  repository: string;
  push(files: Record<string, string>, message?: string): Promise<string>;
  rewrite(files: Record<string, string>): Promise<string>;
  tag(name: string, sha: string): Promise<void>;
}

/** What every Git host promises: run on the fake and on the real one. */
// eslint-disable-next-line jest/no-export -- a contract is shared by the tests of what fulfils it
export function describeGitHost(
  name: string,
  start: () => Promise<GitHostFixture>,
) {
  describe(`${name} as a Git host`, () => {
    let f: GitHostFixture;

    beforeEach(async () => {
      f = await start();
      await f.push({
        'gitops/a.yaml': 'a: 1\n',
        'gitops/deep/b.yaml': 'b: 1\r\n',
        'gitops-other/c.yaml': 'c: 1',
      });
    });

    const change = (overrides: Partial<GitChange> = {}): GitChange => ({
      repository: f.repository,
      branch: 'main',
      base: '',
      files: [{ path: 'gitops/a.yaml', content: 'a: 2\n' }],
      subject: 'Promote a',
      body: 'Because.',
      trailers: [
        { key: 'Promotion-Id', value: '01K' },
        { key: 'Plan-Digest', value: 'abc' },
      ],
      author: { name: 'Fairway', email: 'fairway@example.com' },
      ...overrides,
    });
    const head = () => f.gitHost.head(f.repository, 'main');
    const read = async (path: string) =>
      (await f.gitHost.readFiles(f.repository, 'main', { paths: [path] })).get(
        path,
      );

    it('sees a branch move', async () => {
      const before = await head();
      const sha = await f.push({ 'gitops/a.yaml': 'a: 9\n' });
      expect(sha).not.toBe(before);
      expect(await head()).toBe(sha);
      expect((await read('gitops/a.yaml'))?.content).toBe('a: 9\n');
    });

    it('follows a branch to a commit that it is told of', async () => {
      await head();
      const sha = await f.push({ 'gitops/a.yaml': 'a: 10\n' });
      await f.gitHost.follow!(f.repository, 'main', sha);
      expect((await read('gitops/a.yaml'))?.content).toBe('a: 10\n');
      await expect(
        f.gitHost.follow!(f.repository, 'main', '0123456789'.repeat(4)),
      ).rejects.toThrow();
      expect(await head()).toBe(sha);
    });

    it('reads the files below a folder, and no others', async () => {
      const files = await f.gitHost.readFiles(f.repository, await head(), {
        folder: 'gitops',
      });
      expect([...files.keys()].sort()).toEqual([
        'gitops/a.yaml',
        'gitops/deep/b.yaml',
      ]);
      expect(files.get('gitops/deep/b.yaml')).toMatchObject({
        content: 'b: 1\r\n',
        sizeBytes: 6,
        blobSha: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
    });

    it('leaves out what does not exist', async () => {
      const files = await f.gitHost.readFiles(f.repository, await head(), {
        paths: ['gitops/a.yaml', 'gitops/none.yaml', 'gitops'],
      });
      expect([...files.keys()]).toEqual(['gitops/a.yaml']);
    });

    it('lists a file of more than 1 MB without its content', async () => {
      await f.push({ 'big.yaml': 'x'.repeat(1024 * 1024 + 1) });
      await head();
      const file = await read('big.yaml');
      expect(file?.sizeBytes).toBe(1024 * 1024 + 1);
      expect(file?.content).toBeUndefined();
    });

    it('commits once, with trailers, and changes only what it was told', async () => {
      const base = await head();
      const { sha } = await f.gitHost.commitChange(change({ base }));
      expect(await head()).toBe(sha);
      const files = await f.gitHost.readFiles(f.repository, sha, {
        folder: 'gitops',
      });
      expect(files.get('gitops/a.yaml')?.content).toBe('a: 2\n');
      expect(files.get('gitops/deep/b.yaml')?.content).toBe('b: 1\r\n');
      const last = await f.gitHost.lastChanges(f.repository, 'main', [
        files.get('gitops/a.yaml')!,
      ]);
      expect(last.get('gitops/a.yaml')).toMatchObject({
        sha,
        subject: 'Promote a',
        body: 'Because.\n\nPromotion-Id: 01K\nPlan-Digest: abc',
        author: { name: 'Fairway', email: 'fairway@example.com' },
      });
    });

    it('tells of many files at once who made each of them what it is', async () => {
      const names = Array.from({ length: 30 }, (_, i) => `many/${i}/x.yaml`);
      const first = await f.push(
        Object.fromEntries(names.map(path => [path, `${path}: 1\n`])),
      );
      const second = await f.push({
        [names[3]]: 'x: 2\n',
        [names[4]]: 'x: 2\n',
      });
      const back = await f.push({ [names[4]]: `${names[4]}: 1\n` });
      const now = await head();
      const files = await f.gitHost.readFiles(f.repository, now, {
        folder: 'many',
      });
      const last = await f.gitHost.lastChanges(f.repository, 'main', [
        ...files.values(),
        { path: 'many/none.yaml', blobSha: '0'.repeat(40) },
      ]);
      expect(last.size).toBe(30);
      expect(names.map(path => last.get(path)?.sha)).toEqual(
        names.map((_, i) => ({ 3: second, 4: back }[i] ?? first)),
      );
    });

    it('F18 refuses a commit on a branch that moved, and writes nothing', async () => {
      const base = await head();
      const moved = await f.push({ 'gitops/deep/b.yaml': 'b: 2\n' });
      await expect(
        f.gitHost.commitChange(change({ base })),
      ).rejects.toBeInstanceOf(BranchMovedError);
      expect(await head()).toBe(moved);
    });

    it('does not make a file that is not there', async () => {
      const base = await head();
      const files = [{ path: 'gitops/new.yaml', content: '' }];
      await expect(
        f.gitHost.commitChange(change({ base, files })),
      ).rejects.toThrow(expect.objectContaining({ name: 'NotFoundError' }));
      expect(await head()).toBe(base);
    });

    it('finds a commit by its trailer, by the exact value only', async () => {
      const base = await head();
      const { sha } = await f.gitHost.commitChange(change({ base }));
      await f.push({ 'gitops/a.yaml': 'a: 3\n' }, 'Mentions Promotion-Id: 01');
      const find = (value: string, since?: string) =>
        f.gitHost.findCommitByTrailer(
          f.repository,
          'main',
          { key: 'Promotion-Id', value },
          since,
        );
      expect((await find('01K'))?.sha).toBe(sha);
      expect((await find('01K', base))?.sha).toBe(sha);
      expect(await find('01K', sha)).toBeUndefined();
      expect(await find('01')).toBeUndefined();
      expect(await find('other')).toBeUndefined();
    });

    it('F21 tells that history was rewritten', async () => {
      const base = await head();
      const next = await f.push({ 'gitops/a.yaml': 'a: 3\n' });
      await head();
      expect(await f.gitHost.isAncestor(f.repository, base, next)).toBe(true);
      expect(await f.gitHost.isAncestor(f.repository, next, next)).toBe(true);
      const rewritten = await f.rewrite({ 'gitops/a.yaml': 'a: 1\n' });
      expect(await head()).toBe(rewritten);
      expect(await f.gitHost.isAncestor(f.repository, next, rewritten)).toBe(
        false,
      );
      const unknown = 'f'.repeat(40);
      expect(await f.gitHost.isAncestor(f.repository, unknown, rewritten)).toBe(
        false,
      );
    });

    it('says the history of a path, newest first', async () => {
      await f.push({ 'gitops/deep/b.yaml': 'b: 2\n' }, 'Second\n\nwith a body');
      await f.push({ 'gitops/a.yaml': 'a: 2\n' }, 'Other');
      await head();
      const history = await f.gitHost.history(
        f.repository,
        'main',
        'gitops/deep/b.yaml',
        5,
      );
      expect(history.map(c => c.subject)).toEqual(['Second', 'Change by hand']);
      expect(history[0].body).toBe('with a body');
    });

    it('tells how two commits differ, in all or below a folder', async () => {
      const base = await head();
      await f.push({ 'gitops/a.yaml': 'a: 2\n' }, 'Change a');
      const next = await f.push(
        { 'gitops-other/c.yaml': 'c: 2\n' },
        'Change c',
      );
      const compare = async (
        from: string,
        to: string,
        options: { folder?: string; without?: string[] } = {},
      ) => {
        const { onlyBase, onlyHead, totals } = await f.gitHost.compareCommits!(
          f.repository,
          from,
          to,
          {
            limit: 1,
            ...options,
          },
        );
        return [
          totals,
          onlyBase.map(c => c.subject),
          onlyHead.map(c => c.subject),
        ];
      };
      expect(await compare(base, next)).toEqual([
        { onlyBase: 0, onlyHead: 2 },
        [],
        ['Change c'],
      ]);
      expect(await compare(next, base, { folder: 'gitops' })).toEqual([
        { onlyBase: 1, onlyHead: 0 },
        ['Change a'],
        [],
      ]);
      expect(await compare(base, next, { without: ['gitops-other'] })).toEqual([
        { onlyBase: 0, onlyHead: 1 },
        [],
        ['Change a'],
      ]);
      expect(await compare(next, next)).toEqual([
        { onlyBase: 0, onlyHead: 0 },
        [],
        [],
      ]);
      const rewritten = await f.rewrite({ 'gitops/a.yaml': 'a: 7\n' });
      const [totals] = await compare(next, rewritten);
      expect(totals).toEqual({ onlyBase: 3, onlyHead: 1 });
      await expect(compare(next, 'f'.repeat(40))).rejects.toThrow(
        expect.objectContaining({ name: 'NotFoundError' }),
      );
    });

    it('finds the commit of the first tag that there is, once it was updated', async () => {
      const sha = await head();
      await f.tag('app/v1.0.0', sha);
      await f.gitHost.update!(f.repository);
      const find = (...names: string[]) =>
        f.gitHost.findTag!(f.repository, names);
      expect(await find('v1.0.0', 'app/v1.0.0')).toBe(sha);
      expect(await find('v1.0.0', '1.0.0')).toBeUndefined();
      expect(await find('--help', '../../heads/main')).toBeUndefined();
      const next = await f.push({ 'gitops/a.yaml': 'a: 8\n' });
      await f.tag('v1.0.0', next);
      await f.gitHost.update!(f.repository);
      expect(await find('v1.0.0', 'app/v1.0.0')).toBe(next);
    });

    it('knows no branch or repository that is not there', async () => {
      for (const [repository, branch] of [
        [f.repository, 'none'],
        ['nobody/nothing', 'main'],
      ]) {
        await expect(f.gitHost.head(repository, branch)).rejects.toThrow(
          expect.objectContaining({ name: 'NotFoundError' }),
        );
      }
    });
  });
}
