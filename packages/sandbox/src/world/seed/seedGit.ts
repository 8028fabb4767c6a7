import { GITHUB_LOGIN } from '../GithubState';
import { SeedPlatform } from '../platforms';
import { OwnedWorld } from '../World';
import { fastImport, SeedCommit } from './fastImport';
import { MILESTONES, repositoryHistory } from './histories';
import { CI, peopleOf } from './people';

/**
 * Creates all repositories of the platforms with months of history. A world
 * that has repositories already keeps them; only the address of GitHub in its
 * Argo CD applications is brought up to date.
 */
export async function seedGit(world: OwnedWorld): Promise<void> {
  const githubUrl = world.urls.github || 'http://localhost:7101';
  if (world.git.list().length > 0) {
    await Promise.all(
      world.platforms.map(platform =>
        followGithubUrl(world, platform, githubUrl),
      ),
    );
    return;
  }
  const now = world.clock.now();
  seedAccounts(world);
  await Promise.all(
    world.platforms.flatMap(platform =>
      platform.repositories.map(async repository => {
        await world.git.create(repository);
        const history = withMilestones(
          platform,
          repositoryHistory(platform, repository, now, githubUrl),
          now,
        );
        await fastImport(world.git, repository, history);
        const dates = history.map(commit => commit.at.getTime());
        world.github.addRepository({
          fullName: repository,
          description: `${repository.split('/')[1]} of ${platform.system}`,
          createdAt: new Date(Math.min(...dates)).toISOString(),
          updatedAt: new Date(Math.max(...dates)).toISOString(),
          topics: [platform.system],
        });
      }),
    ),
  );
}

function seedAccounts(world: OwnedWorld) {
  world.github.addAccount({
    login: GITHUB_LOGIN,
    type: 'User',
    name: 'Fairway portal',
    email: `${GITHUB_LOGIN}@example.com`,
  });
  world.github.addAccount({ ...CI, type: 'User' });
  for (const platform of world.platforms) {
    world.github.addAccount({ login: platform.org, type: 'Organization' });
    for (const person of Object.values(peopleOf(platform))) {
      if (!world.github.account(person.login)) {
        world.github.addAccount({ ...person, type: 'User' });
      }
    }
    const { developer, lead, platformEngineer } = peopleOf(platform);
    for (const person of [developer, lead, platformEngineer]) {
      const role = person === developer ? 'member' : 'admin';
      world.github.addMember(platform.org, person.login, role);
    }
    world.github.addMember(platform.org, GITHUB_LOGIN, 'admin');
    world.github.addTeam({
      org: platform.org,
      slug: platform.system,
      name: platform.system,
      description: `Everybody who works on ${platform.system}`,
      members: [developer, lead, platformEngineer].map(({ login }) => login),
    });
    world.github.addTeam({
      org: platform.org,
      slug: `${platform.system}-leads`,
      name: `${platform.system}-leads`,
      description: `Who decides about ${platform.system}`,
      parent: platform.system,
      members: [lead.login],
    });
  }
}

/** Puts a milestone's tag on the last commit before its day, in every repository. */
function withMilestones(
  platform: SeedPlatform,
  history: SeedCommit[],
  now: Date,
): SeedCommit[] {
  const ordered = [...history].sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const { tag, daysAgo } of MILESTONES[platform.system] ?? []) {
    const day = now.getTime() - daysAgo * 86_400_000;
    const before = ordered.filter(commit => commit.at.getTime() <= day);
    const last = before[before.length - 1] ?? ordered[0];
    last.tags = [...(last.tags ?? []), tag];
  }
  return ordered;
}

/** Applications name the Git host by URL, and its port may differ after a restart. */
async function followGithubUrl(
  world: OwnedWorld,
  platform: SeedPlatform,
  githubUrl: string,
) {
  const { gitopsRepository: repository, gitopsPath } = platform;
  const eks = platform.environments.filter(e => e.runtime === 'eks');
  if (!eks.length || !world.git.has(repository)) {
    return;
  }
  const files = (
    await Promise.all(
      ['apps', 'root'].map(folder =>
        world.git.listFiles(repository, 'main', `${gitopsPath}/${folder}`),
      ),
    )
  ).flat();
  const contents = await Promise.all(
    files.map(path => world.git.readFile(repository, 'main', path)),
  );
  const changes = files.flatMap((path, index) => {
    const content = contents[index]?.replace(
      /repoURL: http:\/\/localhost:\d+\//g,
      `repoURL: ${githubUrl}/`,
    );
    return content === contents[index] ? [] : [{ path, content }];
  });
  if (changes.length) {
    await world.git.commit(repository, {
      branch: 'main',
      message: `Follow the Git host to ${githubUrl}`,
      author: CI,
      files: changes,
    });
  }
}
