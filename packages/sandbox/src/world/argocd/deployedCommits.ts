import { parse } from 'yaml';
import { readBlobs } from '../gitBlobs';
import { GitStore } from '../types';

/** A commit that changed the folder of an application. */
export interface DeployedCommit {
  sha: string;
  at: Date;
  /** The folder's `kustomization.yaml` there, where it has one. */
  kustomization?: string;
}

/** Tag of an overlay whose environment never had the service. */
const UNRELEASED = 'unreleased';

/** Whether any image of a kustomization is one that was never released. */
export function isUnreleased(kustomization: string | undefined): boolean {
  return (
    // Parsing is what takes time, and hardly any needs it.
    Boolean(kustomization?.includes(UNRELEASED)) &&
    imagesIn(kustomization).some(image => image?.newTag === UNRELEASED)
  );
}

/** Images that a kustomization sets, as pods name them: `name:tag`, `name@digest`. */
export function imagesOf(kustomization: string | undefined): string[] {
  return imagesIn(kustomization).map(image => {
    const name = image?.newName ?? image?.name;
    const tag = image?.newTag ? `:${image.newTag}` : '';
    return `${name}${tag}${image?.digest ? `@${image.digest}` : ''}`;
  });
}

function imagesIn(kustomization: string | undefined): any[] {
  try {
    const images = parse(kustomization ?? '')?.images;
    return Array.isArray(images) ? images : [];
  } catch {
    return [];
  }
}

/**
 * What was deployed when, by folder: the commits that touched each folder
 * below `prefix`, oldest first, without those that left it unreleased. Asks
 * git twice, however many folders there are.
 */
export async function deployedCommits(
  git: GitStore,
  repository: string,
  sha: string,
  prefix: string,
): Promise<Map<string, DeployedCommit[]>> {
  const log = await git.run(repository, [
    'log',
    '--reverse',
    '--format=%x00%H %cI',
    '--name-only',
    sha,
    '--',
    prefix,
  ]);
  const touched: Array<{ folder: string; commit: DeployedCommit }> = [];
  for (const entry of log.toString('utf8').split('\0').slice(1)) {
    const [head, ...files] = entry.split('\n').filter(Boolean);
    const [commit, date] = head.split(' ');
    const folders = new Set(
      files.map(file => file.slice(0, file.lastIndexOf('/'))),
    );
    for (const folder of folders) {
      touched.push({ folder, commit: { sha: commit, at: new Date(date) } });
    }
  }

  const contents = await readBlobs(
    (args, options) => git.run(repository, args, options),
    touched.map(
      ({ folder, commit }) => `${commit.sha}:${folder}/kustomization.yaml`,
    ),
  );
  const result = new Map<string, DeployedCommit[]>();
  touched.forEach(({ folder, commit }, index) => {
    const kustomization = contents[index];
    if (!isUnreleased(kustomization)) {
      const earlier = result.get(folder) ?? [];
      result.set(folder, [...earlier, { ...commit, kustomization }]);
    }
  });
  return result;
}
