import { NotFoundError } from '@backstage/errors';
import {
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  RevisionMetadata,
} from '../ports/DeploymentSource';

/**
 * A deployment source in memory. Tests set what upstream says and read which
 * calls were made.
 *
 * @public
 */
export class FakeDeploymentSource implements DeploymentSource {
  readonly title: string;
  readonly runtime = 'eks';
  /** Every `refresh` and `sync`, in order. */
  readonly calls: Array<{
    method: 'refresh' | 'sync';
    name: string;
    revision?: string;
  }> = [];
  /** Answers of `getRevisionMetadata`, by revision. */
  readonly metadata = new Map<string, RevisionMetadata>();
  /** Thrown by the next `refresh` or `sync`. */
  failNext?: Error;
  started = false;

  #snapshot: DeploymentSnapshot = {
    state: 'stale',
    message: 'Has not answered yet',
    deployments: [],
  };
  readonly #listeners = new Set<() => void>();

  constructor(readonly instance: string = 'main') {
    this.title = `Argo CD ${instance}`;
  }

  /** Replaces what is known, as a new list from upstream would. */
  set(
    deployments: Deployment[],
    state: Omit<DeploymentSnapshot, 'deployments'> = {
      state: 'live',
      observedAt: '2026-01-01T00:00:00.000Z',
    },
  ): void {
    this.#snapshot = { ...state, deployments };
    for (const listener of this.#listeners) listener();
  }

  start(): void {
    this.started = true;
  }

  async stop(): Promise<void> {
    this.started = false;
  }

  getSnapshot(): DeploymentSnapshot {
    return this.#snapshot;
  }

  restore(snapshot: DeploymentSnapshot): void {
    this.#snapshot = { ...snapshot, state: 'stale' };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(name: string): Promise<Deployment> {
    this.calls.push({ method: 'refresh', name });
    return this.#answer(name);
  }

  async sync(
    name: string,
    options?: { revision?: string },
  ): Promise<Deployment> {
    this.calls.push({ method: 'sync', name, revision: options?.revision });
    return this.#answer(name);
  }

  async getRevisionMetadata(
    _name: string,
    revision: string,
  ): Promise<RevisionMetadata> {
    const found = this.metadata.get(revision);
    if (!found) throw new NotFoundError(`No revision ${revision}`);
    return found;
  }

  peekRevisionMetadata(
    _name: string,
    revision: string,
  ): RevisionMetadata | undefined {
    return this.metadata.get(revision);
  }

  #answer(name: string): Deployment {
    const error = this.failNext;
    this.failNext = undefined;
    if (error) throw error;
    const found = this.#snapshot.deployments.find(d => d.name === name);
    if (!found) throw new NotFoundError(`No application ${name}`);
    return found;
  }
}

/** A healthy deployment to be changed at will. @public */
export function aDeployment(overrides: Partial<Deployment> = {}): Deployment {
  return {
    instance: 'main',
    name: 'backend-dev',
    namespace: 'argocd',
    labels: {},
    automated: false,
    sync: 'Synced',
    health: 'Healthy',
    images: [],
    resources: [],
    conditions: [],
    history: [],
    ...overrides,
  };
}
