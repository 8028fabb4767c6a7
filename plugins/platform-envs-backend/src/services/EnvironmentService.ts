import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  compareDeliveryStates,
  ComponentDelivery,
  DeliveryCell,
  EnvironmentDetail,
  EnvironmentSummary,
  Overview,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
  GitHost,
  ReplicatedDatabase,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapshotStore } from '../database/SnapshotStore';
import { CatalogFeed } from './CatalogFeed';
import { Board, cellKey } from './board';
import { composeBoard } from './composeBoard';
import { deliveryHistory } from './deliveryHistory';
import { DesiredFile, DesiredState, RepositoryState } from './DesiredState';
import { LinkTemplate } from './links';
import {
  savedCatalog,
  savedDeployments,
  savedRepositories,
  savedRevision,
} from './savedSnapshot';

/** @public */
export interface EnvironmentServiceOptions {
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  gitHost?: GitHost;
  deploymentSources: DeploymentSource[];
  linkTemplates: LinkTemplate[];
  store: SnapshotStore;
  now?: () => Date;
}

/** A board as it was composed at one moment. */
interface Rendered {
  board: Board;
  revision: string;
  /** Changes with anything that a reader would see, the age of a state included. */
  etag: string;
  at: Date;
  /** The whole overview as JSON, once somebody asked for it. */
  body?: string;
}

/** Sentences tell ages in minutes, so a board older than that is composed again. */
const RENDER_EVERY_MS = 60_000;

/** Changes that come together are composed together. */
const COMPOSE_DELAY_MS = 50;

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * What stands in which environment: the catalog's word on what should exist,
 * Git's on what should run, Argo CD's on what does run.
 *
 * Reading never calls upstream. The catalog is read every 30 s, the GitOps
 * repositories are polled, deployment sources feed themselves; the result is
 * saved every 30 s and loaded at start, marked stale until they answer.
 */
export class EnvironmentService {
  readonly #options: EnvironmentServiceOptions;
  readonly #now: () => Date;
  readonly #catalog: CatalogFeed;
  readonly #desired: DesiredState;
  readonly #listeners = new Set<(revision: string) => void>();
  #revision = 0;
  #fingerprint = '';
  #rendered?: Rendered;
  #composeTimer?: NodeJS.Timeout;
  #savedRevision = -1;
  #stopped = false;

