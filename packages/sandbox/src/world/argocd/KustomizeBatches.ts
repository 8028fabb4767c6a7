import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { stringify } from 'yaml';
import { KubeObject } from '../kubernetes/KubeObject';
import { Kustomize } from '../kustomize';
import { parseManifests } from './parseManifests';

/** Folders that are built in one run: most of what a run costs is its start. */
const MOST_FOLDERS = 50;
/** By what the objects of a run are told apart; it is taken off again. */
const MARK = 'sandbox.fairway.dev/part';

interface Waiting {
  root: string;
  folder: string;
  done(objects: KubeObject[]): void;
  failed(error: Error): void;
}

/**
 * Builds overlays with kustomize, those that wait at the same time and stand
 * beside each other in one run. Where one of them spoils it for the others,
 * each is built alone.
 */
export class KustomizeBatches {
  private readonly waiting: Waiting[] = [];
  private active = 0;
  /** Folders whose overlays do not go together, such as those with an object in common. */
  private readonly apart = new Set<string>();

  constructor(
    private readonly kustomize: Kustomize,
    /** Runs at a time. */
    private readonly workers: number,
  ) {}

  /**
   * @param root - folder of the checkout, where a run may write
   * @throws Error - kustomize's own message.
   */
  build(root: string, folder: string): Promise<KubeObject[]> {
    return new Promise((done, failed) => {
      this.waiting.push({ root, folder, done, failed });
      // who asks at the same time goes along
      setImmediate(() => this.next());
    });
  }

  private next() {
    while (this.active < this.workers && this.waiting.length > 0) {
      const batch = this.take();
      this.active += 1;
      this.run(batch)
        .catch(error => batch.forEach(({ failed }) => failed(error)))
        .finally(() => {
          this.active -= 1;
          this.next();
        });
    }
  }

  /** Whoever waits longest, and those beside it. */
  private take(): Waiting[] {
    const [first, ...others] = this.waiting;
    const beside = dirname(first.folder);
    const batch = [first];
    if (!this.apart.has(beside)) {
      const folders = new Set([first.folder]);
      for (const one of others) {
        if (batch.length >= MOST_FOLDERS) break;
        if (one.root !== first.root || dirname(one.folder) !== beside) continue;
        if (folders.has(one.folder)) continue;
        folders.add(one.folder);
        batch.push(one);
      }
    }
    for (const one of batch) this.waiting.splice(this.waiting.indexOf(one), 1);
    return batch;
  }

  private async run(batch: Waiting[]): Promise<void> {
    if (batch.length > 1) {
      try {
        const built = await this.buildTogether(batch);
        batch.forEach(({ done }, part) => done(built[part]));
        return;
      } catch {
        // Alone, those that are well are built, and the others say what is wrong.
        this.apart.add(dirname(batch[0].folder));
      }
    }
    for (const { folder, done, failed } of batch) {
      await this.kustomize
        .build(folder)
        .then(text => done(parseManifests(text)), failed);
    }
  }

  private async buildTogether(batch: Waiting[]): Promise<KubeObject[][]> {
    const top = await mkdtemp(join(batch[0].root, '.sandbox-'));
    try {
      const parts = batch.map((_, part) => `part-${part}`);
      await Promise.all(
        batch.map(async ({ folder }, part) => {
          const own = join(top, parts[part]);
          await mkdir(own);
          await writeFile(
            join(own, 'kustomization.yaml'),
            stringify({
              resources: [relative(own, folder)],
              transformers: [
                stringify({
                  apiVersion: 'builtin',
                  kind: 'AnnotationsTransformer',
                  metadata: { name: 'part' },
                  annotations: { [MARK]: String(part) },
                  fieldSpecs: [{ path: 'metadata/annotations', create: true }],
                }),
              ],
            }),
          );
        }),
      );
      await writeFile(
        join(top, 'kustomization.yaml'),
        stringify({ resources: parts }),
      );
      const objects = parseManifests(await this.kustomize.build(top));
      const built: KubeObject[][] = batch.map(() => []);
      for (const object of objects) {
        built[unmark(object)].push(object);
      }
      return built;
    } finally {
      await rm(top, { recursive: true, force: true });
    }
  }
}

/** Takes the mark off an object; says which part it was of. */
function unmark({ metadata }: KubeObject): number {
  const { [MARK]: part, ...annotations } = metadata.annotations ?? {};
  if (Object.keys(annotations).length) metadata.annotations = annotations;
  else delete metadata.annotations;
  return Number(part);
}
