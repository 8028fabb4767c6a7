import { SeedPlatform, SeedService } from '../platforms';
import { SeedCommit } from './fastImport';
import {
  application,
  applicationFile,
  baseFiles,
  Files,
  releaseFile,
  releaseFileContent,
  rootApplication,
  settingsFiles,
} from './gitopsFiles';
import {
  bootstrapFiles,
  environmentFiles,
  moduleFiles,
  platformModules,
} from './infraFiles';
import { Author, CI, peopleOf } from './people';
import {
  seedDeployments,
  seedReleases,
  seedVersions,
  steady,
} from './releases';
import { releaseTag, sourceFiles, workflowFile } from './sourceFiles';

const DAY_MS = 86_400_000;

/** What a version changed; picked by the name and version, so it stays. */
const CHANGES = [
  'Return 503 while the database is not reachable',
  'Log the trace id with every request',
  'Close idle connections before the load balancer does',
  'Retry the upstream call once on a reset connection',
  'Reject a page size above 200',
  'Add a metric for queue depth',
  'Take the request timeout from the environment',
  'Fix the total when a filter is set',
  'Drain before shutdown',
  'Cache the signing keys for five minutes',
  'Update dependencies',
  'Stop logging the query string',
];

type Commit = Omit<SeedCommit, 'at'> & { daysAgo: number };

/** The history of one repository of a platform, `owner/name`. */
export function repositoryHistory(
  platform: SeedPlatform,
  repository: string,
  now: Date,
  githubUrl: string,
): SeedCommit[] {
  const services = platform.services.filter(
    service => service.sourceRepository === repository,
  );
  const isGitops = repository === platform.gitopsRepository;
  const commits: Commit[] = [
    firstCommit(platform, repository, services),
    ...(isGitops ? infraCommits(platform) : []),
    ...services.flatMap(service => sourceCommits(platform, service)),
    ...(isGitops ? gitopsCommits(platform, githubUrl) : []),
    ...(services.length || isGitops ? [] : docsCommits(platform, repository)),
  ];
  return commits.map(({ daysAgo, ...commit }) => ({
    ...commit,
    at: new Date(now.getTime() - daysAgo * DAY_MS),
  }));
}

function firstCommit(
  platform: SeedPlatform,
  repository: string,
  services: SeedService[],
): Commit {
  const name = repository.split('/')[1];
  const files: Files = {
    'README.md': `# ${name}\n\nPart of ${platform.system}.\n${
      services.length
        ? `\n${services.map(service => `- ${service.name}`).join('\n')}\n`
        : ''
    }`,
    '.gitignore': 'node_modules/\ntarget/\n.terraform/\n',
    CODEOWNERS: `* @${platform.org}/${platform.system}\n`,
    ...settingsFiles(platform, repository),
  };
  if (services.length) {
    files['.github/workflows/ci.yml'] = workflowFile(name);
  }
  return {
    daysAgo: 122,
    author: peopleOf(platform).lead,
    message: 'Begin',
    files,
  };
}

function infraCommits(platform: SeedPlatform): Commit[] {
  const { platformEngineer } = peopleOf(platform);
  const step = (daysAgo: number, message: string, files: Files): Commit => ({
    daysAgo,
    author: platformEngineer,
    message,
    files,
  });
  return [
    step(
      120,
      'Bootstrap the state bucket and lock table',
      bootstrapFiles(platform),
    ),
    ...platformModules(platform).map((name, index) =>
      step(118 - index * 2, `Add module ${name}`, moduleFiles(name)),
    ),
    step(105, 'Describe the environments', environmentFiles(platform)),
  ];
}

function sourceCommits(platform: SeedPlatform, service: SeedService): Commit[] {
  const { developer, lead } = peopleOf(platform);
  return seedReleases(platform, service).map(
    ({ version, builtDaysAgo }, index) => {
      const chance = steady(service.name, version, 'change');
      const start = Math.floor(steady(service.name) * CHANGES.length);
      const what = CHANGES[(start + index * 5) % CHANGES.length];
      return {
        // The first version stands before anything was deployed.
        daysAgo: index === 0 ? 102 : builtDaysAgo + 0.003,
        author: chance > 0.75 ? lead : developer,
        message:
          index === 0
            ? `Add ${service.name}`
            : `${service.name}: ${what[0].toLowerCase()}${what.slice(1)}`,
        files: sourceFiles(platform, service, version),
        tags: [releaseTag(platform, service, version)],
      };
    },
  );
}

function gitopsCommits(platform: SeedPlatform, githubUrl: string): Commit[] {
  const { developer, lead, platformEngineer } = peopleOf(platform);
  const environments = platform.environments.filter(
    environment => environment.runtime !== 'local',
  );
  const first: Files = {};
  for (const service of platform.services) {
    const [oldest] = seedVersions(service);
    for (const environment of environments) {
      const { shortName } = environment;
      first[releaseFile(platform, environment, service.name)] =
        releaseFileContent(
          platform,
          environment,
          service,
          service.versions[shortName] && oldest,
        );
      if (environment.runtime === 'eks') {
        Object.assign(first, baseFiles(platform, service));
        first[applicationFile(platform, environment, service.name)] =
          application(platform, environment, service.name, githubUrl);
        first[`${platform.gitopsPath}/root/${shortName}.yaml`] =
          rootApplication(platform, environment, githubUrl);
      }
    }
  }

  const releaser = (environment: string): Author =>
    ({ [environments[0].shortName]: CI, prod: lead }[environment] ?? developer);
  const releases = platform.services.flatMap(service =>
    seedDeployments(platform, service).map(
      ({ environment: shortName, version, daysAgo }): Commit => {
        const environment = environments.find(e => e.shortName === shortName)!;
        return {
          daysAgo,
          author: releaser(shortName),
          message: `Release ${service.name} ${version} to ${shortName}`,
          files: {
            [releaseFile(platform, environment, service.name)]:
              releaseFileContent(platform, environment, service, version),
          },
        };
      },
    ),
  );
  return [
    {
      daysAgo: 100,
      author: platformEngineer,
      message: `Deliver ${platform.services.length} services from ${platform.gitopsPath}`,
      files: first,
    },
    ...releases,
  ];
}

function docsCommits(platform: SeedPlatform, repository: string): Commit[] {
  const { developer, lead } = peopleOf(platform);
  return [
    {
      daysAgo: 96,
      author: developer,
      message: 'Describe how the services fit together',
      files: {
        'docs/index.md': `# ${platform.system}\n\n${platform.services
          .map(service => `- \`${service.name}\` (${service.language})`)
          .join('\n')}\n`,
      },
    },
    {
      daysAgo: 31,
      author: lead,
      message: 'Add the decisions log',
      files: {
        'docs/decisions.md': `# Decisions\n\n1. ${
          repository.split('/')[1]
        } holds no secrets.\n`,
      },
    },
  ];
}

/** Milestone tags that the repositories of a platform share, oldest first. */
export const MILESTONES: Record<
  string,
  Array<{ tag: string; daysAgo: number }>
> = {
  'cornjacket-platform': [
    { tag: 'milestone-001-skeleton', daysAgo: 94 },
    { tag: 'milestone-002-outbox', daysAgo: 60 },
    { tag: 'milestone-003-projections', daysAgo: 29 },
  ],
};
