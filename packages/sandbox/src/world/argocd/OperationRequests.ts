import { ApplicationController } from './ApplicationController';
import { ApplicationReader } from './ApplicationReader';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError, permissionDenied } from './ArgocdError';
import { hasSeveralSources, sourcesOf } from './sources';
import {
  Application,
  Operation,
  OperationInitiator,
  RetryStrategy,
  SyncOperation,
  isAutomated,
} from './types';

/** What a person asks a sync for. */
export interface SyncRequest
  extends Pick<
    SyncOperation,
    | 'revision'
    | 'revisions'
    | 'prune'
    | 'dryRun'
    | 'resources'
    | 'syncStrategy'
    | 'syncOptions'
  > {
  /** With several sources: which of them `revisions` are for, counted from 1. */
  sourcePositions?: number[];
  info?: Operation['info'];
  retry?: RetryStrategy;
}

/** The operations that people ask for, refused where Argo CD refuses them. */
export class OperationRequests {
  constructor(
    private readonly store: ApplicationStore,
    private readonly reader: ApplicationReader,
    private readonly controller: ApplicationController,
  ) {}

  /**
   * Asks for a sync, as `POST /applications/{name}/sync` does.
   *
   * @throws ArgocdError - an operation is running, a revision is unknown, a
   *   sync window forbids it, or automated sync follows another revision.
   */
  async sync(
    name: string,
    request: SyncRequest,
    initiatedBy: OperationInitiator,
  ): Promise<Application> {
    const application = this.existing(name);
    const { spec } = application;
    if (!this.controller.windows(application).canSyncManually) {
      throw new ArgocdError(
        'PermissionDenied',
        'cannot sync: blocked by sync window',
      );
    }
    const several = hasSeveralSources(spec);
    const wanted = wantedRevisions(application, request);
    if (isAutomated(spec) && !request.dryRun) {
      refuseOtherRevisions(application, wanted);
    }
    const revisions = await this.reader.resolveAll(sourcesOf(spec), wanted);
    const { info, retry, sourcePositions, ...sync } = request;
    const syncOptions = request.syncOptions ?? spec.syncPolicy?.syncOptions;
    const strategy = retry ?? spec.syncPolicy?.retry;
    return this.controller.startOperation(application, {
      sync: {
        ...sync,
        ...(syncOptions?.length ? { syncOptions } : {}),
        ...(several
          ? { revisions, sources: spec.sources }
          : { revision: revisions[0], source: spec.source }),
      },
      initiatedBy,
      ...(info?.length ? { info } : {}),
      ...(strategy ? { retry: strategy } : {}),
    });
  }

  /**
   * Syncs to what an earlier deployment was.
   *
   * @throws ArgocdError - under automated sync, or no deployment has this id.
   */
  rollback(
    name: string,
    request: { id: number; prune?: boolean; dryRun?: boolean },
    initiatedBy: OperationInitiator,
  ): Application {
    const application = this.existing(name);
    const { spec, status, metadata } = application;
    if (isAutomated(spec)) {
      throw new ArgocdError(
        'FailedPrecondition',
        'rollback cannot be initiated when auto-sync is enabled',
      );
    }
    const entry = status.history?.find(h => h.id === request.id);
    if (!entry) {
      throw new ArgocdError(
        'InvalidArgument',
        `application ${metadata.namespace}/${name} does not have deployment with id ${request.id}`,
      );
    }
    const syncOptions = spec.syncPolicy?.syncOptions;
    return this.controller.startOperation(
      application,
      {
        sync: {
          ...(entry.revisions
            ? { revisions: entry.revisions, sources: entry.sources }
            : { revision: entry.revision, source: entry.source }),
          ...(request.prune ? { prune: true } : {}),
          ...(request.dryRun ? { dryRun: true } : {}),
          ...(syncOptions?.length ? { syncOptions } : {}),
          syncStrategy: { apply: {} },
        },
        initiatedBy,
      },
      `rollback to ${request.id}`,
    );
  }

  /** @throws ArgocdError - nothing runs. */
  terminate(name: string): void {
    const application = this.existing(name);
    if (!application.operation || !application.status.operationState) {
      throw new ArgocdError(
        'InvalidArgument',
        'Unable to terminate operation. No operation is in progress',
      );
    }
    this.controller.terminate(application);
  }

  private existing(name: string): Application {
    const application = this.store.get(name);
    if (!application) {
      throw permissionDenied();
    }
    return application;
  }
}

/** What is asked for of each source; undefined where nothing is. */
function wantedRevisions(
  { spec }: Application,
  request: SyncRequest,
): Array<string | undefined> {
  if (!hasSeveralSources(spec)) {
    return [request.revision || undefined];
  }
  const wanted: Array<string | undefined> = sourcesOf(spec).map(
    () => undefined,
  );
  (request.sourcePositions ?? []).forEach((position, index) => {
    if (!(position > 0 && position <= wanted.length)) {
      throw new ArgocdError('Unknown', 'source position is out of range');
    }
    wanted[position - 1] = request.revisions?.[index] || undefined;
  });
  return wanted;
}

function refuseOtherRevisions(
  { spec }: Application,
  wanted: Array<string | undefined>,
) {
  sourcesOf(spec).forEach(({ targetRevision, repoURL }, index) => {
    const revision = wanted[index];
    const tracked = targetRevision || 'HEAD';
    if (revision && revision !== tracked) {
      throw new ArgocdError(
        'FailedPrecondition',
        hasSeveralSources(spec)
          ? `Cannot sync source ${repoURL} to ${revision}: auto-sync currently set to ${tracked}`
          : `Cannot sync to ${revision}: auto-sync currently set to ${tracked}`,
      );
    }
  });
}
