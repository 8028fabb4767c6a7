import { Entity } from '@backstage/catalog-model';
import { ConflictError, NotAllowedError } from '@backstage/errors';
import { Octokit } from 'octokit';
import { getRepository, Repository } from '../github/componentRepository';
import { statusOf } from '../github/createGithubClient';
import { FoundThings } from './types';

const ANNOTATION_PROJECT_SLUG = 'github.com/project-slug';
const ANNOTATION_SOURCE_PATH = 'fairway.dev/source-path';

/** `owner/name` of the repository that the catalog names for a component. */
export function repositoryOf(entity: Entity): string | undefined {
  const slug = entity.metadata.annotations?.[ANNOTATION_PROJECT_SLUG];
  return slug && /^[\w.-]+\/[\w.-]+$/.test(slug) ? slug : undefined;
}

/** Whether the repository holds other things too, by what the catalog says of the component. */
export function sharesRepository(entity: Entity, repository: string): boolean {
  const { annotations = {}, name } = entity.metadata;
  return (
    Boolean(annotations[ANNOTATION_SOURCE_PATH]) ||
    repository.split('/')[1] !== name
  );
}

/** What would become of the source: archived, or kept where others live in it too. */
export async function findRepository(options: {
  client: Octokit;
  entity: Entity;
  repository: string;
  gitHost: string;
}): Promise<FoundThings> {
  const { client, entity, repository, gitHost } = options;
  const thing = {
    kind: 'repository' as const,
    name: repository,
    where: gitHost,
  };
  if (sharesRepository(entity, repository)) {
    return {
      things: [
        {
          ...thing,
          change: 'keep',
          note: 'Other components live in it; its source stays there.',
        },
      ],
      foreign: [],
    };
  }
  const [owner, repo] = repository.split('/');
  const found = await getRepository(client, owner, repo);
  if (!found) return { things: [], foreign: [] };
  const isOurs = await isMadeByFairway(client, found);
  const isArchived = (found as { archived?: boolean }).archived === true;
  return {
    things: [
      {
        ...thing,
        change: isArchived ? 'keep' : 'update',
        properties: [{ name: 'archived', value: 'true' }],
        note: isArchived
          ? 'It is archived already.'
          : 'It is archived, not deleted: everything stays readable.',
        url: found.html_url,
      },
    ],
    foreign: isOurs || isArchived ? [] : [repository],
  };
}

/** Archives a repository; one that is gone or archived stays as it is. */
export async function archiveRepository(
  client: Octokit,
  repository: string,
): Promise<'archived' | 'was archived' | 'gone'> {
  const [owner, repo] = repository.split('/');
  const found = await getRepository(client, owner, repo);
  if (!found) return 'gone';
  if ((found as { archived?: boolean }).archived) return 'was archived';
  try {
    await client.rest.repos.update({ owner, repo, archived: true });
    return 'archived';
  } catch (error) {
    if (statusOf(error) === 403 || statusOf(error) === 404) {
      throw new NotAllowedError(
        `The portal may not archive ${repository} (${
          (error as Error).message
        }): give its GitHub App "Administration: write" there`,
      );
    }
    throw error;
  }
}

/** A mark of Fairway: in the homepage that it set, or in one of the first hundred commits. */
async function isMadeByFairway(
  client: Octokit,
  repository: Repository,
): Promise<boolean> {
  if (/[?&]created-by-task=/.test(repository.homepage ?? '')) return true;
  try {
    const { data } = await client.rest.repos.listCommits({
      owner: repository.owner.login,
      repo: repository.name,
      per_page: 100,
    });
    return data.some(({ commit }) => /^Fairway-Task: /m.test(commit.message));
  } catch (error) {
    // 409: "Git Repository is empty."
    if (statusOf(error) === 409) return false;
    throw new ConflictError(
      `Whose ${repository.full_name} is cannot be told: ${
        (error as Error).message
      }`,
    );
  }
}
