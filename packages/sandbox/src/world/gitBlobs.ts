import { GitRunner } from './gitPlumbing';

/** Contents that are remembered, over all repositories. */
const REMEMBERED = 2000;

/** Paths that no tree can hold, some of which end a batch of git. */
const NO_PATH = /(^|\/)\.{0,2}(\/|$)|[\r\n\0]/;

interface Waiting {
  name: string;
  resolve(content: string | undefined): void;
  reject(error: unknown): void;
}

/**
 * File contents by commit and path. What is asked for at the same time is
 * read by one process, and never read again while it is remembered.
 */
export class GitBlobs {
  private readonly contents = new Map<string, Promise<string | undefined>>();
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(private readonly runner: (repository: string) => GitRunner) {}

  /** The file's text; undefined when that commit has no such file. */
  read(
    repository: string,
    sha: string,
    path: string,
  ): Promise<string | undefined> {
    const name = `${sha}:${path}`;
    const key = `${repository}\n${name}`;
    let content = this.contents.get(key);
    if (!content) {
      content = NO_PATH.test(path)
        ? Promise.resolve(undefined)
        : this.wait(repository, name);
      if (this.contents.size >= REMEMBERED) {
        this.contents.delete(this.contents.keys().next().value!);
      }
      this.contents.set(key, content);
      content.catch(() => this.contents.delete(key));
    }
    return content;
  }

  /** Forgets what was read from a repository. */
  forget(repository: string): void {
    for (const key of this.contents.keys()) {
      if (key.startsWith(`${repository}\n`)) {
        this.contents.delete(key);
      }
    }
  }

  private wait(repository: string, name: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.waiting.get(repository);
      if (waiting) {
        waiting.push({ name, resolve, reject });
      } else {
        this.waiting.set(repository, [{ name, resolve, reject }]);
        setImmediate(() => this.readWaiting(repository));
      }
    });
  }

  private async readWaiting(repository: string) {
    const waiting = this.waiting.get(repository) ?? [];
    this.waiting.delete(repository);
    try {
      const contents = await readBlobs(
        this.runner(repository),
        waiting.map(({ name }) => name),
      );
      waiting.forEach(({ resolve }, index) => resolve(contents[index]));
    } catch (error) {
      waiting.forEach(({ reject }) => reject(error));
    }
  }
}

/**
 * Contents of blobs (`<commit>:<path>`), in order, read by one process;
 * undefined for what does not exist or is no file.
 */
export async function readBlobs(
  run: GitRunner,
  names: string[],
): Promise<Array<string | undefined>> {
  if (names.length === 0) {
    return [];
  }
  const out = await run(['cat-file', '--batch'], {
    input: `${names.join('\n')}\n`,
  });
  const contents: Array<string | undefined> = [];
  let at = 0;
  for (let index = 0; index < names.length; index += 1) {
    const end = out.indexOf('\n', at);
    const header = out.toString('utf8', at, end);
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header) ?? [];
    const start = end + 1;
    if (type === undefined) {
      contents.push(undefined);
      at = start;
    } else {
      const stop = start + Number(size);
      contents.push(
        type === 'blob' ? out.toString('utf8', start, stop) : undefined,
      );
      at = stop + 1;
    }
  }
  return contents;
}
