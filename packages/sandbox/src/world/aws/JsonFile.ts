import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

// Long enough to gather the steps of one operation into one write.
const WRITE_DELAY_MS = 200;
/** What is large is written so seldom that writing takes one part in as many of the time. */
const WRITE_SHARE = 20;

/**
 * State that is kept in one JSON file.
 *
 * Writes are gathered for a moment and replace the file as a whole, so a reader
 * never sees half of it.
 */
export class JsonFile<T> {
  private pending: NodeJS.Timeout | undefined;
  private tookMs = 0;

  /** @param read - gives what is to be written, at the time of writing */
  constructor(private readonly path: string, private readonly read: () => T) {}

  /**
   * What the file holds; undefined when there is none yet.
   *
   * @throws Error - the file is there but is not JSON; the message names it.
   */
  load(): T | undefined {
    if (!existsSync(this.path)) {
      return undefined;
    }
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as T;
    } catch (error) {
      throw new Error(
        `${this.path} cannot be read (${error}); remove it to start from the seed`,
      );
    }
  }

  /** Writes soon. */
  touch(): void {
    this.pending ??= setTimeout(
      () => this.flush(),
      Math.max(WRITE_DELAY_MS, this.tookMs * WRITE_SHARE),
    ).unref();
  }

  /** Writes now if anything is waiting to be written. */
  flush(): void {
    if (!this.pending) {
      return;
    }
    clearTimeout(this.pending);
    this.pending = undefined;
    const began = performance.now();
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.next`;
    writeFileSync(draft, JSON.stringify(this.read()));
    renameSync(draft, this.path);
    this.tookMs = performance.now() - began;
  }
}
