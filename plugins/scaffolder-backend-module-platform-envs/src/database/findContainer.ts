import { InputError } from '@backstage/errors';
import { Octokit } from 'octokit';
import { parseAllDocuments } from 'yaml';
import { statusOf } from '../github/createGithubClient';

/** Where a component's Deployment stands. */
export interface FindContainerOptions {
  client: Octokit;
  owner: string;
  repo: string;
  branch: string;
  /** File of the base, in the repository. */
  path: string;
  component: string;
}

/**
 * Name of the container of a component, which patches have to use: the one that
 * is called like the component, else the first of its Deployment. Where there
 * is no such file, containers are called like their component.
 *
 * @throws InputError - the file cannot be read as YAML, or its Deployment has
 *   no container; the message names the file.
 */
export async function findContainer(
  options: FindContainerOptions,
): Promise<string> {
  const { path, component } = options;
  const text = await readText(options);
  if (text === undefined) return component;
  const documents = parseAllDocuments(text);
  const broken = [...documents].find(({ errors }) => errors.length > 0);
  if (broken) {
    throw new InputError(
      `${path} is no YAML that can be read (${
        broken.errors[0].message.split('\n')[0]
      }): mend it first`,
    );
  }
  const deployment = [...documents]
    .map(document => document.toJS())
    .find(
      object =>
        object?.kind === 'Deployment' && object.metadata?.name === component,
    );
  if (!deployment) return component;
  const names: unknown[] = (
    deployment.spec?.template?.spec?.containers ?? []
  ).map((container: { name?: unknown }) => container?.name);
  const name = names.includes(component) ? component : names[0];
  if (typeof name !== 'string') {
    throw new InputError(
      `The Deployment in ${path} has no container that could be given a database: add one first`,
    );
  }
  return name;
}

async function readText({
  client,
  owner,
  repo,
  branch,
  path,
}: FindContainerOptions): Promise<string | undefined> {
  try {
    const { data } = await client.rest.repos.getContent({
      owner,
      repo,
      path,
      ref: branch,
    });
    return 'content' in data && typeof data.content === 'string'
      ? Buffer.from(data.content, 'base64').toString('utf8')
      : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
