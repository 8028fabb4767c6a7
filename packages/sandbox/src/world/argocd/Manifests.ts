import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import { KubeObject } from '../kubernetes/KubeObject';
import { Kustomize } from '../kustomize';
import { GitStore } from '../types';
import { Checkouts } from './Checkouts';
import {
  digestFolder,
  isFile,
  isFolder,
  kustomizationOf,
  listFiles,
} from './folderDigest';
import { Helm } from './Helm';
import { KustomizeBatches } from './KustomizeBatches';
import { parseManifests } from './parseManifests';
import { ApplicationSource } from './types';
import { UnchangedSources } from './UnchangedSources';
import { valueFilesOf } from './valueFiles';

/** Rendered manifests of an application's source. */
export interface RenderedSource {
  sourceType: 'Kustomize' | 'Directory' | 'Helm';
  /** In the order of the renderer. */
  objects: KubeObject[];
}

/** A commit of a repository (`owner/name`). */
export interface Commit {
  repository: string;
  sha: string;
}

/** What is to be rendered, and for whom. */
export interface RenderRequest extends Commit {
  source: ApplicationSource;
  /** Name and namespace of a Helm release. */
  application: { name: string; namespace?: string };
  /** Commits of the sources that have a `ref`, by that name. */
  refs?: ReadonlyMap<string, Commit>;
}

/** Renderers at a time: as many as small machines have cores. */
const WORKERS = 2;

/**
 * What git says at a commit, rendered by kustomize or helm itself. A result
 * is kept by the content of the folders it was made from, so a commit that
 * leaves them alone costs no rendering; results survive a restart.
 */
