import { createHash } from 'node:crypto';
import {
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { KubeObject } from '../clusterTypes';
import { Kustomize } from '../kustomize';
import { GitStore } from '../types';
import { ApplicationSource } from './types';

/** Rendered manifests of an application's source. */
export interface RenderedSource {
  sourceType: 'Kustomize' | 'Directory';
  /** In the order of the renderer. */
  objects: KubeObject[];
}

const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];
/** Commits of one repository whose files stay on disk. */
const CHECKOUTS_KEPT = 4;
/** Renderers at a time: as many as small machines have cores. */
const WORKERS = 2;

/**
 * What git says at a commit, rendered by kustomize itself. A result is kept by
 * the content of the folders it was made from, so a commit that leaves them
 * alone costs no rendering; results survive a restart.
 */
export class Manifests {
  private readonly checkouts = new Map<string, Promise<string>>();
  private readonly rendered = new Map<string, Promise<RenderedSource>>();
  private active = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(
    private readonly git: GitStore,
    private readonly kustomize: Kustomize,
    /** Folder for checkouts and results; may be deleted when nothing runs. */
    private readonly directory: string,
  ) {}

  /**
   * @param sha - A commit of the repository.
   * @throws Error - no such path at that commit, or it cannot be rendered;
   *   the message is the renderer's own.
   */
  async render(
    repository: string,
    sha: string,
    source: ApplicationSource,
  ): Promise<RenderedSource> {
    const root = await this.checkout(repository, sha);
    const folder = resolve(root, source.path ?? '.');
    if (folder !== root && !folder.startsWith(root + sep)) {
      throw new Error(`app path is outside root: ${source.path}`);
    }
    if (!(await isFolder(folder))) {
      throw new Error(`${source.path}: app path does not exist`);
    }
    const kustomization = await kustomizationOf(folder);
    const digest = createHash('sha256').update(this.kustomize.version);
    digest.update(JSON.stringify([source.path, source.directory ?? {}]));
    await digestFolder(root, folder, digest, new Set());
    const key = digest.digest('hex');

    let result = this.rendered.get(key);
    if (!result) {
      result = this.readOrRender(key, root, () =>
        kustomization
          ? this.renderKustomize(folder)
          : renderDirectory(folder, Boolean(source.directory?.recurse)),
      );
      this.rendered.set(key, result);
      result.catch(() => this.rendered.delete(key));
    }
    return structuredClone(await result);
  }

  private async readOrRender(
    key: string,
    root: string,
    render: () => Promise<RenderedSource>,
  ): Promise<RenderedSource> {
    const file = join(this.directory, 'rendered', `${key}.json`);
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch {
      // Not rendered before.
    }
    const result = await this.inTurn(async () => {
      try {
        return await render();
      } catch (error) {
        // Paths of this machine mean nothing to the reader of the message.
        throw new Error((error as Error).message.replaceAll(`${root}/`, ''));
      }
    });
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.${Math.random()}`;
    await writeFile(temporary, JSON.stringify(result));
    await rename(temporary, file);
    return result;
  }

  private async renderKustomize(folder: string): Promise<RenderedSource> {
    return {
      sourceType: 'Kustomize',
      objects: parseManifests(await this.kustomize.build(folder)),
    };
  }

  private checkout(repository: string, sha: string): Promise<string> {
    const key = `${repository}@${sha}`;
    const known = this.checkouts.get(key);
    if (known) {
      // Most recently used last.
      this.checkouts.delete(key);
      this.checkouts.set(key, known);
      return known;
    }
    const folder = resolve(
      this.directory,
      'checkouts',
      repository.replaceAll('/', '__'),
      sha,
    );
    const checkout = (async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await this.git.checkout(repository, sha, folder);
      return folder;
    })();
    this.checkouts.set(key, checkout);
    checkout.catch(() => this.checkouts.delete(key));
    this.forgetOldCheckouts(repository);
    return checkout;
  }

  private forgetOldCheckouts(repository: string) {
    const keys = [...this.checkouts.keys()].filter(key =>
      key.startsWith(`${repository}@`),
    );
    for (const key of keys.slice(0, -CHECKOUTS_KEPT)) {
      const folder = this.checkouts.get(key)!;
      this.checkouts.delete(key);
      // Whoever got the folder a moment ago may still be rendering from it.
      const timer = setTimeout(() => {
        folder
          .then(path =>
            this.checkouts.has(key)
              ? undefined
              : rm(path, { recursive: true, force: true }),
          )
          .catch(() => {});
      }, 60_000);
      timer.unref();
    }
  }

  private async inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (this.active >= WORKERS) {
      await new Promise<void>(next => this.waiting.push(next));
    }
    this.active += 1;
    try {
      return await task();
    } finally {
      this.active -= 1;
      this.waiting.shift()?.();
    }
  }
}

/** YAML documents as objects; empty documents and comments are left out. */
export function parseManifests(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap(document => {
    if ('errors' in document && document.errors.length > 0) {
      throw new Error(document.errors[0].message);
    }
    const value = (document as { toJS(): unknown }).toJS();
    return value ? [value as KubeObject] : [];
  });
}

async function renderDirectory(
  folder: string,
  recurse: boolean,
): Promise<RenderedSource> {
  const files = (await listFiles(folder, recurse)).filter(file =>
    /\.(ya?ml|json)$/.test(file),
  );
  const objects: KubeObject[] = [];
  for (const file of files) {
    try {
      const found = parseManifests(await readFile(join(folder, file), 'utf8'));
      // Files that are no manifests (no `kind`) are passed over, as Argo CD does.
      objects.push(...found.filter(o => o.kind && o.apiVersion));
    } catch (error) {
      throw new Error(
        `Failed to unmarshal "${file}": ${(error as Error).message}`,
      );
    }
  }
  return { sourceType: 'Directory', objects };
}

/** Adds every file that rendering `folder` can read: its own, and those of the folders it names. */
async function digestFolder(
  root: string,
  folder: string,
  digest: ReturnType<typeof createHash>,
  seen: Set<string>,
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
        digest.update(await readFile(target).catch(() => ''));
      }
    }
  }
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

async function listFiles(folder: string, recurse: boolean): Promise<string[]> {
  const entries = await readdir(folder, {
    withFileTypes: true,
    recursive: recurse,
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function kustomizationOf(folder: string): Promise<string | undefined> {
  for (const name of KUSTOMIZATION_FILES) {
    const file = join(folder, name);
    if (await isFile(file)) {
      return file;
    }
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    s => s.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    s => s.isFile(),
    () => false,
  );
}
