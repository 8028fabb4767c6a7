import { DeploymentEvent } from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { inSlices } from '../../inSlices';
import { KeptList } from '../../KeptList';
import { TreeHealth, withTreeHealth } from './resourceTree';
import { isUnwell } from './unwell';

type Known = Pick<
  Entry,
  'told' | 'complete' | 'tree' | 'events' | 'fingerprint'
>;

/** What is known of one application. Hashes are worked out when it is first compared: at a start thousands are taken over. */
class Entry {
  /** As Argo CD told it. */
  readonly told: Deployment;
  /** With what is known from elsewhere. */
  readonly shown: Deployment;
  /** Whether a whole document was read since the list part last changed. */
  complete: boolean;
  tree?: TreeHealth;
  events?: DeploymentEvent[];
  /** Of the message that told it, as long as it stands as that message told. */
  fingerprint?: string;
  #hash?: string;
  #listHash?: string;

  constructor(known: Known & { shown: Deployment }, hash?: string) {
    this.told = known.told;
    this.shown = known.shown;
    this.complete = known.complete;
    this.tree = known.tree;
    this.events = known.events;
    this.fingerprint = known.fingerprint;
    this.#hash = hash;
  }

  /** Of everything that can be seen. */
  get hash(): string {
    this.#hash ??= hashOf(this.shown);
    return this.#hash;
  }

  /** Of the part that a list carries. */
  get listHash(): string {
    this.#listHash ??= hashOf(listPart(this.told));
    return this.#listHash;
  }
}

/** What else is known of an application, besides its own document. */
export type Decorate = (deployment: Deployment) => Partial<Deployment>;

/**
 * The applications of one Argo CD, as they were last told. Every way in says
 * whether anything that can be seen changed.
 *
 * What came later stays: a list or a document that was asked for before an
 * event arrived does not overwrite it.
 */
export class ApplicationBook {
  readonly #entries = new Map<string, Entry>();
  readonly #touchedAt = new Map<string, number>();
  /** Keys of applications, by the fingerprint of the message that told of them last. */
  readonly #fingerprints = new Map<string, string>();
  /** Name of the application that holds another, by the key of the latter. */
  readonly #parents = new Map<string, string>();
  /** Keys of applications whose whole document is wanted. */
  readonly incomplete = new Set<string>();
  readonly #listed = new KeptList<Deployment>();
  #sequence = 0;

