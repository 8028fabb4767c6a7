import { LoggerService } from '@backstage/backend-plugin-api';
import { DeploymentSource } from '@fairway/plugin-platform-envs-node';
import { SnapshotStore } from '../database/SnapshotStore';
import { inSlices } from '../inSlices';
import { CatalogFeed } from './CatalogFeed';
import { DesiredState } from './DesiredState';
import { deploymentId } from './matchDeployment';
import {
  savedCatalog,
  savedDeployment,
  savedObservation,
  savedRepository,
  toSavedDeployment,
} from './savedSnapshot';

const CATALOG = 'catalog';
const REPOSITORIES = 'repository:';
const DEPLOYMENTS = 'deployment:';
const OBSERVATIONS = 'observed:';

/**
 * What is known, kept over a restart: one document for each deployment and
 * each repository, and one for the catalog, so that only what changed is
 * written.
 *
 * Several replicas write the same documents. Each writes what it learned from
 * a source that is live for it, and nothing that it only loaded; so one that
 * is cut off from a source does not put its old picture over a newer one.
 */
export class BoardSnapshot {
  /** What stands in the store, as far as this replica knows; by name. */
  readonly #saved = new Map<string, unknown>();
  /** Of which all stand in the store; by instance. */
  readonly #savedLists = new Map<string, readonly unknown[]>();

  constructor(
    private readonly options: {
      store: SnapshotStore;
      logger: LoggerService;
      catalog: CatalogFeed;
      desired: DesiredState;
      deploymentSources: DeploymentSource[];
    },
  ) {}

  /** Puts back what was known; `onEnvironments` once it is known which environments there are. */
  async load(onEnvironments: () => void): Promise<void> {
    const { store, catalog, desired, deploymentSources } = this.options;
    const view = await store.load(CATALOG, savedCatalog);
    if (view) {
      catalog.restore(view);
      this.#saved.set(CATALOG, view);
      onEnvironments();
    }
    const repositories = await store.loadAll(REPOSITORIES, savedRepository);
    for (const [name, { entries }] of repositories) {
      this.#saved.set(name, entries);
    }
    if (repositories.size > 0) desired.restore([...repositories.values()]);
    for (const source of deploymentSources) {
      const { instance } = source;
      const deployments = await store.loadAll(
        `${DEPLOYMENTS}${instance}/`,
        savedDeployment,
      );
      if (deployments.size === 0) continue;
      for (const [name, deployment] of deployments) {
        this.#saved.set(name, deployment);
      }
      const observed = await store.load(
        `${OBSERVATIONS}${instance}`,
        savedObservation,
      );
      source.restore({
        ...observed,
        state: 'stale',
        deployments: [...deployments.values()],
      });
    }
  }

  /** Saves what changed since the last time. Never throws. */
  async save(): Promise<void> {
    const { store, logger } = this.options;
    try {
      const { documents, marks, gone, lists } = await this.#changes();
      if (documents.size > 0 || gone.length > 0) {
        await store.saveAll(documents, gone);
      }
      for (const [name, mark] of marks) this.#saved.set(name, mark);
      for (const name of gone) this.#saved.delete(name);
      for (const [name, list] of lists) this.#savedLists.set(name, list);
    } catch (error) {
      logger.warn('The snapshot of the board was not saved', {
        reason: String(error),
      });
    }
  }

  /** What is to be written; `marks` are the objects by which a change is seen. */
  async #changes() {
    const { catalog, desired, deploymentSources } = this.options;
    const documents = new Map<string, unknown>();
    const marks = new Map<string, unknown>();
    const gone: string[] = [];
    const lists = new Map<string, readonly unknown[]>();
    const put = <T>(
      name: string,
      mark: T,
      toDocument: (mark: T) => unknown = same => same,
    ) => {
      if (this.#saved.get(name) === mark) return false;
      marks.set(name, mark);
      documents.set(name, toDocument(mark));
      return true;
    };
    if (catalog.source.state === 'live') put(CATALOG, catalog.view);
    for (const state of desired.getRepositories()) {
      if (state.state !== 'live') continue;
      const { repository, branch, entries } = state;
      put(`${REPOSITORIES}${repository}#${branch}`, entries, () => state);
    }
    for (const source of deploymentSources) {
      const { state, observedAt, deployments } = source.getSnapshot();
      if (state !== 'live') continue;
      // the same list as long as nothing in it changed
      if (this.#savedLists.get(source.instance) === deployments) continue;
      lists.set(source.instance, deployments);
      const prefix = `${DEPLOYMENTS}${source.instance}/`;
      const present = new Set<string>();
      let changed = false;
      await inSlices(deployments, deployment => {
        const name = `${DEPLOYMENTS}${deploymentId(deployment)}`;
        present.add(name);
        changed = put(name, deployment, toSavedDeployment) || changed;
      });
      for (const name of this.#saved.keys()) {
        if (name.startsWith(prefix) && !present.has(name)) gone.push(name);
      }
      if (changed) {
        documents.set(`${OBSERVATIONS}${source.instance}`, { observedAt });
      }
    }
    return { documents, marks, gone, lists };
  }
}
