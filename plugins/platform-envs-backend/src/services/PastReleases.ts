import { Release } from '@fairway/plugin-platform-envs-common';
import { GitHost } from '@fairway/plugin-platform-envs-node';
import { DesiredFile } from './desiredFiles';
import { readDesiredEntry } from './readDesiredEntry';

/** Files at past commits whose release is remembered. */
const MAX_PAST = 5_000;

/** What files said at past commits, which never changes. */
export class PastReleases {
  readonly #reading = new Map<string, Promise<Release | undefined>>();
  readonly #known = new Map<string, Release>();

  constructor(private readonly gitHost: GitHost | undefined) {}

  /** The release that a file had; undefined when it had none, was not there or cannot be read. */
  async get(file: DesiredFile, commit: string): Promise<Release | undefined> {
    const key = keyOf(file, commit);
    const running = this.#reading.get(key);
    if (running) return running;
    const reading = this.#read(file, commit);
    this.#reading.set(key, reading);
    if (this.#reading.size > MAX_PAST) {
      const [oldest] = this.#reading.keys();
      this.#reading.delete(oldest);
      this.#known.delete(oldest);
    }
    try {
      const release = await reading;
      if (release) this.#known.set(key, release);
      return release;
    } catch {
      this.#reading.delete(key);
      return undefined;
    }
  }

  /** The same, but only what is already known. */
  peek(file: DesiredFile, commit: string): Release | undefined {
    return this.#known.get(keyOf(file, commit));
  }

  async #read(
    { repository, path, target }: DesiredFile,
    commit: string,
  ): Promise<Release | undefined> {
    const files = await this.gitHost?.readFiles(repository, commit, {
      paths: [path],
    });
    const file = files?.get(path);
    return file && readDesiredEntry(file, target).release;
  }
}

function keyOf({ repository, path }: DesiredFile, commit: string): string {
  return `${repository}#${commit}#${path}`;
}