  constructor(
    private readonly decorate: Decorate,
    private readonly now: () => Date,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The same array as long as nothing that can be seen changed. */
  list(): Deployment[] {
    return this.#listed.get(
      () => [...this.#entries.keys()],
      key => this.#entries.get(key)!.shown,
    );
  }

  get(key: string): Deployment | undefined {
    return this.#entries.get(key)?.shown;
  }

  /** By name; the first of several namespaces unless one is given. */
  find(name: string, namespace?: string): Deployment | undefined {
    if (namespace) return this.get(`${namespace}/${name}`);
    for (const { shown } of this.#entries.values()) {
      if (shown.name === name) return shown;
    }
    return undefined;
  }

  /** The moment at which something is asked for, to be given back with the answer. */
  mark(): number {
    return ++this.#sequence;
  }

  /** A document as it stood at an event; `fingerprint` is that of the message. */
  putWhole(deployment: Deployment, fingerprint?: string): boolean {
    const key = keyOf(deployment);
    this.#touchedAt.set(key, ++this.#sequence);
    const changed = this.#store(deployment, true);
    this.#entries.get(key)!.fingerprint = fingerprint;
    if (fingerprint !== undefined) this.#fingerprints.set(fingerprint, key);
    return changed;
  }

  /** A message came; says whether it is the one by which an application is known as it stands. */
  hearAgain(fingerprint: string): boolean {
    const key = this.#fingerprints.get(fingerprint);
    if (key === undefined) return false;
    this.#touchedAt.set(key, ++this.#sequence);
    return true;
  }

  /** A document that was asked for at `asked`; nothing when an event overtook it. */
  putAnswer(deployment: Deployment, asked: number): boolean {
    return this.#isOvertaken(keyOf(deployment), asked)
      ? false
      : this.putWhole(deployment);
  }

  /** What was known before a restart. */
  restore(deployments: Deployment[]): void {
    for (const known of deployments) {
      // one that was saved before its document was read is read after all
      this.#store(withoutWorkedOut(known), known.history !== undefined);
    }
  }

  delete(deployment: Deployment): boolean {
    const key = keyOf(deployment);
    this.#touchedAt.set(key, ++this.#sequence);
    return this.#remove(key);
  }

  /** Takes over a list that was asked for at `asked`; events may come in between. */
  async replaceAll(
    found: Map<string, Deployment>,
    asked: number,
  ): Promise<boolean> {
    let changed = false;
    await inSlices(found, ([key, deployment]) => {
      if (this.#isOvertaken(key, asked)) return;
      changed = this.#store(deployment, false) || changed;
    });
    for (const key of [...this.#entries.keys()]) {
      if (found.has(key) || this.#isOvertaken(key, asked)) continue;
      changed = this.#remove(key) || changed;
    }
    for (const [key, at] of this.#touchedAt) {
      if (at <= asked) this.#touchedAt.delete(key);
    }
    return changed;
  }

  /** What the tree of an application says, and what happened in it; undefined forgets both. */
  putTree(
    key: string,
    tree: TreeHealth | undefined,
    events?: DeploymentEvent[],
  ): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    const { tree: _, events: known, ...rest } = entry;
    return this.#show(key, {
      ...rest,
      ...(tree && { tree, events: events ?? known }),
    });
  }

  /** Applies what else is known, after that changed. */
  async redecorate(): Promise<boolean> {
    let changed = false;
    await inSlices(this.#entries, ([key, entry]) => {
      changed = this.#show(key, entry) || changed;
    });
    return changed;
  }

  #isOvertaken(key: string, asked: number): boolean {
    return (this.#touchedAt.get(key) ?? 0) > asked;
  }

  #store(deployment: Deployment, whole: boolean): boolean {
    const key = keyOf(deployment);
    const known = this.#entries.get(key);
    // a list that says the same of one that was read
    const isConfirmed =
      !whole &&
      known?.complete === true &&
      known.listHash === hashOf(listPart(deployment));
    const complete = whole || !!deployment.problem || isConfirmed;
    if (!isConfirmed) this.#forgetFingerprint(known);
    if (complete) this.incomplete.delete(key);
    else this.incomplete.add(key);
    const merged = whole ? deployment : mergeListed(known?.told, deployment);
    const syncSince = this.#syncSince(known?.told, merged);
    const told = { ...merged, ...(syncSince && { syncSince }) };
    const tree = isUnwell(told) ? known?.tree : undefined;
    const events = tree && known?.events;
    const changed = this.#show(key, {
      told,
      complete,
      ...(tree && { tree }),
      ...(events && { events }),
      ...(isConfirmed && { fingerprint: known.fingerprint }),
    });
    return this.#adopt(known?.told, told) || changed;
  }

  #remove(key: string): boolean {
    const known = this.#entries.get(key);
    this.incomplete.delete(key);
    if (known) this.#listed.reorder();
    this.#forgetFingerprint(known);
    this.#entries.delete(key);
    if (known) this.#adopt(known.told, undefined);
    return !!known;
  }

  #forgetFingerprint(known: Entry | undefined): void {
    const fingerprint = known?.fingerprint;
    if (fingerprint !== undefined) this.#fingerprints.delete(fingerprint);
  }

  /** Lets the children of an application know whose they are. */
  #adopt(before: Deployment | undefined, now: Deployment | undefined): boolean {
    const old = childKeys(before);
    const held = childKeys(now);
    for (const key of old) this.#parents.delete(key);
    for (const key of held) this.#parents.set(key, now!.name);
    let changed = false;
    for (const key of new Set([...old, ...held])) {
      const child = this.#entries.get(key);
      if (child) changed = this.#show(key, child) || changed;
    }
    return changed;
  }

  /** Argo CD does not tell since when it is out of sync, so the moment of the change is kept. */
  #syncSince(known: Deployment | undefined, told: Deployment) {
    if (told.syncSince) return told.syncSince;
    if (!known) return undefined;
    return known.sync === told.sync
      ? known.syncSince
      : this.now().toISOString();
  }

  #show(key: string, entry: Known): boolean {
    const { told, tree, events } = entry;
    const before = this.#entries.get(key);
    const parent = this.#parents.get(key);
    const shown: Deployment = {
      ...told,
      ...(parent &&
        !told.managedBy && {
          managedBy: { kind: 'Application', name: parent },
        }),
      ...(tree && { resources: withTreeHealth(told.resources, tree) }),
      ...(events?.length && { events }),
      ...this.decorate(told),
    };
    const hash = before && hashOf(shown);
    const isSame = !!before && before.hash === hash;
    if (!before) this.#listed.reorder();
    else if (!isSame) this.#listed.renew(key);
    if (isSame && tellsSame(before.told, told)) {
      // one that says the same would be kept beside what is shown of the former
      before.complete = entry.complete;
      before.tree = tree;
      before.events = events;
      before.fingerprint = entry.fingerprint;
    } else {
      // who compares by identity sees at once that nothing changed
      const known = { ...entry, shown: isSame ? before.shown : shown };
      this.#entries.set(key, new Entry(known, hash));
    }
    return !isSame;
  }
}

