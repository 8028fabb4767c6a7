import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Nobody reads a longer file before a run: lock files, mostly. */
const MOST_SHOWN_BYTES = 200_000;

/** All contents together, so that a plan stays a page. */
const MOST_SHOWN_IN_ALL = 4_000_000;

/** Git calls a file binary that has a NUL within its first 8,000 bytes. */
const LOOKED_AT = 8_000;

/**
 * Every file below a folder as a planned thing, by path, with its text. Large
 * and binary ones come without, and say so. `.git` is left out.
 */
export async function plannedFiles(
  folder: string,
  where: string,
  change: PlannedThing['change'] = 'create',
): Promise<PlannedThing[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => relative(folder, path).split('/')[0] !== '.git')
    .sort();
  const things: PlannedThing[] = [];
  let shown = 0;
  for (const path of paths) {
    const { size, mode } = await stat(path);
    const thing: PlannedThing = {
      kind: 'file',
      name: relative(folder, path),
      where,
      change,
      sizeBytes: size,
      ...(mode & 0o111 && { executable: true }),
    };
    if (size > MOST_SHOWN_BYTES || shown + size > MOST_SHOWN_IN_ALL) {
      things.push({ ...thing, note: 'It is too large to be shown here' });
      continue;
    }
    const bytes = await readFile(path);
    if (bytes.subarray(0, LOOKED_AT).includes(0)) {
      things.push({ ...thing, note: 'It is not text' });
      continue;
    }
    shown += size;
    things.push({ ...thing, content: bytes.toString('utf8') });
  }
  return things;
}
