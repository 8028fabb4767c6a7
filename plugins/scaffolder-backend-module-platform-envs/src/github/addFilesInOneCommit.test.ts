import { mockServices } from '@backstage/backend-test-utils';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { Octokit } from 'octokit';
import {
  openSandboxPlatform,
  SandboxPlatform,
} from '../__testUtils__/sandboxPlatform';
import { addFilesInOneCommit } from './addFilesInOneCommit';
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

  const add = (name: string) =>
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
    });
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

  it('has those who begin together take turns, so that nobody writes twice', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `together-${index}`);
    const results = await Promise.all(names.map(add));
    expect(writes()).toEqual([`POST ${GRAPHQL} ${names.length}`]);
    const shas = (await log()).map(({ sha }) => sha);
    expect(shas).toEqual(
      expect.arrayContaining(results.map(({ commitSha }) => commitSha)),
    );
  });

  it('F19 looks anew when somebody else moves the branch', async () => {
    platform.world.faults.add({
      upstream: 'github',
      path: GRAPHQL,
      kind: 'delay',
      delayMs: 500,
      count: 1,
    });
    const adding = add('beside');
    while (!platform.world.counters.read().github?.routes[`POST ${GRAPHQL}`]) {
      await new Promise(resolve => setImmediate(resolve));
    }
    const other = await platform.world.git.commit(`${OWNER}/${REPO}`, {
      branch: 'main',
      message: 'Come between',
      author: { name: 'Somebody', email: 'somebody@example.com' },
      files: [{ path: 'between.txt', content: 'x' }],
    });
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
    const { commitSha } = await add('unheard');
    const [last, before] = await log();
    expect(last.sha).toBe(commitSha);
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
