import { Hash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';

const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/**
 * Adds every file that rendering `folder` can read to a digest: its own, and
 * those of the folders that its kustomization names, all below `root`.
 *
 * @param seen - takes the absolute paths of all folders and files that count
 */
export async function digestFolder(
  root: string,
  folder: string,
  digest: Hash,
  seen: Set<string> = new Set(),
): Promise<void> {
  if (seen.has(folder)) {
    return;
  }
  seen.add(folder);
  for (const file of await listFiles(folder, true)) {
    digest.update(`\n${relative(root, folder)}/${file}\n`);
    digest.update(await readFile(join(folder, file)));
  }
  const kustomization = await kustomizationOf(folder);
  if (!kustomization) {
    return;
  }
  for (const text of strings(readYaml(await readFile(kustomization, 'utf8')))) {
    if (text.includes('\n') || text.length > 300 || text.includes('://')) {
      continue;
    }
    const target = resolve(folder, text);
    if (target.startsWith(root + sep) && !seen.has(target)) {
      if (await isFolder(target)) {
        await digestFolder(root, target, digest, seen);
      } else if (!target.startsWith(folder + sep)) {
        seen.add(target);
        digest.update(await readFile(target).catch(() => ''));
      }
    }
  }
}

/** Path of the kustomization file of a folder; undefined where there is none. */
export async function kustomizationOf(
  folder: string,
): Promise<string | undefined> {
  for (const name of KUSTOMIZATION_FILES) {
    const file = join(folder, name);
    if (await isFile(file)) {
      return file;
    }
  }
  return undefined;
}

/** Files of a folder by relative path, sorted. */
export async function listFiles(
  folder: string,
  recurse: boolean,
): Promise<string[]> {
  const entries = await readdir(folder, {
    withFileTypes: true,
    recursive: recurse,
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    s => s.isDirectory(),
    () => false,
  );
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    s => s.isFile(),
    () => false,
  );
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // Kustomize will say what is wrong with it.
    return undefined;
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return value && typeof value === 'object'
    ? Object.values(value).flatMap(strings)
    : [];
}