  constructor(options: EnvironmentServiceOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#catalog = new CatalogFeed({
      catalog: options.catalog,
      auth: options.auth,
      logger: options.logger,
      now: this.#now,
      onRead: () => this.#catalogRead(),
    });
    this.#desired = new DesiredState({
      gitHost: options.gitHost,
      logger: options.logger,
      now: this.#now,
      onChange: () => this.#changed(),
    });
  }

  /** Loads what was known before; nobody is asked yet. */
  async load(): Promise<void> {
    await this.#load();
    this.#compose();
  }

  /** Lets the sources feed. */
  start(): void {
    for (const source of this.#options.deploymentSources) {
      source.onChange(() => this.#changed());
      source.start();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#composeTimer);
    this.#listeners.clear();
    await Promise.all(this.#options.deploymentSources.map(s => s.stop()));
    await this.save();
  }

  /** Reads the catalog. Never throws; one reading at a time. */
  refreshCatalog(): Promise<void> {
    return this.#catalog.refresh();
  }

  /** Reads the catalog again, unless that was just done, when it does not know an environment yet. */
  async ensureEnvironment(environmentRef: string): Promise<void> {
    if (this.getEnvironments().some(e => e.ref === environmentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Reads the catalog again, unless that was just done, when it does not know a component yet. */
  async ensureComponent(componentRef: string): Promise<void> {
    const { rows } = this.#current().board;
    if (rows.some(r => r.component.ref === componentRef)) return;
    await this.#refreshCatalogOnDemand();
  }

  /** Looks at all GitOps repositories. Never throws. */
  async pollDesiredState(): Promise<void> {
    await this.#desired.poll();
  }

  /** Looks at one GitOps repository now, as after a commit of ours. Never throws. */
  async refreshDesiredState(repository: string, branch: string): Promise<void> {
    await this.#desired.refresh(repository, branch);
    this.#compose();
  }

  /** Saves what is known, if it changed since the last time. */
  async save(): Promise<void> {
    if (this.#revision === this.#savedRevision) return;
    const revision = this.#revision;
    try {
      await this.#options.store.save('revision', revision);
      await this.#options.store.save('catalog', this.#catalog.view);
      await this.#options.store.save(
        'desired',
        this.#desired.getRepositories(),
      );
      for (const source of this.#options.deploymentSources) {
        const { deployments, observedAt } = source.getSnapshot();
        await this.#options.store.save(`deployments:${source.instance}`, {
          deployments,
          observedAt,
        });
      }
      this.#savedRevision = revision;
    } catch (error) {
      this.#options.logger.warn('The snapshot of the board was not saved', {
        reason: String(error),
      });
    }
  }

  /** Calls back with the new revision after each visible change. Returns the way to stop that. */
  onRevision(listener: (revision: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getRevision(): string {
    return this.#current().revision;
  }

  /** Changes with anything a reader of the board would see. */
  getEtag(): string {
    return this.#current().etag;
  }

  getOverview(): Overview {
    const { board, revision, at } = this.#current();
    return {
      revision,
      generatedAt: at.toISOString(),
      sources: board.sources,
      environments: board.environments,
      rows: board.rows,
    };
  }

  /** The whole overview as JSON text, made once for all who ask. */
  getOverviewJson(): string {
    const rendered = this.#current();
    rendered.body ??= JSON.stringify(this.getOverview());
    return rendered.body;
  }

  getEnvironments(): EnvironmentSummary[] {
    return this.#current().board.environments;
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
  getEnvironmentDetail(environmentRef: string): EnvironmentDetail {
    const environment = this.getEnvironment(environmentRef);
    const { board } = this.#current();
    const rows = board.rows.flatMap(({ component, cells }) =>
      cells
        .filter(cell => cell.environmentRef === environmentRef)
        .map(cell => ({ component, cell })),
    );
    const names = new Map(
      board.rows.map(r => [r.component.ref, r.component.name]),
    );
    return {
      environment,
      sources: board.sources,
      rows: rows.sort((a, b) =>
        compareDeliveryStates(a.cell.state, b.cell.state),
      ),
      findings: board.findings
        .filter(f => f.environmentRef === environmentRef)
        .map(f =>
          f.componentRef
            ? `${names.get(f.componentRef) ?? f.componentRef}: ${f.text}`
            : f.text,
        ),
    };
  }

  /** @throws NotFoundError - the component is on no board. */
  getRow(componentRef: string): OverviewRow {
    const row = this.#current().board.rows.find(
      r => r.component.ref === componentRef,
    );
    if (!row) {
      throw new NotFoundError(
        `${componentRef} is not delivered by Fairway: the catalog has no such component, or it runs in no environment`,
      );
    }
    return row;
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
    const file = this.#current().board.files.get(
      cellKey(componentRef, environmentRef),
    );
    if (!file) {
      throw new NotFoundError(
        `${environmentRef} does not say where its desired state is kept (spec.gitops)`,
      );
    }
    return file;
  }

  /** What a GitOps repository says; undefined when no environment names it. */
  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined {
    return this.#desired.getRepository(repository, branch);
  }

  /** The deployment behind a cell; undefined when there is none or nobody can tell which. */
  getDeployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined {
    return this.#current().board.deployments.get(
      cellKey(componentRef, environmentRef),
    );
  }

  /** Every Argo CD application that the sources know. */
  listApplications(): Deployment[] {
    return this.#options.deploymentSources
      .filter(s => s.runtime === 'eks')
      .flatMap(s => s.getSnapshot().deployments);
  }

  /** The replicated database of an environment, or why there is none. */
  getDatabase(environmentRef: string): ReplicatedDatabase | string {
    this.getEnvironment(environmentRef);
    return (
      this.#catalog.view.databases[environmentRef] ??
      this.#catalog.view.databaseAbsence[environmentRef] ??
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
        const key = cellKey(componentRef, environmentRef);
        const { deployments, files } = this.#current().board;
        const file = files.get(key);
        if (!file) return [];
        return (deployments.get(key)?.history ?? []).flatMap(({ revision }) =>
          revision && COMMIT.test(revision)
            ? [this.#desired.releaseAt(file, revision)]
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
    const row = this.getRow(componentRef);
    const { board, revision } = this.#current();
    const refs = new Set(row.cells.map(c => c.environmentRef));
    return {
      revision,
      environments: board.environments.filter(e => refs.has(e.ref)),
      row,
      sources: board.sources,
      history: row.cells
        .flatMap(cell => this.#history(cell, row))
        .sort((a, b) => b.at.localeCompare(a.at)),
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
    const { source, name } = this.#operable(componentRef, environmentRef);
    const deployment = await source.refresh(name);
    this.#compose();
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
    const { source, name } = this.#operable(componentRef, environmentRef);
    const deployment = await source.sync(name, options);
    this.#compose();
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

  #history(cell: DeliveryCell, row: OverviewRow): ComponentDelivery['history'] {
    const key = cellKey(cell.componentRef, cell.environmentRef);
    const { deployments, files } = this.#current().board;
    const deployment = deployments.get(key);
    const file = files.get(key);
    if (!deployment?.history) return [];
    const source = this.#source(deployment.instance);
    return deliveryHistory(cell, deployment, {
      row,
      metadataOf: revision =>
        source.peekRevisionMetadata(deployment.name, revision),
      releaseAt: revision =>
        file && this.#desired.peekReleaseAt(file, revision),
    });
  }

  #operable(
    componentRef: string,
    environmentRef: string,
  ): { source: DeploymentSource; name: string } {
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

  async #refreshCatalogOnDemand(): Promise<void> {
    if (await this.#catalog.refreshOnDemand()) this.#compose();
  }

  #catalogRead(): void {
    if (this.#catalog.source.state === 'live') {
      this.#tellEnvironments();
      const unread = this.#desired
        .getRepositories()
        .some(r => !r.head && r.state === 'stale');
      if (unread) void this.#desired.poll();
    }
    this.#changed();
  }

  #tellEnvironments(): void {
    const { environments } = this.#catalog.view;
    this.#desired.setEnvironments(environments);
    for (const source of this.#options.deploymentSources) {
      source.follow?.(environments);
    }
  }

  async #load(): Promise<void> {
    const { store, deploymentSources } = this.#options;
    this.#revision = (await store.load('revision', savedRevision)) ?? 0;
    this.#savedRevision = this.#revision;
    const catalog = await store.load('catalog', savedCatalog);
    if (catalog) {
      this.#catalog.restore(catalog);
      this.#tellEnvironments();
    }
    const desired = await store.load('desired', savedRepositories);
    if (desired) this.#desired.restore(desired);
    for (const source of deploymentSources) {
      const saved = await store.load(
        `deployments:${source.instance}`,
        savedDeployments,
      );
      if (saved) source.restore({ ...saved, state: 'stale' });
    }
  }

  #changed(): void {
    if (this.#stopped) return;
    this.#composeTimer ??= setTimeout(() => this.#compose(), COMPOSE_DELAY_MS);
  }

  #current(): Rendered {
    const rendered = this.#rendered;
    const age = rendered && this.#now().getTime() - rendered.at.getTime();
    if (rendered && age! < RENDER_EVERY_MS) return rendered;
    return this.#compose();
  }

  #compose(): Rendered {
    clearTimeout(this.#composeTimer);
    this.#composeTimer = undefined;
    const at = this.#now();
    const board = composeBoard({
      catalog: this.#catalog.view,
      catalogSource: this.#catalog.source,
      repositories: this.#desired.getRepositories(),
      deploymentSources: this.#options.deploymentSources.map(s => ({
        instance: s.instance,
        title: s.title,
        runtime: s.runtime,
        snapshot: s.getSnapshot(),
      })),
      gitHost: this.#options.gitHost,
      linkTemplates: this.#options.linkTemplates,
      now: at,
    });
    const fingerprint = fingerprintOf(board);
    const changed = fingerprint !== this.#fingerprint;
    if (changed) {
      this.#fingerprint = fingerprint;
      this.#revision++;
    }
    const revision = String(this.#revision);
    this.#rendered = {
      board,
      revision,
      at,
      etag: hash(
        JSON.stringify([board.sources, board.environments, board.rows]),
      ),
    };
    if (changed) {
      for (const listener of this.#listeners) listener(revision);
    }
    return this.#rendered;
  }
}

/** Of all that a person would call a change; the passing of time is none. */
function fingerprintOf(board: Board): string {
  const passing = new Set(['observedAt', 'sentence']);
  return hash(
    JSON.stringify(
      [board.sources, board.environments, board.rows, board.findings],
      (key, value) => (passing.has(key) ? undefined : value),
    ),
  );
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('base64url');
}
