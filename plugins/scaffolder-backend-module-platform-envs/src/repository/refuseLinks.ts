import { InputError } from '@backstage/errors';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Sees that nothing in a folder is a symbolic link, at any depth: what it leads
 * to would be read, here or wherever the repository is checked out.
 *
 * @param folder - absolute; one that is not there holds none
 * @throws InputError - naming the first of them.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  }).catch(error => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const link = entries.find(entry => entry.isSymbolicLink());
  if (link) {
    throw new InputError(
      `${relative(
        folder,
        join(link.parentPath, link.name),
      )} is a symbolic link; a new repository may not contain any: put the file itself into the template`,
    );
  }
}
