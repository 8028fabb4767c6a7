import {
  ANNOTATION_SOURCE_PATH,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';

/** Where the source of a component is kept. */
export interface ComponentSource {
  /** `owner/name` on the configured Git host. */
  repository: string;
  /** Folder of the component where the repository holds several; a commit counts when it touches it. */
  folder?: string;
  /** Folders whose commits do not count: the desired state, where it is kept in the same repository. */
  without: string[];
  /** Names that a tag of a version may carry in front of it. */
  names: string[];
}

const SLUG = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9._-]+$/;
const PROJECT_SLUG = 'github.com/project-slug';
const SOURCE_LOCATION = 'backstage.io/source-location';

/**
 * Where a component's source is, according to its annotations: the slug of its
 * project, else a source location that is a web address. Undefined when neither
 * names a repository.
 *
 * @see https://backstage.io/docs/features/software-catalog/well-known-annotations
 */
export function sourceOf(
  annotations: Record<string, string>,
  names: string[],
  environments: Pick<EnvironmentSummary, 'gitops'>[],
): ComponentSource | undefined {
  const slug = annotations[PROJECT_SLUG]?.trim();
  const location = readLocation(annotations[SOURCE_LOCATION]);
  const repository = slug && SLUG.test(slug) ? slug : location?.repository;
  if (!repository) return undefined;
  const folder =
    annotations[ANNOTATION_SOURCE_PATH]?.trim() ??
    (location?.repository === repository ? location.folder : undefined);
  const without = environments.flatMap(({ gitops }) =>
    gitops?.repository === repository && gitops.path ? [gitops.path] : [],
  );
  return {
    repository,
    ...(folder && { folder: folder.replace(/^[./]+|\/+$/g, '') }),
    without: [...new Set(without)],
    names: [...new Set(names)],
  };
}

/** `url:https://host/owner/name/tree/branch/folder/` */
function readLocation(
  value: string | undefined,
): { repository: string; folder?: string } | undefined {
  const [, owner, name, folder] =
    /^url:https?:\/\/[^/]+\/([^/]+)\/([^/]+?)(?:\.git)?(?:\/(?:tree|blob)\/[^/]+\/?(.*))?\/?$/.exec(
      value?.trim() ?? '',
    ) ?? [];
  const repository = `${owner}/${name}`;
  if (!owner || !SLUG.test(repository)) return undefined;
  return { repository, ...(folder && { folder }) };
}
