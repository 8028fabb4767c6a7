import { parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  CellDetail,
  ComponentDelivery,
  DeliveryCell,
  DeliveryRow,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardHint, BoardKeeperOptions } from './BoardKeeper';
import { sourcesAbout } from './boardSources';
import { BoardReader } from './BoardReader';
import { missingCommits } from './commits/applyCommits';
import { deliveryHistory } from './deliveryHistory';
import { BranchMove } from './readRepository';

const COMMIT = /^[0-9a-f]{40}$/;

/** @public */
export type EnvironmentServiceOptions = BoardKeeperOptions;

/**
 * What stands in which environment, how it came there, and what can be done
 * about it. What the board says it says itself; deliveries and operations are
 * here.
 */
export class EnvironmentService extends BoardReader {
  /** Loads what was known before; nobody is asked yet. */
  load(): Promise<void> {
    return this.keeper.load();
  }

  /** Lets the sources feed. */
  start(): void {
    this.keeper.start();
  }

  stop(): Promise<void> {
    return this.keeper.stop();
  }

  /** Reads the catalog. Never throws; one reading at a time. */
  refreshCatalog(): Promise<void> {
    return this.keeper.catalog.refresh();
  }

  /** Reads the catalog as often as its size allows. Never throws. */
  refreshCatalogWhenRested(): Promise<void> {
    return this.keeper.catalog.refreshWhenRested();
  }

