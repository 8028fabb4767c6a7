import { playedImage } from './aws/registry/playedImage';
import { signImage } from './aws/registry/signImage';
import { GithubRepository, WorkflowRun } from './github/githubTypes';
import { SeedEnvironment, SeedPlatform } from './platforms';
import { releaseFile } from './seed/gitopsFiles';
import { CI } from './seed/people';
import { compareVersions, nextPatch } from './seed/releases';
import { World } from './types';

/** Where a component's desired state is written. */
export interface Delivery {
  platform: SeedPlatform;
  environment: SeedEnvironment;
  path: string;
  content: string;
}

/** How a run ends, and what it says then. */
export interface Outcome {
  conclusion: 'success' | 'failure';
  message: string;
}

const turns = new WeakMap<World, Promise<unknown>>();

/** One after the other. */
function inTurn<T>(world: World, task: () => Promise<T>): Promise<T> {
  const next = (turns.get(world) ?? Promise.resolve()).then(task, task);
  turns.set(
    world,
    next.catch(() => {}),
  );
  return next;
}

/** Component that a repository builds: of a seeded one, its only service; else its name. */
export function componentOf(world: World, repository: string): string {
  const seeded = world.platforms
    .flatMap(platform => platform.services)
    .filter(service => service.sourceRepository === repository);
  return seeded.length === 1 ? seeded[0].name : repository.split('/')[1];
}

/** Where a repository's builds go first: the first auto-synced environment; undefined while there is none. */
export async function findDelivery(
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

/**
 * Pushes the image that a run has built and releases it: one commit where its
 * desired state is written, and a tag. Deliveries are made one after another,
 * so that two pushes at once do not take the same version.
 */
export function deliver(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
  delivery: Delivery,
): Promise<Outcome> {
  return inTurn(world, () => release(world, repository, run, delivery));
}

async function release(
  world: World,
  repository: GithubRepository,
  run: WorkflowRun,
  delivery: Delivery,
): Promise<Outcome> {
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
    return {
      conclusion: 'failure',
      message: `${path} of ${platform.gitopsRepository} names the image "${
        image ?? ''
      }", which is no ECR repository. Set newName to <account>.dkr.ecr.<region>.amazonaws.com/${component}.`,
    };
  }
  if (!world.images.hasRepository(accountId, region, imageName)) {
    return {
      conclusion: 'failure',
      message: `name unknown: The repository with name '${imageName}' does not exist in the registry with id '${accountId}' (${region}). Create it, then push again.`,
    };
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
  return {
    conclusion: 'success',
    message: `Released ${component} ${version} to ${environment.shortName}`,
  };
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
