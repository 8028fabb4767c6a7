import { parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  CellDetail,
  compareDeliveryStates,
  ComponentDelivery,
  DeliveryCell,
  DeliveryRow,
  EnvironmentDetail,
  EnvironmentSummary,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
  ReplicatedDatabase,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardHint, BoardKeeper, BoardKeeperOptions } from './BoardKeeper';
import { boardSources } from './boardSources';
import { missingCommits } from './commits/applyCommits';
import { ComponentSource } from './commits/sourceOf';
import { ComponentEntry } from './CatalogView';
import { deliveryHistory } from './deliveryHistory';
import { DesiredFile, RepositoryState } from './DesiredState';
import { deploymentId } from './matchDeployment';
import { overviewJson } from './overviewPage';
import { LineQuery } from './selectLines';

const COMMIT = /^[0-9a-f]{40}$/;

/** @public */
export type EnvironmentServiceOptions = BoardKeeperOptions;

/**
 * What stands in which environment: the catalog's word on what should exist,
 * Git's on what should run, Argo CD's on what does run.
 *
 * Reading never calls upstream: {@link BoardKeeper} has everything in memory.
 */
export class EnvironmentService {
  readonly #options: EnvironmentServiceOptions;
  readonly #keeper: BoardKeeper;

  constructor(options: EnvironmentServiceOptions) {
    this.#options = options;
    this.#keeper = new BoardKeeper(options);
  }

  /** Loads what was known before; nobody is asked yet. */
  load(): Promise<void> {
    return this.#keeper.load();
  }