  /** Reads the catalog again, unless that was just done, when it does not know an environment yet. */
  async ensureEnvironment(environmentRef: string): Promise<void> {
    if (this.getEnvironments().some(e => e.ref === environmentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Reads the catalog again, unless that was just done, when it does not know a component yet. */
  async ensureComponent(componentRef: string): Promise<void> {
    if (this.keeper.fresh().has(componentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Looks at the GitOps repositories that are due. Never throws. */
  async pollDesiredState(): Promise<void> {
    await this.keeper.desired.poll();
  }

  /** Looks at one GitOps repository now, as after a commit of ours. Never throws. */
  async refreshDesiredState(
    repository: string,
    branch: string,
    move?: BranchMove,
  ): Promise<void> {
    await this.keeper.desired.refresh(repository, branch, move);
    this.keeper.compose();
  }

  /** Saves what changed since the last time. Never throws. */
  save(): Promise<void> {
    return this.keeper.save();
  }

  /** Calls back after each change of what the board shows. Returns the way to stop that. */
  onChange(listener: (hint: BoardHint) => void): () => void {
    return this.keeper.onChange(listener);
  }

  /**
   * Everything about one cell.
   *
   * @throws NotFoundError - the component does not run in that environment.
   */
  getCellDetail(componentRef: string, environmentRef: string): CellDetail {
    const row = this.#withMissing(this.getRow(componentRef));
    const { component, findings } = row;
    const known = this.getCell(componentRef, environmentRef);
    return {
      revision: this.getRevision(),
      component,
      cell: row.cells.find(c => c.environmentRef === environmentRef) ?? known,
      environment: this.getEnvironment(environmentRef),
      findings,
    };
  }

  /**
   * Finds out which commits the releases of these components were built from,
   * of all of them when absent. Never throws.
   */
  async learnCommits(componentRefs?: string[]): Promise<void> {
    const { commits } = this.options;
    const { board } = this.keeper;
    if (!commits) return;
    await commits.learn(() => board.commitQuestions(componentRefs));
    if (!componentRefs) await commits.forgetAllBut(board.commitQuestions());
  }

  /**
   * Finds out which releases the past deployments of a component were, as far
   * as that can be had in `withinMs`; what takes longer is there next time.
   */
  async learnHistory(componentRef: string, withinMs = 500): Promise<void> {
    const reading = this.getRow(componentRef).cells.flatMap(
      ({ environmentRef }) => {
        const { board } = this.keeper;
        const file = board.file(componentRef, environmentRef);
        if (!file) return [];
        const deployment = board.deployment(componentRef, environmentRef);
        return (deployment?.history ?? []).flatMap(({ revision }) =>
          revision && COMMIT.test(revision)
            ? [this.keeper.desired.releaseAt(file, revision)]
            : [],
        );
      },
    );
    const deadline = new AbortController();
    await Promise.race([
      Promise.all(reading),
      sleep(withinMs, undefined, { signal: deadline.signal }).catch(() => {}),
    ]);
    deadline.abort();
  }

  /** Everything about a component except its promotions. */
  getDelivery(
    componentRef: string,
  ): Omit<ComponentDelivery, 'promotions' | 'promotionTargets'> {
    const row = this.#withMissing(this.getRow(componentRef));
    const { board } = this.keeper;
    const refs = new Set(row.cells.map(c => c.environmentRef));
    const environments = board.environments.filter(e => refs.has(e.ref));
    return {
      revision: board.revision,
      environments,
      row,
      sources: sourcesAbout(environments, this.keeper.input()),
      history: row.cells
        .flatMap(cell => this.#history(cell, row))
        .sort((a, b) => b.at.localeCompare(a.at)),
      ...this.#sourceLinks(row),
    };
  }

  /**
   * Has the deployment system look at Git again.
   *
   * @throws NotFoundError - the component does not run there.
   * @throws ConflictError - nothing is deployed there that could be refreshed.
   * @throws ServiceUnavailableError - the deployment system does not answer.
   */
  async refreshDeployment(
    componentRef: string,
    environmentRef: string,
  ): Promise<Deployment> {
    const { source, name, namespace } = this.#operable(
      componentRef,
      environmentRef,
    );
    const deployment = await source.refresh(name, { namespace });
    this.keeper.compose();
    return deployment;
  }

  /**
   * Asks for a sync, to a revision or to what is tracked.
   *
   * @throws NotFoundError - the component does not run there.
   * @throws ConflictError - there is nothing to sync, or a sync runs already.
   * @throws ServiceUnavailableError - the deployment system does not answer.
   */
  async syncDeployment(
    componentRef: string,
    environmentRef: string,
    options?: { revision?: string },
  ): Promise<Deployment> {
    const { source, name, namespace } = this.#operable(
      componentRef,
      environmentRef,
    );
    const deployment = await source.sync(name, { ...options, namespace });
    this.keeper.compose();
    return deployment;
  }

  /** @throws NotFoundError - no such instance, deployment or revision. */
  async getRevisionMetadata(
    instance: string,
    name: string,
    revision: string,
  ): Promise<RevisionMetadata> {
    const source = this.#source(instance);
    const known = source
      .getSnapshot()
      .deployments.some(deployment => deployment.name === name);
    if (!known) {
      throw new NotFoundError(`${source.title} has no application ${name}`);
    }
    return source.getRevisionMetadata(name, revision);
  }

  /** Where the commits are that the releases of a row were built from. */
  #sourceLinks(row: DeliveryRow): Pick<ComponentDelivery, 'source'> {
    const { gitHost } = this.options;
    const source = this.getComponentSource(row.component.ref);
    if (!gitHost || !source) return {};
    const { repository } = source;
    const revisions = row.cells.flatMap(({ desired }) =>
      desired.status === 'ok' ? desired.value.revision ?? [] : [],
    );
    return {
      source: {
        repository,
        commitUrls: Object.fromEntries(
          revisions.map(commit => [
            commit,
            gitHost.webUrl(repository, { commit }),
          ]),
        ),
      },
    };
  }

  /** The row with the commits that its cells lack. */
  #withMissing(row: DeliveryRow): DeliveryRow {
    const { commits } = this.options;
    const source = this.getComponentSource(row.component.ref);
    if (!commits || !source) return row;
    const cells = row.cells.map(cell => {
      const missing = missingCommits(row.cells, cell, source, commits);
      return cell.behind && missing?.length
        ? { ...cell, behind: { ...cell.behind, missing } }
        : cell;
    });
    return { ...row, cells };
  }

  #history(cell: DeliveryCell, row: DeliveryRow): ComponentDelivery['history'] {
    const { componentRef, environmentRef } = cell;
    const { board } = this.keeper;
    const deployment = board.deployment(componentRef, environmentRef);
    const file = board.file(componentRef, environmentRef);
    if (!deployment?.history) return [];
    const source = this.#source(deployment.instance);
    const { gitHost } = this.options;
    return deliveryHistory(cell, deployment, {
      row,
      ...(gitHost &&
        file && {
          urlOf: commit => gitHost.webUrl(file.repository, { commit }),
        }),
      metadataOf: revision =>
        source.peekRevisionMetadata(deployment.name, revision),
      releaseAt: revision =>
        file && this.keeper.desired.peekReleaseAt(file, revision),
    });
  }

  #operable(
    componentRef: string,
    environmentRef: string,
  ): { source: DeploymentSource; name: string; namespace: string } {
    const cell = this.getCell(componentRef, environmentRef);
    const deployment = this.getDeployment(componentRef, environmentRef);
    if (!deployment || !cell.application) {
      throw new ConflictError(
        `Nothing stands for ${parseEntityRef(componentRef).name} in ${
          this.getEnvironment(environmentRef).title
        }: ${cell.sentence}`,
      );
    }
    return {
      source: this.#source(deployment.instance),
      name: deployment.name,
      namespace: deployment.namespace,
    };
  }

  #source(instance: string): DeploymentSource {
    const source = this.options.deploymentSources.find(
      s => s.instance === instance,
    );
    if (!source) {
      throw new NotFoundError(
        `No Argo CD instance "${instance}" is configured`,
      );
    }
    return source;
  }

  async #refreshCatalogOnDemand(): Promise<void> {
    if (await this.keeper.catalog.refreshOnDemand()) this.keeper.compose();
  }
}
