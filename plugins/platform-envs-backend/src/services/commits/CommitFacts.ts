import { Release } from '@fairway/plugin-platform-envs-common';
import { SnapshotStore } from '../../database/SnapshotStore';
import { inSlices } from '../../inSlices';
import { CommitQuestion, KnownDifference, KnownRevision } from './applyCommits';
import { savedCommits } from './savedCommits';
import { ComponentSource } from './sourceOf';

const DOCUMENT = 'source-commits';

type Fact<T> = T & {
  /** Milliseconds since 1970; asked again after it. Absent: it stays. */
  until?: number;
};

/** A release whose commit is to be found out. */
export interface ReleaseQuestion {
  source: ComponentSource;
  release: Release;
}

/** Two commits whose distance is to be found out. */
export interface PairQuestion {
  source: ComponentSource;
  /** The commit of the release. */
  revision: string;
  /** The commit of the one that it is compared with. */
  other: string;
}

/**
 * What was found out about commits of releases, and what is still to be found
 * out. It asks nobody.
 */
export class CommitFacts {
  readonly #revisions = new Map<string, Fact<KnownRevision>>();
  readonly #differences = new Map<string, Fact<KnownDifference>>();
  /** The version with which something was last found out about each repository. */
  readonly #changes = new Map<string, number>();
  #version = 0;

  /** @param now - milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  /** Grows with each {@link CommitFacts.close}. */
  get version(): number {
    return this.#version;
  }

  /** What was found out since the last time belongs to one version. */
  close(): void {
    this.#version += 1;
  }

  /** Repositories about which something was found out since that version. */
  changedSince(version: number): string[] {
    return [...this.#changes].flatMap(([repository, at]) =>
      at > version ? [repository] : [],
    );
  }

  revisionOf({ source, release }: ReleaseQuestion): KnownRevision | undefined {
    return this.#revisions.get(revisionKey(source, release));
  }

  differenceOf(pair: PairQuestion): KnownDifference | undefined {
    return this.#differences.get(pairKey(pair));
  }

  /** Says whether a reader would see a difference. */
  keepRevision(
    { source, release }: ReleaseQuestion,
    fact: Fact<KnownRevision>,
  ): boolean {
    return this.#keep(this.#revisions, revisionKey(source, release), fact);
  }

  /** Says whether a reader would see a difference. */
  keepDifference(pair: PairQuestion, fact: Fact<KnownDifference>): boolean {
    return this.#keep(this.#differences, pairKey(pair), fact);
  }

  /** The releases whose commits are not known, or have to be asked for again; each once. */
  async unknownReleases(
    questions: CommitQuestion[],
  ): Promise<ReleaseQuestion[]> {
    const found = new Map<string, ReleaseQuestion>();
    await inSlices(questions, ({ source, release, previous }) => {
      for (const one of previous ? [release, previous] : [release]) {
        const key = revisionKey(source, one);
        if (this.#isDue(this.#revisions.get(key))) {
          found.set(key, { source, release: one });
        }
      }
    });
    return [...found.values()];
  }

  /** The same of distances between commits that are known. */
  async unknownPairs(questions: CommitQuestion[]): Promise<PairQuestion[]> {
    const found = new Map<string, PairQuestion>();
    await inSlices(questions, question => {
      const pair = this.#pairOf(question);
      if (!pair) return;
      const key = pairKey(pair);
      if (this.#isDue(this.#differences.get(key))) found.set(key, pair);
    });
    return [...found.values()];
  }

  /** Forgets what none of these questions needs. */
  async forgetAllBut(questions: CommitQuestion[]): Promise<void> {
    const known = [...this.#revisions.keys(), ...this.#differences.keys()];
    const wanted = new Set<string>();
    await inSlices(questions, question => {
      const { source, release, previous } = question;
      wanted.add(revisionKey(source, release));
      if (previous) wanted.add(revisionKey(source, previous));
      const pair = this.#pairOf(question);
      if (pair) wanted.add(pairKey(pair));
    });
    await inSlices(known, key => {
      if (wanted.has(key)) return;
      this.#revisions.delete(key);
      this.#differences.delete(key);
    });
  }

  /** What may be known by now about a repository is asked for again. */
  doubt(repository: string): void {
    for (const facts of [this.#revisions, this.#differences]) {
      for (const [key, fact] of facts) {
        if (key.startsWith(`${repository} `) && fact.until) fact.until = 0;
      }
    }
  }

  /** Takes over what was found before a restart. */
  async load(store: SnapshotStore): Promise<void> {
    const saved = await store.load(DOCUMENT, savedCommits);
    for (const [key, fact] of saved?.revisions ?? []) {
      this.#revisions.set(key, fact);
    }
    for (const [key, fact] of saved?.differences ?? []) {
      this.#differences.set(key, fact);
    }
  }

  async save(store: SnapshotStore): Promise<void> {
    await store.save(DOCUMENT, {
      revisions: [...this.#revisions],
      differences: [...this.#differences],
    });
  }

  #pairOf({ source, release, previous }: CommitQuestion) {
    const here = this.revisionOf({ source, release });
    const there = previous && this.revisionOf({ source, release: previous });
    if (!here || !there) return undefined;
    if (!('revision' in here) || !('revision' in there)) return undefined;
    return { source, revision: here.revision, other: there.revision };
  }

  #keep<T extends object>(
    facts: Map<string, Fact<T>>,
    key: string,
    fact: Fact<T>,
  ): boolean {
    const before = facts.get(key);
    facts.set(key, fact);
    const visible = ({ until, ...rest }: Fact<T>) => JSON.stringify(rest);
    if (before && visible(before) === visible(fact)) return false;
    this.#changes.set(key.slice(0, key.indexOf(' ')), this.#version + 1);
    return true;
  }

  #isDue(fact: { until?: number } | undefined): boolean {
    return !fact || (fact.until !== undefined && fact.until <= this.now());
  }
}

/** The repository first, as {@link CommitFacts.doubt} relies on. */
function revisionKey({ repository }: ComponentSource, release: Release) {
  const { image, version = '', digest } = release;
  return `${repository} ${digest ?? `${image}:${version}`}`;
}

function pairKey({
  source: { repository, folder = '' },
  revision,
  other,
}: PairQuestion) {
  return `${repository} ${folder} ${revision} ${other}`;
}