  /** Lets the sources feed. */
  start(): void {
    this.#keeper.start();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  /** Reads the catalog. Never throws; one reading at a time. */
  refreshCatalog(): Promise<void> {
    return this.#keeper.catalog.refresh();
  }

  /** Reads the catalog again, unless that was just done, when it does not know an environment yet. */
  async ensureEnvironment(environmentRef: string): Promise<void> {
    if (this.getEnvironments().some(e => e.ref === environmentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Reads the catalog again, unless that was just done, when it does not know a component yet. */
  async ensureComponent(componentRef: string): Promise<void> {
    if (this.#keeper.fresh().has(componentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Looks at all GitOps repositories. Never throws. */
  async pollDesiredState(): Promise<void> {
    await this.#keeper.desired.poll();
  }

  /** Looks at one GitOps repository now, as after a commit of ours. Never throws. */
  async refreshDesiredState(repository: string, branch: string): Promise<void> {
    await this.#keeper.desired.refresh(repository, branch);
    this.#keeper.compose();
  }

  /** Saves what changed since the last time. Never throws. */
  save(): Promise<void> {
    return this.#keeper.save();
  }

  /** Calls back after each change of what the board shows. Returns the way to stop that. */
  onChange(listener: (hint: BoardHint) => void): () => void {
    return this.#keeper.onChange(listener);
  }

  /** Says which board this is: two that show the same have the same, on any replica. */
  getRevision(): string {
    return this.#keeper.board.revision;
  }

  /**
   * One page of the board: the text of an `OverviewPage`.
   *
   * @throws InputError - the row that the page before ended with is gone.
   */
  getOverviewJson(query: LineQuery = {}): string {
    return overviewJson(this.#keeper.board, query, {
      // with the times of this moment; the board itself is told of changes
      sources: boardSources(this.#keeper.input()),
      now: this.#keeper.now(),
    });
  }

  /** All rows, with places for ages in their sentences and without links. */
  getBoard(): { rows: DeliveryRow[]; environments: EnvironmentSummary[] } {
    const { rows, environments } = this.#keeper.board;
    return { rows: rows.map(({ row }) => row), environments };
  }

  getEnvironments(): EnvironmentSummary[] {
    return this.#keeper.fresh().environments;
  }

  /** @throws NotFoundError - the catalog has no such environment. */
  getEnvironment(environmentRef: string): EnvironmentSummary {
    const found = this.getEnvironments().find(e => e.ref === environmentRef);
    if (!found) {
      throw new NotFoundError(
        `The catalog has no environment ${environmentRef}`,
      );
    }
    return found;
  }

  /**
   * The environments of a system, in promotion order.
   */
  getSystemEnvironments(systemRef: string): EnvironmentSummary[] {
    return this.getEnvironments().filter(e => e.systemRef === systemRef);
  }

  /** @throws NotFoundError - the catalog has no such environment. */
  getEnvironmentDetail(
    environmentRef: string,
  ): Omit<EnvironmentDetail, 'capacity' | 'stacks' | 'operations'> {
    const environment = this.getEnvironment(environmentRef);
    const board = this.#keeper.board;
    const rows = board.componentsIn(environmentRef).flatMap(ref => {
      const { component, cells } = this.#row(ref);
      return cells
        .filter(cell => cell.environmentRef === environmentRef)
        .map(cell => ({ component, cell }));
    });
    return {
      environment,
      sources: board.sources,
      rows: rows.sort(
        (a, b) =>
          compareDeliveryStates(a.cell.state, b.cell.state) ||
          a.component.name.localeCompare(b.component.name),
      ),
      findings: board.findings
        .filter(f => f.environmentRef === environmentRef)
        .map(f =>
          f.componentRef
            ? `${parseEntityRef(f.componentRef).name}: ${f.text}`
            : f.text,
        ),
    };
  }

  /** @throws NotFoundError - the component is on no board. */
  getRow(componentRef: string): DeliveryRow {
    this.#keeper.fresh();
    return this.#row(componentRef);
  }

  /**
   * What the catalog says about a component.
   *
   * @throws NotFoundError - the component is on no board.
   */
  getComponentEntry(componentRef: string): ComponentEntry {
    const entry = this.#keeper.catalog.view.components.find(
      ({ component }) => component.ref === componentRef,
    );
    if (!entry) {
      throw new NotFoundError(`The catalog has no component ${componentRef}`);
    }
    return entry;
  }

  /** @throws NotFoundError - the component does not run in that environment. */
  getCell(componentRef: string, environmentRef: string): DeliveryCell {
    const cell = this.getRow(componentRef).cells.find(
      c => c.environmentRef === environmentRef,
    );
    if (!cell) {
      throw new NotFoundError(
        `${componentRef} does not run in ${environmentRef}`,
      );
    }
    return cell;
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
   * The file that holds the release of a component in an environment.
   *
   * @throws NotFoundError - the component does not run there, or the
   * environment does not say where its desired state is kept.
   */
  getDesiredFile(componentRef: string, environmentRef: string): DesiredFile {
    this.getCell(componentRef, environmentRef);
    const file = this.#keeper.board.file(componentRef, environmentRef);
    if (!file) {
      throw new NotFoundError(
        `${environmentRef} does not say where its desired state is kept (spec.gitops)`,
      );
    }
    return file;
  }

  /** Where a component's source is; undefined when its entry names none. */
  getComponentSource(componentRef: string): ComponentSource | undefined {
    return this.#keeper.board.sourceOf(componentRef);
  }

  /** Refs of the components whose source is in a repository. */
  getComponentsFrom(repository: string): string[] {
    return this.#keeper.board.componentsFrom(repository);
  }

  /**
   * Finds out which commits the releases of these components were built from,
   * of all of them when absent. Never throws.
   */
  async learnCommits(componentRefs?: string[]): Promise<void> {
    const { commits } = this.#options;
    const { board } = this.#keeper;
    if (!commits) return;
    await commits.learn(() => board.commitQuestions(componentRefs));
    if (!componentRefs) commits.forgetAllBut(board.commitQuestions());
  }

  /** What a GitOps repository says; undefined when no environment names it. */
  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined {
    return this.#keeper.desired.getRepository(repository, branch);
  }

  /** The deployment behind a cell; undefined when there is none or nobody can tell which. */
  getDeployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined {
    return this.#keeper.fresh().deployment(componentRef, environmentRef);
  }

  /** Every Argo CD application that the sources know. */
  listApplications(): Deployment[] {
    return this.#options.deploymentSources
      .filter(s => s.runtime === 'eks')
      .flatMap(s => s.getSnapshot().deployments);
  }

  /**
   * The labels that would say what a deployment stands for, also where an
   * annotation decided that; by `deploymentId`.
   */
  getImpliedLabels(): Map<string, Record<string, string>> {
    const board = this.#keeper.fresh();
    const names = new Map(board.environments.map(e => [e.ref, e.shortName]));
    const labels = new Map<string, Record<string, string>>();
    for (const { row, deployments } of board.rows) {
      for (const [environmentRef, deployment] of deployments) {
        labels.set(deploymentId(deployment), {
          [LABEL_COMPONENT]: row.component.name,
          [LABEL_ENVIRONMENT]: names.get(environmentRef) ?? '',
        });
      }
    }
    return labels;
  }

  /** The replicated database of an environment, or why there is none. */
  getDatabase(environmentRef: string): ReplicatedDatabase | string {
    this.getEnvironment(environmentRef);
    return (
      this.#keeper.catalog.view.databases[environmentRef] ??
      this.#keeper.catalog.view.databaseAbsence[environmentRef] ??
      'This environment names no database.'
    );
  }

  /**
   * Finds out which releases the past deployments of a component were, as far
   * as that can be had in `withinMs`; what takes longer is there next time.
   */
  async learnHistory(componentRef: string, withinMs = 500): Promise<void> {
    const reading = this.getRow(componentRef).cells.flatMap(
      ({ environmentRef }) => {
        const { board } = this.#keeper;
        const file = board.file(componentRef, environmentRef);
        if (!file) return [];
        const deployment = board.deployment(componentRef, environmentRef);
        return (deployment?.history ?? []).flatMap(({ revision }) =>
          revision && COMMIT.test(revision)
            ? [this.#keeper.desired.releaseAt(file, revision)]
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
    const { board } = this.#keeper;
    const refs = new Set(row.cells.map(c => c.environmentRef));
    return {
      revision: board.revision,
      environments: board.environments.filter(e => refs.has(e.ref)),
      row,
      sources: board.sources,
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
    this.#keeper.compose();
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
    this.#keeper.compose();
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
    const { gitHost } = this.#options;
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
    const { commits } = this.#options;
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
    const { board } = this.#keeper;
    const deployment = board.deployment(componentRef, environmentRef);
    const file = board.file(componentRef, environmentRef);
    if (!deployment?.history) return [];
    const source = this.#source(deployment.instance);
    const { gitHost } = this.#options;
    return deliveryHistory(cell, deployment, {
      row,
      ...(gitHost &&
        file && {
          urlOf: commit => gitHost.webUrl(file.repository, { commit }),
        }),
      metadataOf: revision =>
        source.peekRevisionMetadata(deployment.name, revision),
      releaseAt: revision =>
        file && this.#keeper.desired.peekReleaseAt(file, revision),
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
    const source = this.#options.deploymentSources.find(
      s => s.instance === instance,
    );
    if (!source) {
      throw new NotFoundError(
        `No Argo CD instance "${instance}" is configured`,
      );
    }
    return source;
  }

  #row(componentRef: string): DeliveryRow {
    const composed = this.#keeper.board.detail(
      componentRef,
      this.#keeper.now(),
    );
    if (!composed) {
      throw new NotFoundError(
        `${componentRef} is not delivered by Fairway: the catalog has no such component, or it runs in no environment`,
      );
    }
    return composed.row;
  }

  async #refreshCatalogOnDemand(): Promise<void> {
    if (await this.#keeper.catalog.refreshOnDemand()) this.#keeper.compose();
  }
}
