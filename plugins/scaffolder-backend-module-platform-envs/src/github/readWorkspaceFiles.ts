import { isChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What a description of a component needs is far smaller. */
const MAX_BYTES = 1_000_000;

/**
 * Text files below a folder by path, with `/`, in order of their paths.
 *
 * @param paths - which of them; all when absent.
 * @throws InputError - a file is missing, no plain file, no text or larger than
 *   a megabyte; the message names it.
 */
export async function readWorkspaceFiles(
  folder: string,
  paths?: string[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of [...(paths ?? (await listFiles(folder)))].sort()) {
    files.set(path, await readTextFile(folder, path));
  }
  return files;
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .map(path => path.split(sep).join('/'));
}

async function readTextFile(folder: string, path: string): Promise<string> {
  // a link may lead outside as well
  if (
    path.split('/').includes('..') ||
    !isChildPath(folder, join(folder, path))
  ) {
    throw new InputError(`${path} lies outside the folder of the repository`);
  }
  const file = join(folder, path);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new InputError(
      found
        ? `${path} is no plain file: a repository takes no links`
        : `The workspace has no file ${path}: correct the template's paths`,
    );
  }
  if (found.size > MAX_BYTES) {
    throw new InputError(`${path} is larger than ${MAX_BYTES / 1_000_000} MB`);
  }
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path} is no text in UTF-8`);
  }
}
