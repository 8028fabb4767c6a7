import { Cluster } from './Cluster';
import { KubeObject, keyOf } from './KubeObject';

/** Changes that can still be watched from; older ones are gone. */
const KEPT = 2_000;
/** How often a cluster that is watched is looked at. Real time: pods move by it. */
const LOOK_MS = 200;

/** One object that came, changed or went. */
export interface ClusterChange {
  resourceVersion: number;
  /** Before; absent for what came. */
  before?: KubeObject;
  /** After; absent for what went. */
  after?: KubeObject;
}

/**
 * Gives what is in a cluster resource versions, and remembers the last changes,
 * as the watch cache of an API server does.
 *
 * The cluster is derived from the time, so a change is found by looking: at
 * every list, and five times a second while anybody watches. Versions begin
 * above those of an earlier process, whose changes are gone.
 */
export class ClusterHistory {
  private version = Date.now();
  private readonly oldest = this.version;
  private known = new Map<string, { text: string; object: KubeObject }>();
  private changes: ClusterChange[] = [];
  private readonly watchers = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private looked = false;

  constructor(private readonly cluster: Cluster) {}

  /** The version of the newest change. */
  get resourceVersion(): number {
    return this.version;
  }

  /** Everything in the cluster now, each object with the version of its last change. */
  objects(): KubeObject[] {
    this.look();
    return [...this.known.values()].map(({ object }) => object);
  }

  /** Changes after a version, oldest first; undefined when some of them are gone. */
  since(resourceVersion: number): ClusterChange[] | undefined {
    const first = this.changes[0]?.resourceVersion ?? this.version + 1;
    const isGone =
      resourceVersion < this.oldest ||
      (this.changes.length === KEPT && resourceVersion < first - 1);
    return isGone
      ? undefined
      : this.changes.filter(change => change.resourceVersion > resourceVersion);
  }

  /** Calls after every look that found a change; returns what ends it. */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    return () => {
      this.watchers.delete(onChange);
      if (this.watchers.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    };
  }

  private look() {
    const found = new Map<string, { text: string; object: KubeObject }>();
    const changes: ClusterChange[] = [];
    const next = () => {
      // What is there at the first look came with no change that is kept.
      if (this.looked) {
        this.version += 1;
      }
      return this.version;
    };
    for (const object of this.cluster.objects()) {
      const { resourceVersion, ...metadata } = object.metadata;
      const key = `${keyOf(object)}/${metadata.uid ?? ''}`;
      const text = JSON.stringify({ ...object, metadata });
      const before = this.known.get(key);
      if (before?.text === text) {
        found.set(key, before);
      } else {
        const version = next();
        const after = {
          ...object,
          metadata: { ...metadata, resourceVersion: String(version) },
        };
        found.set(key, { text, object: after });
        changes.push({
          resourceVersion: version,
          before: before?.object,
          after,
        });
      }
    }
    for (const [key, { object }] of this.known) {
      if (!found.has(key)) {
        changes.push({ resourceVersion: next(), before: object });
      }
    }
    this.known = found;
    if (this.looked && changes.length > 0) {
      this.changes = [...this.changes, ...changes].slice(-KEPT);
      this.watchers.forEach(onChange => onChange());
    }
    this.looked = true;
  }
}
