import { GithubRepository, WorkflowRun } from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { repositoryLite } from './repositoryShapes';
import { nodeId, repositoryApiUrl, repositoryUrl, userByLogin } from './shapes';

/** `workflow-run` of the API. */
export async function runShape(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
) {
  const url = repositoryApiUrl(world, repository);
  const html = repositoryUrl(world, repository);
  const runUrl = `${url}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WorkflowRun', run.id),
    check_suite_id: run.id,
    check_suite_node_id: nodeId('CheckSuite', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: run.runNumber,
    run_attempt: 1,
    event: run.event,
    display_title: run.title,
    status: run.status,
    conclusion: run.conclusion ?? null,
    workflow_id: repository.id * 100,
    url: runUrl,
    html_url: `${html}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.createdAt,
    actor: userByLogin(world, run.actor),
    triggering_actor: userByLogin(world, run.actor),
    jobs_url: `${runUrl}/jobs`,
    logs_url: `${runUrl}/logs`,
    check_suite_url: `${url}/check-suites/${run.id}`,
    artifacts_url: `${runUrl}/artifacts`,
    cancel_url: `${runUrl}/cancel`,
    rerun_url: `${runUrl}/rerun`,
    workflow_url: `${url}/actions/workflows/${repository.id * 100}`,
    previous_attempt_url: null,
    head_commit: await headCommit(world, repository, run.headSha),
    repository: repositoryLite(world, repository),
    head_repository: repositoryLite(world, repository),
  };
}

/** `simple-commit` of the API; null where it is gone. */
export async function headCommit(
  world: World,
  repository: GithubRepository,
  sha: string,
) {
  const [commit] = await world.git.log(repository.fullName, sha, { limit: 1 });
  if (!commit) {
    return null;
  }
  const person = ({ name, email }: { name: string; email: string }) => ({
    name,
    email,
  });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}