export class Manifests {
  private readonly checkouts: Checkouts;
  private readonly helm: Helm;
  private readonly batches: KustomizeBatches;
  private readonly unchanged: UnchangedSources;
  private readonly rendered = new Map<string, Promise<RenderedSource>>();
  private active = 0;
  private readonly waiting: Array<() => void> = [];
  /** What writes into the folder now. */
  private readonly underWay = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    git: GitStore,
    private readonly kustomize: Kustomize,
    /** Folder for checkouts and results; may be deleted when nothing runs. */
    private readonly directory: string,
  ) {
    this.checkouts = new Checkouts(git, join(directory, 'checkouts'));
    this.helm = new Helm(join(directory, 'helm'));
    this.batches = new KustomizeBatches(kustomize, WORKERS);
    this.unchanged = new UnchangedSources(git);
  }

  /** Files of a commit on disk. @throws Error - git's own message. */
  checkout({ repository, sha }: Commit): Promise<string> {
    return this.follow(() => this.checkouts.get(repository, sha));
  }

  /**
   * @throws Error - no such path at that commit, or it cannot be rendered;
   *   the message is the renderer's own.
   */
  render(request: RenderRequest): Promise<RenderedSource> {
    return this.follow(() => this.renderNow(request));
  }

  /** Renders nothing more; when it is over, nothing writes into the folder. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.underWay.size > 0) {
      await Promise.allSettled(this.underWay);
    }
  }

  private async follow<T>(begin: () => Promise<T>): Promise<T> {
    if (this.closed) throw new Error('Argo CD is being stopped');
    const work = begin();
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }

  private async renderNow(request: RenderRequest): Promise<RenderedSource> {
    const { source } = request;
    if (source.chart) {
      throw new Error(
        `error fetching chart: failed to get index of ${source.repoURL}: Helm repositories are out of reach`,
      );
    }
    const same = await this.unchanged.find(request);
    const before = same && this.rendered.get(same);
    if (before) {
      return structuredClone(await before);
    }
    const root = await this.checkout(request);
    const folder = resolve(root, source.path ?? '.');
    if (folder !== root && !folder.startsWith(root + sep)) {
      throw new Error(`app path is outside root: ${source.path}`);
    }
    if (!(await isFolder(folder))) {
      throw new Error(`${source.path}: app path does not exist`);
    }
    const kind = await kindOf(folder, source);
    const digest = createHash('sha256');
    digest.update(
      JSON.stringify([
        kind,
        kind === 'Kustomize' ? this.kustomize.version : undefined,
        kind === 'Helm' ? await this.helm.version() : undefined,
        kind === 'Helm' ? request.application : undefined,
        source.path,
        source.directory ?? {},
        source.helm,
        source.kustomize,
      ]),
    );
    const read = new Set<string>();
    await digestFolder(root, folder, digest, read);
    const valueFiles =
      kind === 'Helm'
        ? await valueFilesOf(request, { root, folder }, commit =>
            this.checkout(commit),
          )
        : [];
    for (const file of valueFiles) {
      digest.update(await readFile(file).catch(() => ''));
    }
    const key = digest.digest('hex');
    if (kind === 'Kustomize') {
      this.unchanged.keep(request, { root, read, key });
    }

    let result = this.rendered.get(key);
    if (!result) {
      result = this.readOrRender(key, root, () => {
        switch (kind) {
          case 'Helm':
            return this.renderHelm(folder, request, valueFiles);
          case 'Kustomize':
            return this.renderKustomize(root, folder, source);
          default:
            return renderDirectory(folder, Boolean(source.directory?.recurse));
        }
      });
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
    let result: RenderedSource;
    try {
      result = await render();
    } catch (error) {
      // Paths of this machine mean nothing to the reader of the message.
      throw new Error(
        (error as Error).message
          .replaceAll(`${root}/`, '')
          .replaceAll(`${resolve(this.directory)}/`, ''),
      );
    }
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.${Math.random()}`;
    await writeFile(temporary, JSON.stringify(result));
    await rename(temporary, file);
    return result;
  }

  private async renderKustomize(
    root: string,
    folder: string,
    source: ApplicationSource,
  ): Promise<RenderedSource> {
    const options = source.kustomize as Record<string, unknown> | undefined;
    if (!options || Object.keys(options).length === 0) {
      return {
        sourceType: 'Kustomize',
        objects: await this.batches.build(root, folder),
      };
    }
    // Argo CD edits the kustomization; one on top of it says the same.
    const top = await mkdtemp(join(root, '.argocd-'));
    try {
      await writeFile(
        join(top, 'kustomization.yaml'),
        stringify({
          ...options,
          images: (options.images as string[] | undefined)?.map(imageOverride),
          resources: [relative(top, folder)],
        }),
      );
      return {
        sourceType: 'Kustomize',
        objects: parseManifests(
          await this.inTurn(() => this.kustomize.build(top)),
        ),
      };
    } finally {
      await rm(top, { recursive: true, force: true });
    }
  }

  private async renderHelm(
    folder: string,
    { source, application }: RenderRequest,
    valueFiles: string[],
  ): Promise<RenderedSource> {
    const text = await this.inTurn(() =>
      this.helm.template({
        chart: folder,
        name: application.name,
        namespace: application.namespace,
        helm: source.helm ?? {},
        valueFiles,
      }),
    );
    return { sourceType: 'Helm', objects: parseManifests(text) };
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

/** What a folder is rendered with: as Argo CD finds out, a chart before a kustomization. */
async function kindOf(
  folder: string,
  source: ApplicationSource,
): Promise<RenderedSource['sourceType']> {
  if (source.helm || (await isFile(join(folder, 'Chart.yaml')))) {
    return 'Helm';
  }
  return source.kustomize || (await kustomizationOf(folder))
    ? 'Kustomize'
    : 'Directory';
}

/** `name=newName:tag@digest` as an entry of a kustomization's `images`. */
function imageOverride(image: string): object {
  const [, name, rest] = image.match(/^(?:([^=]+)=)?(.+)$/)!;
  const [, newName, newTag, digest] = rest.match(
    /^(.*?)(?::([^/:@]+))?(?:@(.+))?$/,
  )!;
  return { name: name ?? newName, newName, newTag, digest };
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
