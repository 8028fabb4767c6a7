import { InputError } from '@backstage/errors';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** Options of {@link writeRepository}. */
export interface WriteRepositoryOptions {
  /** Absolute path of the workspace; nothing above it is looked at. */
  workspace: string;
  /** Absolute path of the repository, in the workspace. */
  target: string;
  /** Contents by path, as {@link renderRepository} gives them. */
  files: Map<string, string>;
}

/**
 * Writes files into a folder of the workspace. A file that is there is kept: the
 * skeleton knows better.
 *
 * @returns the paths that were written and those that were kept, in the order
 *   given.
 * @throws InputError - on the way to a file is a link, or something that is no
 *   folder.
 */
export async function writeRepository({
  workspace,
  target,
  files,
}: WriteRepositoryOptions): Promise<{ written: string[]; kept: string[] }> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, content] of files) {
    const file = join(target, path);
    await assertFolders(workspace, dirname(file));
    const there = await lstatOf(file);
    if (there?.isSymbolicLink()) throw linkError(workspace, file);
    if (there) {
      kept.push(path);
    } else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
      written.push(path);
    }
  }
  return { written, kept };
}

/** Every folder from the workspace down to this one is one, or is not there. */
async function assertFolders(workspace: string, folder: string): Promise<void> {
  let current = workspace;
  for (const part of relative(workspace, folder).split(sep).filter(Boolean)) {
    if (part === '..') {
      throw new InputError('The target lies outside the workspace');
    }
    current = join(current, part);
    const there = await lstatOf(current);
    if (!there) return;
    if (there.isSymbolicLink()) throw linkError(workspace, current);
    if (!there.isDirectory()) {
      throw new InputError(
        `${relative(
          workspace,
          current,
        )} is a file, but files have to go below it`,
      );
    }
  }
}

async function lstatOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function linkError(workspace: string, path: string): InputError {
  return new InputError(
    `${relative(
      workspace,
      path,
    )} is a symbolic link; a new repository may not contain any`,
  );
}
