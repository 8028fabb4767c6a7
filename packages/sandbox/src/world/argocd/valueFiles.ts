import { resolve, sep } from 'node:path';
import { isFile } from './folderDigest';
import type { Commit, RenderRequest } from './Manifests';

/**
 * Absolute paths of the value files of a Helm source, in order. `$name/path`
 * is a file of the source with that `ref`, `/path` one from the root of the
 * repository, anything else one below the chart.
 *
 * @throws Error - a path leads out of its repository, or no source has the ref.
 */
export async function valueFilesOf(
  { source, refs }: RenderRequest,
  chart: { root: string; folder: string },
  checkout: (commit: Commit) => Promise<string>,
): Promise<string[]> {
  const files: string[] = [];
  for (const name of source.helm?.valueFiles ?? []) {
    const [, ref, path] = name.match(/^\$([^/]+)\/(.+)$/) ?? [];
    let root = chart.root;
    let file = name.startsWith('/')
      ? resolve(root, name.slice(1))
      : resolve(chart.folder, name);
    if (ref) {
      const commit = refs?.get(ref);
      if (!commit) {
        throw new Error(
          `error resolving helm value files: source referenced "$${ref}", but no source has a 'ref' field defined`,
        );
      }
      root = await checkout(commit);
      file = resolve(root, path);
    }
    if (!file.startsWith(root + sep)) {
      throw new Error(
        `error resolving helm value files: value file '${name}' resolved to outside repository root`,
      );
    }
    if (!source.helm?.ignoreMissingValueFiles || (await isFile(file))) {
      files.push(file);
    }
  }
  return files;
}
