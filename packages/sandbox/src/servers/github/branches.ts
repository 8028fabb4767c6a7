import { GithubRepository } from '../../world/github/githubTypes';
import { HttpError } from '../createServer';
import {
  protectionOfInput,
  protectionSchema,
  protectionShape,
} from './branchProtection';
import { bodyOf, GithubContext, page, repositoryOf } from './context';
import { commitShape, repositoryApiUrl, repositoryUrl } from './shapes';

const BRANCH = '/repos/:owner/:repo/branches/*';

/**
 * Branches, tags, and the protection of branches. A branch name may contain slashes, so what
 * follows it is read from the end of the path.
 */
export function branchRoutes({ world, api }: GithubContext): void {
  const split = (request: any) => {
    const repository = repositoryOf(world, request);
    const rest = (request.params as { '*': string })['*'];
    const [, branch, tail = ''] =
      /^(.+?)(?:\/protection(\/.*)?)?$/.exec(rest) ?? [];
    return {
      repository,
      branch,
      tail,
      protection: /\/protection(\/|$)/.test(rest),
    };
  };
  const protectionOf = (repository: GithubRepository, branch: string) => {
    const protection = repository.protection[branch];
    if (!protection) {
      throw new HttpError(404, 'Branch not protected');
    }
    return protection;
  };
  const mustExist = async (repository: GithubRepository, branch: string) => {
    const sha = await world.git.resolve(
      repository.fullName,
      `refs/heads/${branch}`,
    );
    if (!sha) {
      throw new HttpError(404, 'Branch not found');
    }
    return sha;
  };
  const save = (repository: GithubRepository) => {
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
  };

  api.get('/repos/:owner/:repo/branches', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const branches = world.git
      .refs(repository.fullName)
      .filter(ref => ref.name.startsWith('refs/heads/'))
      .map(ref => {
        const name = ref.name.slice('refs/heads/'.length);
        return {
          name,
          commit: {
            sha: ref.commit,
            url: `${repositoryApiUrl(world, repository)}/commits/${ref.commit}`,
          },
          protected: Boolean(repository.protection[name]),
        };
      });
    return page(request, reply, branches);
  });
  api.get('/repos/:owner/:repo/tags', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const url = repositoryApiUrl(world, repository);
    const tags = world.git
      .refs(repository.fullName)
      .filter(ref => ref.name.startsWith('refs/tags/'))
      .reverse()
      .map(ref => {
        const name = ref.name.slice('refs/tags/'.length);
        return {
          name,
          commit: { sha: ref.commit, url: `${url}/commits/${ref.commit}` },
          zipball_url: `${url}/zipball/refs/tags/${name}`,
          tarball_url: `${url}/tarball/refs/tags/${name}`,
          node_id: `tag-${repository.id}-${name}`,
        };
      });
    return page(request, reply, tags);
  });

  api.get(BRANCH, async request => {
    const { repository, branch, tail, protection } = split(request);
    if (protection) {
      const rules = protectionShape(
        world,
        repository,
        branch,
        protectionOf(repository, branch),
      );
      const part = tail.replace(/^\//, '') as keyof typeof rules;
      if (part && rules[part] === undefined) {
        throw new HttpError(404, 'Not Found');
      }
      return part ? rules[part] : rules;
    }
    const sha = await mustExist(repository, branch);
    const [commit] = await world.git.log(repository.fullName, sha, {
      limit: 1,
    });
    const url = `${repositoryApiUrl(world, repository)}/branches/${branch}`;
    const rules = repository.protection[branch];
    return {
      name: branch,
      commit: commitShape(world, repository, commit),
      _links: {
        self: url,
        html: `${repositoryUrl(world, repository)}/tree/${branch}`,
      },
      protected: Boolean(rules),
      protection: {
        enabled: Boolean(rules),
        required_status_checks: {
          enforcement_level: rules?.requiredStatusChecks ? 'everyone' : 'off',
          contexts: rules?.requiredStatusChecks?.contexts ?? [],
          checks: [],
        },
      },
      protection_url: `${url}/protection`,
    };
  });

  api.put(BRANCH, async request => {
    const { repository, branch, tail, protection } = split(request);
    if (!protection || tail) {
      throw new HttpError(404, 'Not Found');
    }
    const input = bodyOf(request, protectionSchema);
    await mustExist(repository, branch);
    repository.protection[branch] = protectionOfInput(
      input,
      repository.protection[branch],
    );
    save(repository);
    return protectionShape(
      world,
      repository,
      branch,
      repository.protection[branch],
    );
  });

  api.post(BRANCH, async request => {
    const { repository, branch, tail } = split(request);
    const rules = protectionOf(repository, branch);
    if (tail === '/required_signatures') {
      rules.requiredSignatures = true;
    } else if (tail === '/enforce_admins') {
      rules.enforceAdmins = true;
    } else {
      throw new HttpError(404, 'Not Found');
    }
    save(repository);
    return protectionShape(world, repository, branch, rules)[
      tail.slice(1) as 'required_signatures' | 'enforce_admins'
    ];
  });

  api.delete(BRANCH, async (request, reply) => {
    const { repository, branch, tail, protection } = split(request);
    if (!protection) {
      throw new HttpError(404, 'Not Found');
    }
    const rules = protectionOf(repository, branch);
    if (tail === '/required_signatures') {
      rules.requiredSignatures = false;
    } else if (tail === '/enforce_admins') {
      rules.enforceAdmins = false;
    } else if (tail === '/required_pull_request_reviews') {
      rules.requiredReviews = undefined;
    } else if (tail === '/required_status_checks') {
      rules.requiredStatusChecks = undefined;
    } else if (tail === '') {
      delete repository.protection[branch];
    } else {
      throw new HttpError(404, 'Not Found');
    }
    save(repository);
    return reply.code(204).send();
  });
}
