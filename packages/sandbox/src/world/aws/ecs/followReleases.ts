import { GitPush } from '../../types';
import { SeedEnvironment, SeedPlatform } from '../../platforms';
import { UNRELEASED } from '../../seed/gitopsFiles';
import { taskDefinitionArn } from './arns';
import { EcsEngine, EcsSurroundings } from './EcsEngine';
import { ecsEnvironments, pipelineArn } from './seedEcs';
import {
  componentTags,
  Release,
  serviceFor,
  ServicePlace,
  taskDefinitionFor,
} from './serviceBlueprint';

/** A pipeline that plans and applies takes about this long, milliseconds of the world's time. */
const PIPELINE_MS = 3_000;
const SUFFIX = '.tfvars.json';
const DELETED = '';

/**
 * Plays the pipelines that apply the platforms' Terraform: what changes in a
 * release file on `main` of a GitOps repository is, a few seconds later, a new
 * task definition and an update of the service in that environment's account.
 *
 * It compares each file with what was last applied, not with what runs: what
 * somebody changed by hand stays until its file changes.
 *
 * @returns stops it
 */
export function followReleases(
  engine: EcsEngine,
  world: EcsSurroundings,
): { catchUp(): void; stop(): void } {
  const run = async (platform: SeedPlatform) => {
    for (const { environment } of ecsEnvironments([platform])) {
      await applyEnvironment(engine, world, platform, environment);
    }
  };
  const begin = (platform: SeedPlatform) =>
    world.schedule(PIPELINE_MS, () => run(platform));
  const onPush = ({ repository, ref }: GitPush) => {
    if (ref === 'refs/heads/main') {
      world.platforms
        .filter(platform => platform.gitopsRepository === repository)
        .filter(platform => ecsEnvironments([platform]).length > 0)
        .forEach(begin);
    }
  };
  world.git.events.on('push', onPush);
  return {
    catchUp: () =>
      world.platforms
        .filter(
          platform =>
            ecsEnvironments([platform]).length > 0 &&
            world.git.has(platform.gitopsRepository),
        )
        .forEach(begin),
    stop: () => {
      world.git.events.off('push', onPush);
    },
  };
}

async function applyEnvironment(
  engine: EcsEngine,
  { git, report }: EcsSurroundings,
  platform: SeedPlatform,
  environment: SeedEnvironment,
) {
  const repository = platform.gitopsRepository;
  const folder = `${platform.gitopsPath}/${environment.shortName}`;
  if (!git.has(repository)) {
    return;
  }
  const head = await git.resolve(repository, 'main');
  if (!head) {
    return;
  }
  const paths = (await git.listFiles(repository, head, folder)).filter(path =>
    path.endsWith(SUFFIX),
  );
  const { deployedFiles } = engine.store.state;
  const known = Object.keys(deployedFiles)
    .filter(key => key.startsWith(`${repository}:${folder}/`))
    .map(key => key.slice(repository.length + 1));
  const contents = new Map(
    await Promise.all(
      paths.map(
        async path =>
          [path, await git.readFile(repository, head, path)] as const,
      ),
    ),
  );
  for (const path of new Set([...paths, ...known])) {
    const key = `${repository}:${path}`;
    const content = contents.get(path) ?? DELETED;
    if (deployedFiles[key] === content) {
      continue;
    }
    const component = path.slice(folder.length + 1, -SUFFIX.length);
    try {
      apply(engine, { platform, environment, component }, content, {
        isFirst: deployedFiles[key] === undefined,
      });
    } catch (error) {
      report(`the pipeline of ${repository} cannot apply ${path}`, error);
    }
    if (content === DELETED) {
      delete deployedFiles[key];
    } else {
      deployedFiles[key] = content;
    }
    engine.store.save();
  }
}

function apply(
  engine: EcsEngine,
  place: ServicePlace,
  content: string,
  { isFirst }: { isFirst: boolean },
) {
  const { environment, component } = place;
  const arn = pipelineArn(environment);
  const cluster = engine.store.getCluster(
    { accountId: environment.accountId!, region: environment.regions[0] },
    environment.cluster,
  );
  const found = engine.store.findService(cluster, component);
  const service = found?.status === 'ACTIVE' ? found : undefined;
  if (content === DELETED) {
    if (service) {
      engine.deleteService(service, true);
    }
    return;
  }
  const release = readRelease(content, environment);
  if (!release) {
    return;
  }
  const running =
    service &&
    engine.store.definitionOf(service, service.deployments[0].taskDefinition);
  const isSame = running?.containers[0].image === release.image;
  if (service && isSame) {
    // The first look at a seeded file finds what it asks for.
    if (!isFirst || service.desiredCount !== release.desiredCount) {
      engine.updateService(
        cluster,
        service,
        { service: component, desiredCount: release.desiredCount },
        arn,
      );
    }
    return;
  }
  const tags = componentTags(place);
  const definition = engine.registerTaskDefinition(
    cluster,
    taskDefinitionFor(place, release),
    { arn, tags },
  );
  const taskDefinition = taskDefinitionArn(definition);
  if (service) {
    engine.updateService(
      cluster,
      service,
      {
        service: component,
        taskDefinition,
        desiredCount: release.desiredCount,
      },
      arn,
    );
  } else {
    engine.createService(
      cluster,
      { ...serviceFor(place, release), taskDefinition },
      { arn, tags },
    );
  }
}

/**
 * Reads a release file; undefined when the environment never had a release.
 *
 * @throws Error - the file is no JSON or lacks a variable that Terraform requires.
 */
export function readRelease(
  content: string,
  { blueGreen }: SeedEnvironment,
): Release | undefined {
  const variables = JSON.parse(content);
  const text = (name: string): string => {
    if (typeof variables?.[name] !== 'string') {
      throw new Error(`No value for required variable "${name}"`);
    }
    return variables[name];
  };
  const repository = text('image_repository');
  const version = text('image_tag');
  const digest = text('image_digest');
  const desiredCount = variables.desired_count;
  if (!Number.isInteger(desiredCount) || desiredCount < 0) {
    throw new Error('Invalid value for input variable "desired_count"');
  }
  if (version === UNRELEASED || !repository) {
    return undefined;
  }
  return {
    image: digest ? `${repository}@${digest}` : `${repository}:${version}`,
    version,
    desiredCount,
    strategy: blueGreen ? 'BLUE_GREEN' : 'ROLLING',
  };
}
