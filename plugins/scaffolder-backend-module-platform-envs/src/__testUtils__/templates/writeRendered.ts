import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RenderedFile, Renderer } from './startRenderer';

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
    .map(({ name, content }) => fileOf(name, content!));
}

/**
 * What stands beside the files that a run would change, and is read together
 * with them: the other files of the same component.
 */
export async function surroundingsOf(
  planned: PlannedThing[],
  renderer: Pick<Renderer, 'readBranch'>,
): Promise<RenderedFile[]> {
  const found = new Map<string, string>();
  for (const { kind, change, name, where } of planned) {
    if (kind !== 'file' || change !== 'update') continue;
    const component = name.split('/').at(-2)!;
    const files = await renderer.readBranch(where, path =>
      path.split('/').includes(component),
    );
    files.forEach((content, path) => found.set(path, content));
  }
  return [...found].map(([path, content]) => fileOf(path, content));
}

function fileOf(path: string, content: string): RenderedFile {
  return {
    path,
    content: Buffer.from(content),
    executable: false,
    symlink: false,
  };
}
