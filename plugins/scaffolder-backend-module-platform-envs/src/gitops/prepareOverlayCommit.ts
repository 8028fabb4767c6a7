import { InputError } from '@backstage/errors';
import { AddFilesOptions } from '../github/addFilesInOneCommit';
import { imageRepositoryOf } from '../platform/readPlatform';
import {
  beginComponentCommit,
  ComponentCommitOptions,
} from './beginComponentCommit';
import { ComponentInput } from './componentInput';
import { assertSafeOverlay } from './lintOverlayFiles';
import { renderGitopsFiles } from './renderGitopsFiles';
import { resolveComponent } from './resolveComponent';
import { GitopsComponent } from './types';

/** Options of {@link prepareOverlayCommit}. */
export interface OverlayCommitOptions extends ComponentCommitOptions {
  component: string;
  /** How it is to run; the defaults of the platform when absent. */
  input?: ComponentInput;
}

/** What {@link prepareOverlayCommit} found out. */
export interface OverlayCommit {
  change: AddFilesOptions;
  /** What the files say, every default filled in. */
  component: GitopsComponent;
  /** Where a person sees the GitOps repository. */
  webUrl: string;
}

/**
 * The commit that adds a component to the chosen environments of its platform.
 * Nothing is written.
 *
 * @throws InputError - as {@link resolveComponent}, before anything is asked.
 */
export async function prepareOverlayCommit(
  options: OverlayCommitOptions,
): Promise<OverlayCommit> {
  const { platform, taskId } = options;
  const resolved = resolveComponent(platform.environments, options.input ?? {});
  // A folder of an environment must not look like one of a component.
  const namesake = platform.environments.find(
    ({ shortName }) => shortName === options.component,
  );
  if (namesake) {
    throw new InputError(
      `"${options.component}" cannot be the name of a component of ${platform.systemRef}: ${namesake.ref} is called so. Add a word`,
    );
  }
  const begun = await beginComponentCommit(options.component, options);
  const { client, owner, repo, branch } = begun;
  const { data: repository } = await client.rest.repos.get({ owner, repo });
  const component: GitopsComponent = {
    ...resolved,
    name: options.component,
    system: platform.system,
    imageRepository: imageRepositoryOf(platform, options.component),
    gitopsPath: platform.gitops.path,
    repositoryUrl: repository.clone_url,
    branch,
    taskId,
  };
  const files = renderGitopsFiles(component);
  assertSafeOverlay(files, platform.gitops.path);
  return {
    component,
    webUrl: repository.html_url,
    change: {
      ...begun,
      subject: `Add ${component.name} to ${component.environments
        .map(environment => environment.shortName)
        .join(', ')}`,
      files,
    },
  };
}
