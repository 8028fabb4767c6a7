import { Release } from '@fairway/plugin-platform-envs-common';
import { GitHost, ImageLabelSource } from '@fairway/plugin-platform-envs-node';
import { ComponentSource } from './sourceOf';

/** The label in which an image names the commit that it was built from. */
const REVISION_LABEL = 'org.opencontainers.image.revision';

const COMMIT = /^[0-9a-f]{40}$/;

/** The commit of a release, or why it is not known and whether that may change. */
export type FoundRevision =
  | { revision: string }
  | { reason: string; isLasting: boolean };

/**
 * Finds the commit of the application's repository that a release was built
 * from: what the image's label says, else what the commit that released it
 * says, else a tag of that version.
 *
 * @param updateTags - brings the tags of the repository up to date
 */
export async function findRevision(
  source: ComponentSource,
  release: Release,
  options: {
    labels?: ImageLabelSource;
    gitHost: GitHost;
    updateTags: (repository: string) => Promise<void>;
  },
): Promise<FoundRevision> {
  const label = await readLabel(release, options.labels);
  if ('revision' in label) return label;
  if (release.revision && COMMIT.test(release.revision)) {
    return { revision: release.revision };
  }
  const tag = await findTag(source, release, options);
  if ('revision' in tag) return tag;
  return {
    reason: `which commit ${describe(release)} was built from is not known: ${
      label.reason
    }, and ${tag.reason}`,
    isLasting: label.isLasting && tag.isLasting,
  };
}

async function readLabel(
  release: Release,
  labels: ImageLabelSource | undefined,
): Promise<FoundRevision> {
  if (!labels?.handles(release.image)) {
    return {
      reason: labels
        ? 'its registry cannot be asked'
        : 'no image registry is configured (the block aws)',
      isLasting: true,
    };
  }
  try {
    const value = (await labels.readLabels(release))[REVISION_LABEL];
    const revision = value?.trim().toLowerCase();
    if (revision && COMMIT.test(revision)) return { revision };
    return {
      reason: revision
        ? `its label ${REVISION_LABEL} is not the full SHA of a commit`
        : `it has no label ${REVISION_LABEL}`,
      isLasting: true,
    };
  } catch (error) {
    return {
      reason: error instanceof Error ? error.message : String(error),
      isLasting: false,
    };
  }
}

async function findTag(
  source: ComponentSource,
  { version }: Release,
  options: {
    gitHost: GitHost;
    updateTags: (repository: string) => Promise<void>;
  },
): Promise<FoundRevision> {
  const { gitHost, updateTags } = options;
  if (!gitHost.findTag || !gitHost.update) {
    return { reason: 'the Git host cannot look for tags', isLasting: true };
  }
  if (!version) return { reason: 'it has no version', isLasting: true };
  const { repository } = source;
  const tags = tagsOf(version, source.names);
  try {
    const known = await gitHost.findTag(repository, tags);
    if (known) return { revision: known };
    await updateTags(repository);
    const revision = await gitHost.findTag(repository, tags);
    return revision
      ? { revision }
      : { reason: `${repository} has no tag ${tags[0]}`, isLasting: false };
  } catch (error) {
    return {
      reason: error instanceof Error ? error.message : String(error),
      isLasting: false,
    };
  }
}

/** Tags under which people and tools keep a version, the most telling first. */
function tagsOf(version: string, names: string[]): string[] {
  const bare = version.replace(/^v(?=\d)/, '');
  return [
    ...names.flatMap(name => [
      `${name}/v${bare}`,
      `${name}/${bare}`,
      `${name}-v${bare}`,
      `${name}-${bare}`,
      `${name}@${bare}`,
    ]),
    `v${bare}`,
    bare,
  ];
}

function describe({ version, digest, image }: Release): string {
  return version ?? digest?.slice(0, 19) ?? image;
}
