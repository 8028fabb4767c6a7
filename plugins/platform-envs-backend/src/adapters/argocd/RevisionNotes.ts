import {
  Deployment,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';

/** Revisions whose author and message are remembered. */
const MAX_REVISIONS = 5_000;

/** Anything else (a chart's version, the digest of an artifact) has no author. */
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Where a commit is looked up. */
export interface RevisionPlace {
  /** Of the application that names it. */
  name: string;
  namespace?: string;
  /** From 0; absent where there is one source. */
  sourceIndex?: number;
}

/** Who made which commit, and why; each is asked about once. */
export class RevisionNotes {
  readonly #asked = new Map<string, Promise<RevisionMetadata>>();
  readonly #known = new Map<string, RevisionMetadata>();

  constructor(
    private readonly ask: (
      place: RevisionPlace,
      revision: string,
    ) => Promise<RevisionMetadata>,
    private readonly signal: AbortSignal,
  ) {}

  /** What is already known. */
  peek(
    deployment: Deployment | undefined,
    revision: string,
  ): RevisionMetadata | undefined {
    return this.#known.get(noteKey(deployment, revision));
  }

  async get(
    name: string,
    deployment: Deployment | undefined,
    revision: string,
  ): Promise<RevisionMetadata> {
    const key = noteKey(deployment, revision, name);
    const running = this.#asked.get(key);
    if (running) return running;
    const position = deployment?.source?.position;
    const call = this.ask(
      {
        name,
        ...(deployment && { namespace: deployment.namespace }),
        ...(position && { sourceIndex: position - 1 }),
      },
      revision,
    );
    this.#asked.set(key, call);
    if (this.#asked.size > MAX_REVISIONS) {
      const [oldest] = this.#asked.keys();
      this.#asked.delete(oldest);
      this.#known.delete(oldest);
    }
    try {
      const metadata = await call;
      this.#known.set(key, metadata);
      return metadata;
    } catch (error) {
      this.#asked.delete(key);
      throw error;
    }
  }

  /** Remembers the commits of a history, so that no page has to ask. */
  async learn(deployment: Deployment): Promise<void> {
    const commits = new Set(
      (deployment.history ?? []).flatMap(({ revision }) =>
        revision && COMMIT.test(revision) ? [revision] : [],
      ),
    );
    for (const commit of commits) {
      if (this.signal.aborted) return;
      if (this.#asked.has(noteKey(deployment, commit))) continue;
      await this.get(deployment.name, deployment, commit).catch(
        () => undefined,
      );
    }
  }
}

/** A commit is the same whichever application names it, so its repository is the key. */
function noteKey(
  deployment: Deployment | undefined,
  revision: string,
  name = deployment?.name,
): string {
  return `${deployment?.source?.repoURL ?? name}@${revision}`;
}
