import { GithubRepository } from '../../world/github/githubTypes';
import { readTree } from '../../world/github/gitObjects';
import { GitError } from '../../world/runGit';
import { HttpError } from '../createServer';
import { GithubContext, page } from './context';
import { minimalRepository } from './repositoryShapes';
import { repositoryApiUrl, repositoryUrl } from './shapes';

/** What a search asks for, as GitHub's qualifiers say it. */
interface Search {
  terms: string[];
  qualifiers: Record<string, string[]>;
}

/** Splits `catalog filename:catalog-info.yaml repo:owner/name "two words"`. */
export function parseSearch(query: string): Search {
  const search: Search = { terms: [], qualifiers: {} };
  for (const [part] of query.matchAll(/(?:[\w-]+:)?"[^"]*"|\S+/g)) {
    const [, name, value] = /^([\w-]+):(.+)$/s.exec(part) ?? [];
    if (name) {
      (search.qualifiers[name.toLowerCase()] ??= []).push(
        value.replace(/^"|"$/g, ''),
      );
    } else {
      search.terms.push(part.replace(/^"|"$/g, ''));
    }
  }
  return search;
}

/**
 * Search in the files of default branches, and for repositories.
 *
 * @see https://docs.github.com/rest/search/search
 */
export function searchRoutes({ world, api }: GithubContext): void {
  const searchOf = (request: { query: unknown }) => {
    const { q } = request.query as { q?: unknown };
    if (typeof q !== 'string' || !q.trim() || q.includes('\0')) {
      throw new HttpError(422, 'Validation Failed', {
        errors: [{ resource: 'Search', field: 'q', code: 'missing' }],
      });
    }
    return parseSearch(q);
  };
  const within = ({ qualifiers }: Search) => {
    const named = [...(qualifiers.repo ?? [])].map(name => name.toLowerCase());
    const owners = [...(qualifiers.org ?? []), ...(qualifiers.user ?? [])].map(
      name => name.toLowerCase(),
    );
    const found = world.github
      .repositories()
      .filter(
        ({ fullName }) =>
          (!named.length && !owners.length) ||
          named.includes(fullName.toLowerCase()) ||
          owners.includes(fullName.split('/')[0].toLowerCase()),
      );
    if (named.length && !found.length) {
      throw new HttpError(422, 'Validation Failed', {
        errors: [
          {
            message:
              'The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.',
            resource: 'Search',
            field: 'q',
            code: 'invalid',
          },
        ],
      });
    }
    return found.sort((a, b) => a.fullName.localeCompare(b.fullName));
  };

  /** Paths of files that contain all terms. */
  const grep = async (
    repository: GithubRepository,
    head: string,
    terms: string[],
  ) => {
    const out = await world.git
      .run(repository.fullName, [
        'grep',
        '-z',
        '-l',
        '-i',
        '-I',
        '-F',
        '--all-match',
        ...terms.flatMap(term => ['-e', term]),
        head,
      ])
      .catch(error => {
        // git says "nothing found" by ending with 1.
        if (error instanceof GitError && error.exitCode === 1) {
          return Buffer.alloc(0);
        }
        throw error;
      });
    return new Set(
      out
        .toString('utf8')
        .split('\0')
        .map(name => name.slice(head.length + 1)),
    );
  };

  const filesOf = async (repository: GithubRepository, search: Search) => {
    const head = await world.git.resolve(
      repository.fullName,
      `refs/heads/${repository.defaultBranch}`,
    );
    if (!head) {
      return [];
    }
    const { filename, path, extension } = search.qualifiers;
    const entries = (
      (await readTree(world, repository, head, { recursive: true })) ?? []
    ).filter(entry => {
      const name = entry.path.split('/').pop()!;
      return (
        entry.type === 'blob' &&
        (filename ?? []).every(wanted =>
          name.toLowerCase().includes(wanted.toLowerCase()),
        ) &&
        (path ?? []).every(wanted =>
          wanted === '/'
            ? !entry.path.includes('/')
            : entry.path.startsWith(wanted.replace(/^\/|\/$/g, '')),
        ) &&
        (extension ?? []).every(wanted =>
          name.endsWith(`.${wanted.replace(/^\./, '')}`),
        )
      );
    });
    const containing = search.terms.length
      ? await grep(repository, head, search.terms)
      : undefined;
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    return entries
      .filter(entry => !containing || containing.has(entry.path))
      .map(entry => {
        const encoded = entry.path.split('/').map(encodeURIComponent).join('/');
        return {
          name: entry.path.split('/').pop()!,
          path: entry.path,
          sha: entry.sha,
          url: `${url}/contents/${encoded}?ref=${head}`,
          git_url: `${url}/git/blobs/${entry.sha}`,
          html_url: `${html}/blob/${head}/${encoded}`,
          repository: minimalRepository(world, repository),
          score: 1,
        };
      });
  };

  api.get('/search/code', async (request, reply) => {
    const search = searchOf(request);
    const items = (
      await Promise.all(
        within(search).map(repository => filesOf(repository, search)),
      )
    ).flat();
    return {
      total_count: items.length,
      incomplete_results: false,
      items: page(request, reply, items),
    };
  });

  api.get('/search/repositories', async (request, reply) => {
    const search = searchOf(request);
    const topics = search.qualifiers.topic ?? [];
    const found = within(search).filter(
      ({ fullName, description, topics: has }) =>
        search.terms.every(term =>
          `${fullName.split('/')[1]} ${description ?? ''}`
            .toLowerCase()
            .includes(term.toLowerCase()),
        ) && topics.every(topic => has.includes(topic)),
    );
    return {
      total_count: found.length,
      incomplete_results: false,
      items: page(request, reply, found).map(repository => ({
        ...minimalRepository(world, repository),
        master_branch: repository.defaultBranch,
        score: 1,
      })),
    };
  });
}