/** As Argo CD told it, of what was shown. */
function withoutWorkedOut(known: Deployment): Deployment {
  const isOwn = known.managedBy?.kind === 'ApplicationSet';
  // a snapshot of today has none of it, and copies of thousands take their time
  if (!known.syncWindow && !known.events && (!known.managedBy || isOwn)) {
    return known;
  }
  const { syncWindow, managedBy, events, ...told } = known;
  return { ...told, ...(isOwn && { managedBy }) };
}

/** Namespace and name: what tells applications of one Argo CD apart. */
export function keyOf({
  namespace,
  name,
}: Pick<Deployment, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function childKeys(deployment: Deployment | undefined): string[] {
  return (deployment?.children ?? []).flatMap(child =>
    child.kind === 'Application'
      ? [keyOf({ namespace: deployment!.namespace, ...child })]
      : [],
  );
}

/** The part that every list carries. */
function listPart(deployment: Deployment): object {
  const {
    revision,
    history,
    conditions,
    operation,
    managedBy,
    syncSince,
    syncWindow,
    sources,
    ...rest
  } = deployment;
  return {
    ...rest,
    sources: sources?.map(({ revision: _, ...source }) => source),
    phase: operation?.phase,
    startedAt: operation?.startedAt,
    finishedAt: operation?.finishedAt,
  };
}

/** A list entry, completed by what was known from the last whole document. */
function mergeListed(
  known: Deployment | undefined,
  listed: Deployment,
): Deployment {
  if (!known) return listed;
  const sameOperation =
    known.operation?.startedAt === listed.operation?.startedAt &&
    known.operation?.phase === listed.operation?.phase;
  const sources = listed.sources?.map((source, i) => {
    const before = known.sources?.[i];
    return before?.revision && before.repoURL === source.repoURL
      ? { ...source, revision: before.revision }
      : source;
  });
  return {
    ...listed,
    conditions: known.conditions,
    ...(sources && { sources }),
    ...(known.revision && { revision: known.revision }),
    ...(known.managedBy && { managedBy: known.managedBy }),
    ...(known.history && { history: known.history }),
    ...(sameOperation &&
      known.operation && {
        operation: { ...known.operation, ...listed.operation! },
      }),
  };
}

/** Whether two say the same, of which the same is shown in the absence of anything else. */
function tellsSame(a: Deployment, b: Deployment): boolean {
  return (
    isDeepStrictEqual(a.managedBy, b.managedBy) &&
    isDeepStrictEqual(a.resources, b.resources)
  );
}

/** Parts that came in another order are the same. */
function hashOf(value: object): string {
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64');
}
