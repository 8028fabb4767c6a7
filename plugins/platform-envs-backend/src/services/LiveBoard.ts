import {
  EnvironmentSummary,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { isDeepStrictEqual } from 'node:util';
import { BoardChange, BoardInput, ComposedRow, Finding } from './board';
import { BoardLine, hashOf, toBoardLine } from './boardLine';
import { boardSources } from './boardSources';
import { ComponentEntry } from './CatalogView';
import { withLinks } from './cellLinks';
import { CommitQuestion, commitQuestions } from './commits/applyCommits';
import { ComponentSource } from './commits/sourceOf';
import { composeRow, RowInput } from './composeRow';
import { DesiredFile, desiredFileOf, RepositoryState } from './DesiredState';
import { findOrphans, pathKey } from './findOrphans';
import { DeploymentIndex, lookupKeysOf } from './matchDeployment';
import { DependencyKind, RowDependencies } from './RowDependencies';
import { conditionKey } from './sourceConditions';

/** A component on the board. */
interface Place {
  entry: ComponentEntry;
  /** Absent until it was composed for the first time. */
  composed?: ComposedRow;
  line?: BoardLine;
}

const EMPTY: BoardInput = {
  catalog: {
    environments: [],
    components: [],
    databases: {},
    databaseAbsence: {},
    problems: [],
  },
  catalogSource: { id: 'catalog', title: 'Catalog', state: 'stale' },
  repositories: [],
  deploymentSources: [],
  linkTemplates: [],
};

/**
 * The board, kept in step with what is known.
 *
 * 1. `take` compares what is known now with what was known before, and marks
 *    the rows that something of theirs changed for. It asks for objects, not
 *    for what is in them: who feeds the board keeps an object as long as
 *    nothing in it changed.
 * 2. `compose` composes marked rows, as many as fit the time that it is given.
 *
 * Nothing on the board depends on the time of day: sentences have places for
 * ages. So without a change there is nothing to do.
 */
export class LiveBoard {
  #input: BoardInput = EMPTY;
  readonly #index = new DeploymentIndex();
  readonly #places = new Map<string, Place>();
  readonly #dependencies = new RowDependencies();
  readonly #dirty = new Set<string>();
  #environments = new Map<string, EnvironmentSummary>();
  #repositories = new Map<string, RepositoryState>();
  #conditions = new Map<string, string>();
  #commitsVersion = 0;
  #linked: EnvironmentSummary[] = [];
  #orphans: Finding[] = [];
  #orphansAreOld = false;
  #lines?: BoardLine[];
  #changed = new Set<string>();
  /** By `deploymentId`: how many rows claim it. */
  readonly #matched = new Map<string, number>();
  /** Of all rows together; see {@link hashOf}. */
  #rowsHash = 0n;
  #environmentsHash = '';
  #restHash = 0n;

  /** Says which board this is: one that shows the same has the same. */
  get revision(): string {
    return (this.#rowsHash ^ this.#restHash).toString(36);
  }

  /** Whether rows are waiting to be composed. */
  get isBehind(): boolean {
    return this.#dirty.size > 0;
  }

  /** By platform, then by name; without rows that were never composed. */
  get lines(): BoardLine[] {
    this.#lines ??= this.#input.catalog.components.flatMap(
      ({ component }) => this.#places.get(component.ref)?.line ?? [],
    );
    return this.#lines;
  }

  /** Rows with places for ages, and without links. */
  get rows(): ComposedRow[] {
    return [...this.#places.values()].flatMap(place => place.composed ?? []);
  }

  /** By system, then in promotion order. */
  get environments(): EnvironmentSummary[] {
    return this.#linked;
  }

  /** Where its readings come from, and how fresh they are. */
  get sources(): OverviewSource[] {
    return boardSources(this.#input);
  }

  /** What does not add up. */
  get findings(): Finding[] {
    return [
      ...this.rows.flatMap(({ findings }) => findings),
      ...this.#orphans,
      ...this.#input.catalog.problems.map(text => ({ text })),
    ];
  }

  /** What would have to be found out about the releases of these components; of all when absent. */
  commitQuestions(componentRefs?: Iterable<string>): CommitQuestion[] {
    const places = componentRefs
      ? [...componentRefs].flatMap(ref => this.#places.get(ref) ?? [])
      : [...this.#places.values()];
    return places.flatMap(({ entry, composed }) =>
      composed ? commitQuestions(composed.row.cells, entry.source) : [],
    );
  }

  /** Of the components whose source is in a repository. */
  componentsFrom(repository: string): string[] {
    return [...this.#dependencies.rowsOf('source', repository)];
  }

  /** Where a component's source is; undefined when its entry names none. */
  sourceOf(componentRef: string): ComponentSource | undefined {
    return this.#places.get(componentRef)?.entry.source;
  }

  has(componentRef: string): boolean {
    return this.#places.has(componentRef);
  }

  /** Of the components that are to run in an environment. */
  componentsIn(environmentRef: string): string[] {
    return [...this.#dependencies.rowsOf('environment', environmentRef)];
  }

  /** A row as it is at this moment, with ages, times of reading and links; undefined when there is none. */
  detail(componentRef: string, now: Date): ComposedRow | undefined {
    const place = this.#places.get(componentRef);
    return place && composeRow({ ...this.#rowInput(), now }, place.entry);
  }

  deployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined {
    return this.#composed(componentRef)?.deployments.get(environmentRef);
  }

  file(componentRef: string, environmentRef: string): DesiredFile | undefined {
    return this.#composed(componentRef)?.files.get(environmentRef);
  }

  /** Takes what is known now. Rows are composed later, by `compose`. */
  take(input: BoardInput): void {
    const before = this.#input;
    this.#input = input;
    if (before.catalog !== input.catalog) this.#takeCatalog();
    this.#takeRepositories();
    this.#takeDeployments();
    this.#takeConditions();
    this.#takeCommits();
  }

  /**
   * Composes rows until none is waiting or `untilMs` (of `performance.now`) has
   * passed; at least one. Says what changed since it was asked the last time.
   */
  compose(untilMs: number = Infinity): BoardChange {
    for (const ref of this.#dirty) {
      this.#composePlace(ref);
      if (performance.now() > untilMs) break;
    }
    const changed = this.#changed;
    this.#changed = new Set();
    return { changed, other: this.#composeRest() };
  }

  #composed(componentRef: string): ComposedRow | undefined {
    if (this.#dirty.has(componentRef)) this.#composePlace(componentRef);
    return this.#places.get(componentRef)?.composed;
  }

  #composePlace(ref: string): void {
    this.#dirty.delete(ref);
    const place = this.#places.get(ref);
    if (!place) return;
    const composed = composeRow(this.#rowInput(), place.entry);
    const line = toBoardLine(composed.row);
    this.#claim(place.composed, composed);
    place.composed = composed;
    if (place.line?.hash === line.hash) return;
    this.#rowsHash ^= (place.line?.hash ?? 0n) ^ line.hash;
    place.line = line;
    this.#lines = undefined;
    this.#changed.add(ref);
  }

  #rowInput(): RowInput {
    return {
      input: this.#input,
      environments: this.#environments,
      repositories: this.#repositories,
      index: this.#index,
    };
  }

  /** Counts by how many rows a deployment is claimed. */
  #claim(
    before: ComposedRow | undefined,
    after: ComposedRow | undefined,
  ): void {
    for (const id of before?.matched ?? []) {
      const count = this.#matched.get(id)! - 1;
      if (count) this.#matched.set(id, count);
      else this.#matched.delete(id);
    }
    for (const id of after?.matched ?? []) {
      this.#matched.set(id, (this.#matched.get(id) ?? 0) + 1);
    }
  }

  /** Composes what is no row; says whether it changed. */
  #composeRest(): boolean {
    const before = this.#restHash;
    if (this.#orphansAreOld && !this.isBehind) {
      this.#orphansAreOld = false;
      this.#orphans = findOrphans(this.#input, {
        matched: this.#matched,
        files: { has: key => this.#dependencies.has('path', key) },
      });
    }
    this.#restHash = hashOf(
      JSON.stringify([
        this.sources.map(({ observedAt, ...source }) =>
          source.state === 'live' ? source : { ...source, observedAt },
        ),
        this.#environmentsHash,
        this.#orphans,
        this.#input.catalog.problems,
      ]),
    );
    return this.#restHash !== before;
  }

  #takeCatalog(): void {
    const { environments, components } = this.#input.catalog;
    const known = this.#environments;
    this.#environments = new Map(environments.map(e => [e.ref, e]));
    const moved = new Set(
      [...known.keys(), ...this.#environments.keys()].filter(
        ref => known.get(ref) !== this.#environments.get(ref),
      ),
    );
    if (moved.size > 0) {
      this.#linked = environments.map(e => withLinks(this.#input, e));
      this.#environmentsHash = hashOf(JSON.stringify(this.#linked)).toString();
    }
    const gone = new Set(this.#places.keys());
    for (const entry of components) {
      const { ref } = entry.component;
      gone.delete(ref);
      const place = this.#places.get(ref);
      const same =
        place?.entry === entry &&
        !entry.environmentRefs.some(e => moved.has(e));
      if (same) continue;
      if (place) place.entry = entry;
      else this.#places.set(ref, { entry });
      this.#dependencies.set(ref, dependenciesOf(entry, this.#environments));
      this.#dirty.add(ref);
    }
    for (const ref of gone) this.#remove(ref);
    this.#lines = undefined;
    this.#orphansAreOld = true;
  }

  #remove(ref: string): void {
    const { composed, line } = this.#places.get(ref)!;
    this.#claim(composed, undefined);
    this.#rowsHash ^= line?.hash ?? 0n;
    this.#places.delete(ref);
    this.#dependencies.delete(ref);
    this.#dirty.delete(ref);
    this.#changed.add(ref);
  }

  #takeRepositories(): void {
    const known = this.#repositories;
    this.#repositories = new Map(
      this.#input.repositories.map(r => [repositoryKey(r), r]),
    );
    for (const key of new Set([
      ...known.keys(),
      ...this.#repositories.keys(),
    ])) {
      const before = known.get(key);
      const after = this.#repositories.get(key);
      if (before === after) continue;
      if (readingKey(before) !== readingKey(after)) {
        this.#mark('repository', key);
      }
      this.#takeEntries(key, before?.entries ?? {}, after?.entries ?? {});
    }
  }

  #takeEntries(
    key: string,
    before: RepositoryState['entries'],
    after: RepositoryState['entries'],
  ): void {
    if (before === after) return;
    for (const path of new Set([
      ...Object.keys(before),
      ...Object.keys(after),
    ])) {
      if (isDeepStrictEqual(before[path], after[path])) continue;
      this.#mark('path', `${key}#${path}`);
      this.#orphansAreOld = true;
    }
  }

  #takeDeployments(): void {
    const changed = this.#index.update(
      this.#input.deploymentSources.flatMap(s => s.snapshot.deployments),
    );
    for (const key of changed) this.#mark('deployment', key);
    if (changed.size > 0) this.#orphansAreOld = true;
  }

  #takeConditions(): void {
    const { deploymentSources } = this.#input;
    for (const environment of this.#environments.values()) {
      const condition = conditionKey(deploymentSources, environment);
      if (this.#conditions.get(environment.ref) === condition) continue;
      this.#conditions.set(environment.ref, condition);
      this.#mark('environment', environment.ref);
    }
  }

  #takeCommits(): void {
    const { commits } = this.#input;
    if (!commits || commits.version === this.#commitsVersion) return;
    for (const repository of commits.changedSince(this.#commitsVersion)) {
      this.#mark('source', repository);
    }
    this.#commitsVersion = commits.version;
  }

  #mark(kind: DependencyKind, key: string): void {
    for (const ref of this.#dependencies.rowsOf(kind, key))
      this.#dirty.add(ref);
  }
}

function dependenciesOf(
  entry: ComponentEntry,
  environments: ReadonlyMap<string, EnvironmentSummary>,
): Array<[DependencyKind, string]> {
  const source: Array<[DependencyKind, string]> = entry.source
    ? [['source', entry.source.repository]]
    : [];
  return entry.environmentRefs
    .map(ref => environments.get(ref))
    .filter(e => !!e)
    .flatMap(environment => {
      const file = desiredFileOf(environment, entry.gitopsName);
      const keys: Array<[DependencyKind, string]> = [
        ['environment', environment.ref],
        ...lookupKeysOf(entry, environment).map(
          (key): [DependencyKind, string] => ['deployment', key],
        ),
      ];
      if (file) {
        keys.push(
          ['repository', repositoryKey(file)],
          ['path', pathKey(file, file.path)],
        );
      }
      return keys;
    })
    .concat(source);
}

function repositoryKey({
  repository,
  branch,
}: {
  repository: string;
  branch: string;
}) {
  return `${repository}#${branch}`;
}

/** Changes when it matters to every file of a repository whether it was read. */
function readingKey(state: RepositoryState | undefined): string | undefined {
  return state?.observedAt ? 'read' : state?.message;
}
