import { ComparedResource, isOutOfSync } from './compare';
import { hasSyncOption } from './hooks';
import { hasSeveralSources, revisionsOf } from './sources';
import { Application, Operation, isAutomated } from './types';

/** Self-heal does not try the same revision again before this has passed, ms. */
export const SELF_HEAL_MS = 5_000;

/** What automated sync does about an application. */
export type AutoSyncDecision =
  /** Nothing is to be done. */
  | { kind: 'rest' }
  | { kind: 'start'; operation: Operation }
  /** Look again when self-heal may try again. */
  | { kind: 'later' }
  /** The last attempt at this revision failed; it is not repeated. */
  | { kind: 'gaveUp'; message: string };

/**
 * Decides as Argo CD's controller does: one attempt for each revision, more
 * only under self-heal; nothing when only pruning is left and pruning is off.
 *
 * @param allowed - Whether sync windows let automated syncs through.
 * @param speed - Divides the pause of self-heal.
 */
export function decideAutoSync(
  { spec, status, operation }: Application,
  compared: ComparedResource[],
  options: { allowed: boolean; now: Date; speed: number },
): AutoSyncDecision {
  if (
    status.sync.status !== 'OutOfSync' ||
    !isAutomated(spec) ||
    operation ||
    !options.allowed
  ) {
    return { kind: 'rest' };
  }
  const { prune, selfHeal } = spec.syncPolicy!.automated!;
  const needed = compared.filter(isOutOfSync);
  if (
    needed.every(
      r => !r.target && (!prune || hasSyncOption(r.applied, 'Prune=false')),
    )
  ) {
    return { kind: 'rest' };
  }
  const several = hasSeveralSources(spec);
  const last = status.operationState;
  const wanted = revisionsOf(status.sync);
  if (
    last?.finishedAt &&
    String(revisionsOf(last.operation.sync ?? {})) === String(wanted) &&
    (several
      ? JSON.stringify(last.syncResult?.sources) ===
        JSON.stringify(spec.sources)
      : JSON.stringify(last.syncResult?.source) === JSON.stringify(spec.source))
  ) {
    if (last.phase !== 'Succeeded') {
      return {
        kind: 'gaveUp',
        message: `Failed last sync attempt to ${wanted
          .map(r => `[${r}]`)
          .join('')}: ${last.message}`,
      };
    }
    if (!selfHeal) {
      return { kind: 'rest' };
    }
    const passed = options.now.getTime() - Date.parse(last.finishedAt);
    if (passed < SELF_HEAL_MS / options.speed) {
      return { kind: 'later' };
    }
  }
  return {
    kind: 'start',
    operation: {
      sync: {
        ...(several
          ? { revisions: wanted, sources: spec.sources }
          : { revision: wanted[0] }),
        ...(prune ? { prune } : {}),
        ...(spec.syncPolicy?.syncOptions
          ? { syncOptions: spec.syncPolicy.syncOptions }
          : {}),
      },
      initiatedBy: { automated: true },
      retry: spec.syncPolicy?.retry ?? { limit: 5 },
    },
  };
}
