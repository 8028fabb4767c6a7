import { componentOf, deliver, findDelivery } from './ciDelivery';
import { CheckRun, GithubRepository, WorkflowRun } from './github/githubTypes';
import { GitPush, World } from './types';

/** A build of a small service takes about this long, milliseconds of the world's time. */
const BUILD_MS = 4_000;
/** A template writes the repository first and the overlays later; CI waits this long for them. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

/**
 * Plays GitHub Actions. A push to `main` of a repository with a Dockerfile and
 * a workflow, unless it holds desired state:
 *
 * 1. a workflow run and a check run appear, in progress;
 * 2. when the build is done, the file of the first auto-synced environment says
 *    where the image goes; while there is none, the run waits a minute for it;
 * 3. the image is pushed; without its ECR repository the run fails and says so;
 * 4. one commit to the GitOps repository releases the version there;
 * 5. the version is tagged, and the run ends.
 */
export function startPlayedCi(world: World): void {
  const onPush = (push: GitPush) => {
    if (push.ref === 'refs/heads/main' && push.after) {
      begin(world, push.repository, push.after).catch(error => {
        // Renamed or deleted since: nobody waits for it.
        if (world.git.has(push.repository)) {
          world.report(`CI of ${push.repository} could not begin`, error);
        }
      });
    }
  };
  world.git.events.on('push', onPush);
  world.onClose(() => {
    world.git.events.off('push', onPush);
  });
  for (const repository of world.github.repositories()) {
    for (const run of repository.runs) {
      if (run.status !== 'completed') {
        resume(world, repository, run);
      }
    }
  }
}

async function begin(world: World, name: string, sha: string) {
  const repository = world.github.repository(name);
  const isGitops = world.platforms.some(
    platform => platform.gitopsRepository === name,
  );
  // Workflows of forks are off until somebody turns them on.
  if (!repository || isGitops || repository.parentId !== undefined) {
    return;
  }
  const files = await world.git.listFiles(name, sha);
  const workflow = files.find(path =>
    /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path),
  );
  if (!workflow || !files.includes('Dockerfile')) {
    return;
  }
  const [commit] = await world.git.log(name, sha, { limit: 1 });
  startRun(world, repository, {
    sha,
    path: workflow,
    branch: 'main',
    event: 'push',
    title: commit.message.split('\n')[0],
    actor:
      world.github.accountByEmail(commit.author.email)?.login ??
      'fairway-portal',
  });
}

/** Plays a workflow that somebody started by hand. */
export async function dispatchWorkflow(
  world: World,
  repository: GithubRepository,
  order: { sha: string; branch: string; path: string; actor: string },
): Promise<void> {
  startRun(world, repository, {
    ...order,
    event: 'workflow_dispatch',
    title: order.path
      .split('/')
      .pop()!
      .replace(/\.ya?ml$/, ''),
  });
}

/** Plays a run that has ended once more. */
export function rerunWorkflow(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
): void {
  const now = world.clock.now().toISOString();
  Object.assign(run, {
    status: 'in_progress',
    conclusion: undefined,
    updatedAt: now,
  });
  run.log.push('Re-run');
  const check = checkOf(repository, run);
  if (check) {
    Object.assign(check, {
      status: 'in_progress',
      conclusion: undefined,
      completedAt: undefined,
    });
  }
  tell(world, repository, run, 'requested');
  resume(world, repository, run);
}

function startRun(
  world: World,
  repository: GithubRepository,
  order: {
    sha: string;
    branch: string;
    path: string;
    event: string;
    title: string;
    actor: string;
  },
) {
  const now = world.clock.now().toISOString();
  const run: WorkflowRun = {
    id: world.github.nextId(),
    runNumber: repository.runs.length + 1,
    name: 'ci',
    path: order.path,
    event: order.event,
    headBranch: order.branch,
    headSha: order.sha,
    title: order.title,
    actor: order.actor,
    status: 'in_progress',
    createdAt: now,
    updatedAt: now,
    log: [`Building ${repository.fullName} at ${order.sha}`],
  };
  const check: CheckRun = {
    id: world.github.nextId(),
    name: 'build',
    headSha: order.sha,
    status: 'in_progress',
    startedAt: now,
    detailsUrl: `${world.urls.github}/${repository.fullName}/actions/runs/${run.id}`,
    externalId: String(run.id),
  };
  repository.runs.push(run);
  repository.checkRuns.push(check);
  world.github.save();
  tell(world, repository, run, 'requested');
  tell(world, repository, run, 'in_progress');
  resume(world, repository, run);
}

/** The check that tells of a run; undefined for runs that are only seeded. */
export function checkOf(
  repository: GithubRepository,
  run: WorkflowRun,
): CheckRun | undefined {
  return repository.checkRuns.find(
    candidate => candidate.externalId === String(run.id),
  );
}

/** Says where a run and its check stand, as webhooks do. */
function tell(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
  action: 'requested' | 'in_progress' | 'completed',
) {
  const sender = run.actor;
  world.github.emit({ name: 'workflow_run', action, repository, run, sender });
  const check = checkOf(repository, run);
  if (check && action !== 'in_progress') {
    world.github.emit({
      name: 'check_run',
      action: action === 'completed' ? 'completed' : 'created',
      repository,
      check,
      sender,
    });
  }
}

/** Goes on with a run that is in progress, also after a restart. */
function resume(world: World, repository: GithubRepository, run: WorkflowRun) {
  const deadline =
    world.clock.now().getTime() + (BUILD_MS + PATIENCE_MS) / world.speed;
  const attempt = async () => {
    if (world.github.repository(repository.fullName) !== repository) {
      return;
    }
    try {
      const delivery = await findDelivery(world, repository.fullName);
      if (delivery) {
        const { conclusion, message } = await deliver(
          world,
          repository,
          run,
          delivery,
        );
        finish(world, repository, run, conclusion, message);
      } else if (world.clock.now().getTime() < deadline) {
        world.schedule(RETRY_MS, attempt);
      } else {
        finish(
          world,
          repository,
          run,
          'failure',
          nothingDelivers(componentOf(world, repository.fullName)),
        );
      }
    } catch (error) {
      world.report(`CI of ${repository.fullName}`, error);
      finish(world, repository, run, 'failure', (error as Error).message);
    }
  };
  world.schedule(BUILD_MS, attempt);
}

function finish(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
  conclusion: 'success' | 'failure',
  message: string,
) {
  const now = world.clock.now().toISOString();
  run.log.push(conclusion === 'failure' ? `Error: ${message}` : message);
  Object.assign(run, { status: 'completed', conclusion, updatedAt: now });
  const check = checkOf(repository, run);
  if (check) {
    Object.assign(check, {
      status: 'completed',
      conclusion,
      completedAt: now,
      title: conclusion === 'success' ? 'Build succeeded' : 'Build failed',
      summary: message,
    });
  }
  world.github.save();
  tell(world, repository, run, 'completed');
}

function nothingDelivers(component: string): string {
  return `No GitOps repository delivers ${component}: expected overlays/<environment>/${component}/kustomization.yaml. Add the overlays, then push again.`;
}
