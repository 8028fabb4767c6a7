import { UrlReaderService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_SOURCE_LOCATION,
  Entity,
  parseLocationRef,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the scaffolder takes for a dry run is 10 MB of base64 in all. */
const MOST_BYTES = 7_000_000;

const MOST_FILES = 2_000;

/** Not part of a template, and large where somebody tried its skeleton. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'target', '.venv']);

/** A file of a template's folder, as the scaffolder's dry run takes it. */
export interface TemplateFile {
  /** Relative to the folder, with `/`. */
  path: string;
  base64Content: string;
}

class Files {
  readonly files: TemplateFile[] = [];
  #bytes = 0;

  /** @throws InputError - it would be too much. */
  makeRoom(name: string, bytes: number): void {
    if (
      this.#bytes + bytes > MOST_BYTES ||
      this.files.length + 1 > MOST_FILES
    ) {
      throw new InputError(
        `The template's folder is too large to make a plan from (at ${name}): keep it below ${MOST_FILES} files and ${
          MOST_BYTES / 1_000_000
        } MB`,
      );
    }
  }

  add(path: string, content: Buffer): void {
    this.makeRoom(path, content.length);
    this.#bytes += content.length;
    this.files.push({ path, base64Content: content.toString('base64') });
  }
}

/**
 * The folder in which a template's `template.yaml` is, with everything below
 * it, from where the catalog read it: a folder of this machine, or a tree of a
 * Git host through the portal's integrations.
 *
 * @throws InputError - the template has no location, or its folder is larger
 *   than a dry run takes.
 */
export async function readTemplateFolder(
  template: Entity,
  reader: UrlReaderService,
): Promise<TemplateFile[]> {
  const { type, target } = locationOf(template);
  if (type === 'file') {
    return readFolder(dirname(pathOf(target)));
  }
  if (type !== 'url') {
    throw new InputError(
      `${template.metadata.name} was read from a ${type} location, which no plan can be made from: register it from a file or a URL`,
    );
  }
  const folder = new URL('.', target).toString();
  const tree = await reader.readTree(folder);
  const kept = new Files();
  for (const file of await tree.files()) {
    if (file.path.split('/').some(part => LEFT_OUT.has(part))) continue;
    kept.add(file.path, await file.content());
  }
  return kept.files;
}

function locationOf({ metadata }: Entity): { type: string; target: string } {
  const { annotations = {} } = metadata;
  const ref =
    annotations[ANNOTATION_SOURCE_LOCATION] ?? annotations[ANNOTATION_LOCATION];
  if (!ref) {
    throw new InputError(
      `Template ${metadata.name} does not say where it was read from, so its files cannot be found`,
    );
  }
  return parseLocationRef(ref);
}

function pathOf(target: string): string {
  return target.startsWith('file:') ? fileURLToPath(target) : target;
}

async function readFolder(root: string): Promise<TemplateFile[]> {
  const kept = new Files();
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort(byName)) {
      const path = join(folder, entry.name);
      if (LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory()) {
        await visit(path);
      } else if (entry.isFile()) {
        // A link is neither: what it leads to is not part of the template.
        kept.makeRoom(entry.name, (await lstat(path)).size);
        kept.add(relative(root, path), await readFile(path));
      }
    }
  };
  await visit(root);
  return kept.files;
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
