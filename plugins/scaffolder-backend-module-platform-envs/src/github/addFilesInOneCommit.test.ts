import { mockServices } from '@backstage/backend-test-utils';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { Octokit } from 'octokit';
import {
  openSandboxPlatform,
  SandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { addFilesInOneCommit, AddFilesOptions } from './addFilesInOneCommit';
import { createGithubClient } from './createGithubClient';

const OWNER = 'sample-platform-ai';
const REPO = 'sample-platform-ai';
const GRAPHQL = '/api/graphql';

describe('addFilesInOneCommit', () => {
  let platform: SandboxPlatform<Sandbox>;
  let client: Octokit;
  const logger = mockServices.logger.mock();

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
    client = await createGithubClient({
      integrations: platform.integrations,
      host: platform.gitHost,
      owner: OWNER,
      repo: REPO,
      logger,
    });
  });
  afterAll(() => platform.stop());
  beforeEach(() => {
    platform.world.counters.reset();
    logger.info.mockClear();
  });
  afterEach(() => platform.world.faults.remove());

  const add = (name: string, rest: Partial<AddFilesOptions> = {}) =>
    addFilesInOneCommit({
      client,
      owner: OWNER,
      repo: REPO,
      branch: 'main',
      subject: `Add ${name}`,
      trailers: [['Fairway-Component', name]],
      ownedBy: ['Fairway-Component', name],
      files: new Map([
        [`gitops/base/${name}/häuser.yaml`, `name: ${name} ✓\n`],
      ]),
      logger,
      ...rest,
    });
  const read = (path: string) =>
    platform.world.git.readFile(`${OWNER}/${REPO}`, 'main', path);
  const commitAsSomebody = (path: string, content: string) =>
    platform.world.git.commit(`${OWNER}/${REPO}`, {
      branch: 'main',
      message: 'Come between',
      author: { name: 'Somebody', email: 'somebody@example.com' },
      files: [{ path, content }],
    });
  /** A commit that GitHub takes long for; it is on its way when this comes back. */
  const beginSlowly = async (
    name: string,
    rest?: Partial<AddFilesOptions>,
  ): Promise<{ adding: ReturnType<typeof add> }> => {
    platform.world.faults.add({
      upstream: 'github',
      path: GRAPHQL,
      kind: 'delay',
      delayMs: 500,
      count: 1,
    });
    const adding = add(name, rest);
    adding.catch(() => {});
    while (!platform.world.counters.read().github?.routes[`POST ${GRAPHQL}`]) {
      await new Promise(resolve => setImmediate(resolve));
    }
    return { adding };
  };
  const log = () => platform.world.git.log(`${OWNER}/${REPO}`, 'main', {});
  const writes = () =>
    Object.entries(platform.world.counters.read().github.routes)
      .filter(([route]) => !route.startsWith('GET'))
      .map(([route, { calls }]) => `${route} ${calls}`);

  it('writes to GitHub once, for what any text says', async () => {
    const { commitSha } = await add('one-write');
    expect(writes()).toEqual([`POST ${GRAPHQL} 1`]);
    await expect(
      platform.world.git.readFile(
        `${OWNER}/${REPO}`,
        commitSha!,
        'gitops/base/one-write/häuser.yaml',
      ),
    ).resolves.toBe('name: one-write ✓\n');
  });

  it('takes those who wait along in one commit, each whole, and refuses one alone', async () => {
    await commitAsSomebody('gitops/base/taken/häuser.yaml', 'mine\n');
    const names = Array.from({ length: 20 }, (_, index) => `along-${index}`);
    const { adding } = await beginSlowly('ahead');
    const refused = add('taken').catch(error => error);
    const results = await Promise.all(names.map(name => add(name)));

    expect(writes()).toEqual([`POST ${GRAPHQL} 2`]);
    const { commitSha: ahead } = await adding;
    const [last, before] = await log();
    expect([last.sha, before.sha]).toEqual([results[0].commitSha, ahead]);
    expect(last.message.split('\n')[0]).toBe(
      'Desired state of along-0, along-1, along-2, along-3, along-4 and 15 more',
    );
    for (const [index, name] of names.entries()) {
      const path = `gitops/base/${name}/häuser.yaml`;
      expect(results[index]).toMatchObject({
        commitSha: last.sha,
        added: [path],
        together: names.filter(other => other !== name),
      });
      expect(last.message.split('\n')).toEqual(
        expect.arrayContaining([`- Add ${name}`, `Fairway-Component: ${name}`]),
      );
      await expect(read(path)).resolves.toBe(`name: ${name} ✓\n`);
    }
    expect((await refused).message).toMatch(/gitops\/base\/taken.*else's/);
    expect(last.message).not.toContain('taken');
    await expect(read('gitops/base/taken/häuser.yaml')).resolves.toBe('mine\n');
  });

  it('lets a run go that is cancelled while it waits, and leaves it out', async () => {
    const { adding } = await beginSlowly('unhurried');
    const cancelled = new AbortController();
    const waiting = add('unwanted', { signal: cancelled.signal });
    const other = add('wanted');
    cancelled.abort(new Error('cancelled by somebody'));
    await expect(waiting).rejects.toThrow('cancelled by somebody');
    await Promise.all([adding, other]);
    await expect(read('gitops/base/unwanted/häuser.yaml')).resolves.toBe(
      undefined,
    );
    expect((await log())[0].message).toBe(
      'Add wanted\n\nFairway-Component: wanted',
    );
  });

  it('goes on for the others when the run that asks for all is cancelled', async () => {
    await commitAsSomebody('shared.txt', '');
    const cancelled = new AbortController();
    const own = await createGithubClient({
      integrations: platform.integrations,
      host: platform.gitHost,
      owner: OWNER,
      repo: REPO,
      logger,
      signal: cancelled.signal,
    });
    const asking = beginSlowly('asks-for-all', {
      client: own,
      signal: cancelled.signal,
    });
    const others = [add('goes-on-1'), add('goes-on-2')];
    const { adding } = await asking;
    cancelled.abort();
    await expect(adding).rejects.toThrow('aborted');
    const [one, two] = await Promise.all(others);
    expect(one.commitSha).toBe(two.commitSha);
    expect(one.commitSha).toBeDefined();
    await expect(read('gitops/base/goes-on-1/häuser.yaml')).resolves.toBe(
      'name: goes-on-1 ✓\n',
    );
  });

  it('tries each alone when the rules refuse what they bring together', async () => {
    const { adding } = await beginSlowly('allowed-first');
    const [allowed, refused, too] = await Promise.allSettled([
      add('allowed'),
      add('outside', { files: new Map([['../outside.yaml', 'x']]) }),
      add('allowed-too'),
    ]);
    await adding;
    expect([allowed.status, refused.status, too.status]).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await log()).slice(0, 2).map(({ message }) => message)).toEqual([
      'Add allowed-too\n\nFairway-Component: allowed-too',
      'Add allowed\n\nFairway-Component: allowed',
    ]);
  });

  it('has one whose name is in the path of another wait for a commit of its own', async () => {
    const path = 'gitops/overlays/dev/with-store/store/database.yaml';
    const [first, second] = await Promise.all([
      add('with-store', { files: new Map([[path, 'x']]) }),
      add('store'),
    ]);
    expect(second.commitSha).not.toBe(first.commitSha);
    // or the file would be known as one of store's
    const messages = (await log()).map(({ message }) => message);
    expect(messages.slice(0, 2)).toEqual([
      'Add store\n\nFairway-Component: store',
      'Add with-store\n\nFairway-Component: with-store',
    ]);
  });

  it('edits what all of them edit for one after the other', async () => {
    await commitAsSomebody('gitops/list.txt', 'first\n');
    const edit = (line: string) => ({
      edits: new Map([['gitops/list.txt', (text: string) => text + line]]),
    });
    const results = await Promise.all([
      add('lists-1', edit('second\n')),
      add('lists-2', edit('third\n')),
      add('lists-3', {
        edits: new Map([
          [
            'gitops/list.txt',
            () => {
              throw new Error('cannot be read');
            },
          ],
        ]),
      }).catch(error => error.message),
      add('lists-4', edit('fourth\n')),
    ]);
    expect(writes()).toEqual([`POST ${GRAPHQL} 1`]);
    expect(results[2]).toBe('cannot be read');
    await expect(read('gitops/list.txt')).resolves.toBe(
      'first\nsecond\nthird\nfourth\n',
    );
    await expect(read('gitops/base/lists-3/häuser.yaml')).resolves.toBe(
      undefined,
    );
  });

  it('asks for the head alone when it knows what is there', async () => {
    await add('known-1');
    platform.world.counters.reset();
    await add('known-2');
    expect(
      Object.keys(platform.world.counters.read().github.routes).filter(route =>
        route.startsWith('GET'),
      ),
    ).toEqual(['GET /api/v3/repos/:owner/:repo/git/ref/*']);
  });

  it('F19 looks anew when somebody else moves the branch', async () => {
    const { adding } = await beginSlowly('beside');
    const other = await commitAsSomebody('between.txt', 'x');
    const { commitSha } = await adding;
    const [last, before] = await log();
    expect([last.sha, before.sha]).toEqual([commitSha, other]);
    expect(logger.info).toHaveBeenCalledWith(
      expect.stringContaining('got another commit meanwhile'),
    );
  });

  it('F38 knows its own commit when the answer to it got lost', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: GRAPHQL,
      kind: 'truncate',
      count: 1,
    });
    const [one, two] = await Promise.all([add('unheard'), add('unheard-too')]);
    const [last, before] = await log();
    expect([one.commitSha, two.commitSha]).toEqual([last.sha, last.sha]);
    expect(before.message).not.toContain('unheard');
  });

  it('says that the branch does not let it write, and why', async () => {
    const branch = { owner: OWNER, repo: REPO, branch: 'main' };
    await client.rest.repos.updateBranchProtection({
      ...branch,
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    await expect(add('shut-out')).rejects.toThrow(
      /does not let the portal write to main \(Changes must be made through a pull request\.?\)/,
    );
    await client.rest.repos.deleteBranchProtection(branch);
  });
});
