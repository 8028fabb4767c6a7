import { relative } from 'node:path';
import { GitStore } from '../types';
import type { RenderRequest } from './Manifests';

/** Pairs of commits of which it is remembered what lies between them. */
const MOST_PAIRS = 100;

interface Known {
  sha: string;
  /** Files and folders that rendering reads, from the repository's root. */
  read: string[];
  /** Of the result. */
  key: string;
}

/**
 * Which sources a new commit leaves as they were: by what git says is between
 * two commits, so that hundreds of applications of one repository need not be
 * read again because one of them changed.
 */
export class UnchangedSources {
  private readonly known = new Map<string, Known>();
  private readonly between = new Map<string, Promise<string[]>>();

  constructor(private readonly git: GitStore) {}

  /** Keeps what a source was rendered from, and the key of the result. */
  keep(
    request: RenderRequest,
    from: { root: string; read: Iterable<string>; key: string },
  ): void {
    this.known.set(nameOf(request), {
      sha: request.sha,
      read: [...from.read].map(path => relative(from.root, path)),
      key: from.key,
    });
  }

  /** The key of the result, unless something that it was made from has changed. */
  async find(request: RenderRequest): Promise<string | undefined> {
    const known = this.known.get(nameOf(request));
    if (!known || known.sha === request.sha) return known?.key;
    const changed = await this.changed(request, known.sha).catch(
      () => undefined,
    );
    const isTouched = changed?.some(path =>
      known.read.some(
        read => read === '' || path === read || path.startsWith(`${read}/`),
      ),
    );
    if (!changed || isTouched) return undefined;
    // what comes next is compared with this commit
    known.sha = request.sha;
    return known.key;
  }

  private changed(
    { repository, sha }: RenderRequest,
    before: string,
  ): Promise<string[]> {
    const pair = `${repository} ${before} ${sha}`;
    let changed = this.between.get(pair);
    if (!changed) {
      if (this.between.size >= MOST_PAIRS) this.between.clear();
      changed = this.git
        .run(repository, ['diff-tree', '-r', '-z', '--name-only', before, sha])
        .then(out => out.toString('utf8').split('\0').filter(Boolean));
      this.between.set(pair, changed);
      changed.catch(() => this.between.delete(pair));
    }
    return changed;
  }
}

function nameOf({ repository, source }: RenderRequest): string {
  return JSON.stringify([repository, source]);
}
