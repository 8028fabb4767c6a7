import { playedImage } from './aws/registry/playedImage';
import { signImage } from './aws/registry/signImage';
import { CheckRun, GithubRepository, WorkflowRun } from './github/githubTypes';
import { SeedEnvironment, SeedPlatform } from './platforms';
import { CI } from './seed/people';
import { releaseFile } from './seed/gitopsFiles';
import { compareVersions, nextPatch } from './seed/releases';
import { GitPush, World } from './types';

/** A build of a small service takes about this long, milliseconds of the world's time. */
const BUILD_MS = 4_000;
/** A template writes the repository first and the overlays later; CI waits this long for them. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

/** Where a component's desired state is written. */
interface Delivery {
  platform: SeedPlatform;
  environment: SeedEnvironment;
  path: string;
  content: string;
}

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
  if (!repository || isGitops) {
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

function checkOf(
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
        await inTurn(world, () => deliver(world, repository, run, delivery));
      } else if (world.clock.now().getTime() < deadline) {
        world.schedule(RETRY_MS, attempt);
      } else {
        finish(
          world,
          repository,
          run,
          'failure',
          `No GitOps repository delivers ${componentOf(
            world,
            repository.fullName,
          )}: expected overlays/<environment>/${componentOf(
            world,
            repository.fullName,
          )}/kustomization.yaml. Add the overlays, then push again.`,
        );
      }
    } catch (error) {
      world.report(`CI of ${repository.fullName}`, error);
      finish(world, repository, run, 'failure', (error as Error).message);
    }
  };
  world.schedule(BUILD_MS, attempt);
}

const turns = new WeakMap<World, Promise<unknown>>();

/** One delivery after the other: two pushes at once must not take the same version. */
function inTurn<T>(world: World, task: () => Promise<T>): Promise<T> {
  const next = (turns.get(world) ?? Promise.resolve()).then(task, task);
  turns.set(
    world,
    next.catch(() => {}),
  );
  return next;
}

/** Component that a repository builds: of a seeded one, its only service; else its name. */
function componentOf(world: World, repository: string): string {
  const seeded = world.platforms
    .flatMap(platform => platform.services)
    .filter(service => service.sourceRepository === repository);
  return seeded.length === 1 ? seeded[0].name : repository.split('/')[1];
}

async function findDelivery(
  world: World,
  repository: string,
): Promise<Delivery | undefined> {
  const [org] = repository.split('/');
  const component = componentOf(world, repository);
  // The organisation's own platform first.
  const platforms = [...world.platforms].sort(
    (a, b) => Number(b.org === org) - Number(a.org === org),
  );
  for (const platform of platforms) {
    const environment = platform.environments.find(
      candidate => candidate.autoSync && candidate.runtime !== 'local',
    );
    if (environment) {
      const path = releaseFile(platform, environment, component);
      const content = await world.git.readFile(
        platform.gitopsRepository,
        'main',
        path,
      );
      if (content !== undefined) {
        return { platform, environment, path, content };
      }
    }
  }
  return undefined;
}

async function deliver(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
  delivery: Delivery,
) {
  const component = componentOf(world, repository.fullName);
  const { platform, environment, path, content } = delivery;
  const image =
    /newName:\s*(\S+)/.exec(content)?.[1] ??
    /"image_repository":\s*"([^"]*)"/.exec(content)?.[1];
  const [, accountId, region, imageName] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/.exec(
      image ?? '',
    ) ?? [];
  if (!accountId) {
    finish(
      world,
      repository,
      run,
      'failure',
      `${path} of ${platform.gitopsRepository} names the image "${
        image ?? ''
      }", which is no ECR repository. Set newName to <account>.dkr.ecr.<region>.amazonaws.com/${component}.`,
    );
    return;
  }
  if (!world.images.hasRepository(accountId, region, imageName)) {
    finish(
      world,
      repository,
      run,
      'failure',
      `name unknown: The repository with name '${imageName}' does not exist in the registry with id '${accountId}' (${region}). Create it, then push again.`,
    );
    return;
  }
  const version = await nextVersion(world, repository.fullName, component);
  const built = `${imageName}:${run.headSha}`;
  const { digest, sizeBytes } = playedImage(built);
  const stored = world.images.push({
    accountId,
    region,
    repository: imageName,
    content: built,
    digest,
    sizeBytes,
    tags: [version],
  });
  signImage(world.images, stored);
  run.log.push(`Pushed ${image}:${version} (${digest})`);
  await world.git.commit(platform.gitopsRepository, {
    branch: 'main',
    message: `Release ${component} ${version} to ${environment.shortName}`,
    author: { name: CI.name, email: CI.email },
    files: [{ path, content: released(content, version, digest) }],
    at: world.clock.now(),
  });
  run.log.push(
    `Released ${component} ${version} to ${environment.shortName} in ${platform.gitopsRepository}`,
  );
  await world.git.updateRef(
    repository.fullName,
    `refs/tags/v${version}`,
    run.headSha,
    undefined,
  );
  finish(
    world,
    repository,
    run,
    'success',
    `Released ${component} ${version} to ${environment.shortName}`,
  );
}

/** `0.1.0` for a first build, then the next patch after the highest tag. */
async function nextVersion(
  world: World,
  repository: string,
  component: string,
): Promise<string> {
  const versions = world.git
    .refs(repository)
    .flatMap(ref => {
      const match = /^refs\/tags\/(?:(.+)\/)?v(\d+\.\d+\.\d+)$/.exec(ref.name);
      return match && (!match[1] || match[1] === component) ? [match[2]] : [];
    })
    .sort(compareVersions);
  const last = versions[versions.length - 1];
  return last ? nextPatch(last) : '0.1.0';
}

/** The same file with the released image: one line in an overlay, tag and digest in tfvars. */
function released(content: string, version: string, digest: string): string {
  return content
    .replace(
      /^(\s*newTag:\s*).*$/m,
      (_line, key) => `${key}${version}@${digest}`,
    )
    .replace(/("image_tag":\s*)"[^"]*"/, (_line, key) => `${key}"${version}"`)
    .replace(/("image_digest":\s*)"[^"]*"/, `$1"${digest}"`)
    .replace(/("desired_count":\s*)0\b/, (_line, key) => `${key}1`);
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
