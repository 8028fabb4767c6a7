import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RenderedFile } from './startRenderer';

/** Writes a repository into a new folder. */
export async function writeRendered(
  folder: string,
  files: RenderedFile[],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { path, content, executable } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, {
      mode: executable ? 0o755 : 0o644,
    });
  }
}

/**
 * The files that a run would add to other repositories than its own, as files:
 * desired state.
 */
export function desiredState(
  planned: PlannedThing[],
  component: string,
): RenderedFile[] {
  return planned
    .filter(
      ({ kind, where, content }) =>
        kind === 'file' &&
        content !== undefined &&
        !where.startsWith('catalog') &&
        where.split('@')[0].split('/')[1] !== component,
    )
    .map(({ name, content }) => ({
      path: name,
      content: Buffer.from(content!),
      executable: false,
      symlink: false,
    }));
}
