import { commitOf, GithubContext, repositoryOf } from './context';
import { changedFiles } from '../../world/github/gitObjects';
import { HttpError } from '../createServer';
import {
  commitShape,
  diffEntry,
  repositoryApiUrl,
  repositoryUrl,
} from './shapes';

/** How two commits differ. */
export function compareRoutes({ world, api }: GithubContext): void {
  api.get('/repos/:owner/:repo/compare/*', async request => {
    const repository = repositoryOf(world, request);
    const basehead = (request.params as { '*': string })['*'];
    const [base, head] = basehead
      .split('...')
      .map(ref => ref.replace(/^[^:]+:/, ''));
    if (!base || !head) {
      throw new HttpError(404, 'Not Found');
    }
    const [baseCommit, headCommit] = await Promise.all(
      [base, head].map(async ref => {
        const sha = await commitOf(world, repository, ref, {
          status: 404,
          message: 'Not Found',
        });
        return (await world.git.log(repository.fullName, sha, { limit: 1 }))[0];
      }),
    );
    const git = (...args: string[]) =>
      world.git
        .run(repository.fullName, args)
        .then(out => out.toString().trim());
    const mergeBase = await git(
      'merge-base',
      baseCommit.sha,
      headCommit.sha,
    ).catch(() => {
      throw new HttpError(
        404,
        `No common ancestor between ${base} and ${head}.`,
      );
    });
    const [behind, ahead] = (
      await git(
        'rev-list',
        '--left-right',
        '--count',
        `${baseCommit.sha}...${headCommit.sha}`,
      )
    )
      .split(/\s+/)
      .map(Number);
    const shas = (
      await git('rev-list', '--reverse', `${baseCommit.sha}..${headCommit.sha}`)
    )
      .split('\n')
      .filter(Boolean);
    const newest = shas.length
      ? await world.git.log(repository.fullName, headCommit.sha, {
          limit: 1000,
        })
      : [];
    const bySha = new Map(newest.map(commit => [commit.sha, commit]));
    const [mergeBaseCommit] = await world.git.log(
      repository.fullName,
      mergeBase,
      { limit: 1 },
    );
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    const diverged = behind ? 'diverged' : 'ahead';
    return {
      url: `${url}/compare/${basehead}`,
      html_url: `${html}/compare/${basehead}`,
      permalink_url: `${html}/compare/${baseCommit.sha}...${headCommit.sha}`,
      diff_url: `${html}/compare/${basehead}.diff`,
      patch_url: `${html}/compare/${basehead}.patch`,
      base_commit: commitShape(world, repository, baseCommit),
      merge_base_commit: commitShape(world, repository, mergeBaseCommit),
      status: ahead ? diverged : (behind && 'behind') || 'identical',
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: shas
        .flatMap(sha => bySha.get(sha) ?? [])
        .slice(0, 250)
        .map(commit => commitShape(world, repository, commit)),
      files: (
        await changedFiles(world, repository, mergeBase, headCommit.sha)
      ).map(file => diffEntry(world, repository, headCommit.sha, file)),
    };
  });
}
