import { combinedState, stateOfCheck } from '../../world/github/commitStatuses';
import { CheckRun, GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { headCommit } from './actionShapes';
import { minimalRepository } from './repositoryShapes';
import { nodeId, repositoryApiUrl } from './shapes';

/** The check runs of a commit that belong together: those of a workflow run, or all others. */
export interface CheckSuite {
  id: number;
  headSha: string;
  headBranch?: string;
  runs: CheckRun[];
}

/** Check suites of a commit; oldest first. */
export function checkSuitesOf(
  repository: GithubRepository,
  headSha: string,
): CheckSuite[] {
  const suites: CheckSuite[] = [];
  for (const run of repository.checkRuns) {
    if (run.headSha === headSha) {
      const workflow = repository.runs.find(
        ({ id }) => String(id) === run.externalId,
      );
      const suite = suites.find(
        ({ runs: [first], id }) =>
          id === workflow?.id || (!workflow && id === first.id),
      );
      if (suite) {
        suite.runs.push(run);
      } else {
        suites.push({
          id: workflow?.id ?? run.id,
          headSha,
          headBranch: workflow?.headBranch,
          runs: [run],
        });
      }
    }
  }
  return suites;
}

/** The suite that a check run belongs to. */
export function suiteOf(
  repository: GithubRepository,
  run: CheckRun,
): CheckSuite {
  return checkSuitesOf(repository, run.headSha).find(({ runs }) =>
    runs.includes(run),
  )!;
}

/** `simple-check-suite` of the API: what check runs carry in events. */
export function simpleCheckSuite(
  world: World,
  repository: GithubRepository,
  suite: CheckSuite,
) {
  const { runs } = suite;
  const done = runs.every(({ status }) => status === 'completed');
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch ?? null,
    head_sha: suite.headSha,
    status: done ? 'completed' : 'in_progress',
    conclusion: done ? combinedState(runs.map(stateOfCheck)) : null,
    url: `${repositoryApiUrl(world, repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.headSha,
    pull_requests: [],
    created_at: runs[0].startedAt,
    updated_at: runs
      .map(({ startedAt, completedAt }) => completedAt ?? startedAt)
      .sort()
      .pop()!,
  };
}

/** `check-suite` of the API. */
export async function checkSuiteShape(
  world: World,
  repository: GithubRepository,
  suite: CheckSuite,
) {
  const simple = simpleCheckSuite(world, repository, suite);
  return {
    ...simple,
    app: null,
    repository: minimalRepository(world, repository),
    head_commit: (await headCommit(world, repository, suite.headSha))!,
    latest_check_runs_count: suite.runs.length,
    check_runs_url: `${simple.url}/check-runs`,
  };
}
