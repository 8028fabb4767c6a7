import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { isDeepStrictEqual } from 'node:util';
import { BoardInput } from './board';
import { ComponentEntry } from './CatalogView';
import { RowInput } from './composeRow';
import { desiredFileOf, RepositoryState } from './DesiredState';
import { pathKey } from './findOrphans';
import { DeploymentIndex, lookupKeysOf } from './matchDeployment';
import { Dependency, DependencyKind, RowDependencies } from './RowDependencies';
import { conditionKey } from './sourceConditions';

const NOTHING: BoardInput = {
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
 * What the board is made of, and which of its rows have to be made again.
 *
 * It asks for objects, not for what is in them: who feeds the board keeps an
 * object as long as nothing in it changed.
 */
export class KnownInputs {
  /** Rows to be composed: component refs. */
  readonly dirty = new Set<string>();
  readonly dependencies = new RowDependencies();
  /** Whether what belongs to no row has to be looked for again. */
  orphansAreOld = false;
  #input: BoardInput = NOTHING;
  #entries = new Map<string, ComponentEntry>();
  #environments = new Map<string, EnvironmentSummary>();
  #repositories = new Map<string, RepositoryState>();
  readonly #index = new DeploymentIndex();
  /** As each source told them last. */
  #deployments: Deployment[][] = [];
  readonly #conditions = new Map<string, string>();
  #commitsVersion = 0;

  get input(): BoardInput {
    return this.#input;
  }

  /** By component ref, in the order of the board. */
  get entries(): ReadonlyMap<string, ComponentEntry> {
    return this.#entries;
  }

  /** What a row is composed of. */
  get rowInput(): RowInput {
    return {
      input: this.#input,
      environments: this.#environments,
      repositories: this.#repositories,
      index: this.#index,
    };
  }

  /** Takes what is known now, and marks the rows that something changed for. */
  take(input: BoardInput): void {
    const before = this.#input;
    this.#input = input;
    if (before.catalog !== input.catalog) this.#takeCatalog();
    this.#takeRepositories();
    this.#takeDeployments();
    this.#takeConditions();
    this.#takeCommits();
  }

  #takeCatalog(): void {
    const { environments, components } = this.#input.catalog;
    const known = this.#environments;
    this.#environments = new Map(environments.map(e => [e.ref, e]));
    const hasChanged = (ref: string) =>
      known.get(ref) !== this.#environments.get(ref);
    const before = this.#entries;
    this.#entries = new Map(components.map(c => [c.component.ref, c]));
    for (const [ref, entry] of this.#entries) {
      if (
        before.get(ref) === entry &&
        !entry.environmentRefs.some(hasChanged)
      ) {
        continue;
      }
      const old = before.get(ref);
      if (old) this.dependencies.delete(ref, dependenciesOf(old, known));
      this.dependencies.add(ref, dependenciesOf(entry, this.#environments));
      this.dirty.add(ref);
    }
    for (const [ref, old] of before) {
      if (this.#entries.has(ref)) continue;
      this.dependencies.delete(ref, dependenciesOf(old, known));
      this.dirty.delete(ref);
    }
    this.orphansAreOld = true;
  }

  #takeRepositories(): void {
    const known = this.#repositories;
    this.#repositories = new Map(
      this.#input.repositories.map(r => [repositoryKey(r), r]),
    );
    const keys = new Set([...known.keys(), ...this.#repositories.keys()]);
    for (const key of keys) {
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
    const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const path of paths) {
      if (isDeepStrictEqual(before[path], after[path])) continue;
      this.#mark('path', `${key}#${path}`);
      if (!before[path] || !after[path]) this.orphansAreOld = true;
    }
  }

  #takeDeployments(): void {
    const lists = this.#input.deploymentSources.map(
      s => s.snapshot.deployments,
    );
    const isSame =
      lists.length === this.#deployments.length &&
      lists.every((list, i) => holdSame(list, this.#deployments[i]));
    if (isSame) return;
    this.#deployments = lists;
    const { changed, moved } = this.#index.update(lists.flat());
    for (const key of changed) this.#mark('deployment', key);
    if (moved) this.orphansAreOld = true;
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
    for (const ref of this.dependencies.rowsOf(kind, key)) this.dirty.add(ref);
  }
}

function dependenciesOf(
  entry: ComponentEntry,
  environments: ReadonlyMap<string, EnvironmentSummary>,
): Dependency[] {
  const source: Dependency[] = entry.source
    ? [['source', entry.source.repository]]
    : [];
  return entry.environmentRefs
    .map(ref => environments.get(ref))
    .filter(e => !!e)
    .flatMap(environment => {
      const file = desiredFileOf(environment, entry.gitopsName);
      const keys: Dependency[] = [
        ['environment', environment.ref],
        ...lookupKeysOf(entry, environment).map(
          (key): Dependency => ['deployment', key],
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

function holdSame<T>(a: T[], b: T[]): boolean {
  return (
    a === b || (a.length === b.length && a.every((one, i) => one === b[i]))
  );
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
