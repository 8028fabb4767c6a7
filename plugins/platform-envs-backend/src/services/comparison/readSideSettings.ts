import { ConflictError } from '@backstage/errors';
import { GitHost } from '@fairway/plugin-platform-envs-node';
import { posix } from 'node:path';
import { ComparisonFacts } from './ComparisonFacts';
import { readOverlaySettings, readTfvarsSettings } from './readSettings';
import { Setting } from './settings';
import { Side } from './side';

/**
 * The settings that Git holds for one side, and the files they were read from.
 *
 * @throws ConflictError - there is no such file, or it cannot be understood.
 */
export async function readSideSettings(
  side: Side,
  from: { facts: ComparisonFacts; gitHost?: GitHost },
): Promise<{ settings: Setting[]; files: string[] }> {
  const { cell, environment, revision } = side;
  const { facts, gitHost } = from;
  const { repository, branch, path, target } = facts.getDesiredFile(
    cell.componentRef,
    environment.ref,
  );
  if (!gitHost) {
    throw new ConflictError(
      'No Git host is configured (platformEnvs.gitHost.host)',
    );
  }
  const files = await gitHost.readFiles(
    repository,
    revision ?? branch,
    target.format === 'kustomize'
      ? { folder: posix.dirname(path) }
      : { paths: [path] },
  );
  const file = files.get(path);
  if (!file) throw new ConflictError(`${repository} has no ${path}`);
  try {
    return {
      settings:
        target.format === 'kustomize'
          ? readOverlaySettings(path, files)
          : readTfvarsSettings(file.content ?? ''),
      files: [...files.keys()],
    };
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    throw new ConflictError(`${path} cannot be understood: ${reason}`);
  }
}
