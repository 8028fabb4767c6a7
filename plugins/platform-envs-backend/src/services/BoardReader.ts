import { parseEntityRef } from '@backstage/catalog-model';
import { NotFoundError } from '@backstage/errors';
import {
  compareDeliveryStates,
  DeliveryCell,
  DeliveryRow,
  EnvironmentDetail,
  EnvironmentSummary,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  ListedDeployment,
  ReplicatedDatabase,
} from '@fairway/plugin-platform-envs-node';
import { BoardKeeper, BoardKeeperOptions } from './BoardKeeper';
import { boardSources, sourcesAbout } from './boardSources';
import { ComponentEntry } from './CatalogView';
import { ComponentSource } from './commits/sourceOf';
import { DesiredFile, RepositoryState } from './DesiredState';
import { deploymentId } from './matchDeployment';
import { overviewJson } from './overviewPage';
import { LineQuery } from './selectLines';

/**
 * What the board says: the catalog's word on what should exist, Git's on what
 * should run, Argo CD's on what does run.
 *
 * Reading never calls upstream: {@link BoardKeeper} has everything in memory.
 */
export class BoardReader {
  protected readonly keeper: BoardKeeper;

  constructor(protected readonly options: BoardKeeperOptions) {
    this.keeper = new BoardKeeper(options);
  }

  /** Says which board this is: two that show the same have the same, on any replica. */
  getRevision(): string {
    return this.keeper.board.revision;
  }

  /**
   * One page of the board: the text of an `OverviewPage`.
   *
   * @throws InputError - the row that the page before ended with is gone.
   */
  getOverviewJson(query: LineQuery = {}): string {
    return overviewJson(this.keeper.board, query, {
      // with the times of this moment; the board itself is told of changes
      sources: boardSources(this.keeper.input()),
      now: this.keeper.now(),
    });
  }

  /** All rows, with places for ages in their sentences. */
  getBoard(): { rows: OverviewRow[]; environments: EnvironmentSummary[] } {
    const { rows, environments } = this.keeper.board;
    return { rows, environments };
  }

  getEnvironments(): EnvironmentSummary[] {
    return this.keeper.fresh().environments;
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
    const board = this.keeper.board;
    const rows = board.componentsIn(environmentRef).flatMap(ref => {
      const { component, cells } = this.#row(ref);
      return cells
        .filter(cell => cell.environmentRef === environmentRef)
        .map(cell => ({ component, cell }));
    });
    return {
      environment,
      sources: sourcesAbout([environment], this.keeper.input()),
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
    this.keeper.fresh();
    return this.#row(componentRef);
  }

  /**
   * What the catalog says about a component.
   *
   * @throws NotFoundError - the component is on no board.
   */
  getComponentEntry(componentRef: string): ComponentEntry {
    const entry = this.keeper.catalog.view.components.find(
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
   * The file that holds the release of a component in an environment.
   *
   * @throws NotFoundError - the component does not run there, or the
   * environment does not say where its desired state is kept.
   */
  getDesiredFile(componentRef: string, environmentRef: string): DesiredFile {
    this.getCell(componentRef, environmentRef);
    const file = this.keeper.board.file(componentRef, environmentRef);
    if (!file) {
      throw new NotFoundError(
        `${environmentRef} does not say where its desired state is kept (spec.gitops)`,
      );
    }
    return file;
  }

  /** Where a component's source is; undefined when its entry names none. */
  getComponentSource(componentRef: string): ComponentSource | undefined {
    return this.keeper.board.sourceOf(componentRef);
  }

  /** Refs of the components whose source is in a repository. */
  getComponentsFrom(repository: string): string[] {
    return this.keeper.board.componentsFrom(repository);
  }

  /** What a GitOps repository says; undefined when no environment names it. */
  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined {
    return this.keeper.desired.getRepository(repository, branch);
  }

  /** The deployment behind a cell; undefined when there is none or nobody can tell which. */
  getDeployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined {
    return this.keeper.fresh().deployment(componentRef, environmentRef);
  }

  /** Every Argo CD application that the sources know. */
  listApplications(): ListedDeployment[] {
    return this.options.deploymentSources
      .filter(s => s.runtime === 'eks')
      .flatMap(s => {
        const { deployments, state, observedAt, message } = s.getSnapshot();
        if (state === 'live') return deployments;
        const condition = { state, observedAt, message };
        return deployments.map(deployment => ({ ...deployment, condition }));
      });
  }

  /**
   * The labels that would say what a deployment stands for, also where an
   * annotation decided that; by `deploymentId`.
   */
  getImpliedLabels(): Map<string, Record<string, string>> {
    const board = this.keeper.fresh();
    const names = new Map(board.environments.map(e => [e.ref, e.shortName]));
    const labels = new Map<string, Record<string, string>>();
    for (const { component, deployments } of board.standing) {
      for (const [environmentRef, deployment] of deployments) {
        labels.set(deploymentId(deployment), {
          [LABEL_COMPONENT]: component.name,
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
      this.keeper.catalog.view.databases[environmentRef] ??
      this.keeper.catalog.view.databaseAbsence[environmentRef] ??
      'This environment names no database.'
    );
  }

  #row(componentRef: string): DeliveryRow {
    const composed = this.keeper.board.detail(componentRef, this.keeper.now());
    if (!composed) {
      throw new NotFoundError(
        `${componentRef} is not delivered by Fairway: the catalog has no such component, or it runs in no environment`,
      );
    }
    return composed.row;
  }
}
