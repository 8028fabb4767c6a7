import { ComparedResource } from './compare';
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
  const needed = compared.filter(r => r.status === 'OutOfSync');
  if (!prune && needed.every(r => !r.target)) {
    return { kind: 'rest' };
  }
  const last = status.operationState;
  if (
    last?.finishedAt &&
    last.operation.sync?.revision === status.sync.revision &&
    JSON.stringify(last.syncResult?.source) === JSON.stringify(spec.source)
  ) {
    if (last.phase !== 'Succeeded') {
      return {
        kind: 'gaveUp',
        message: `Failed last sync attempt to [${status.sync.revision}]: ${last.message}`,
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
        revision: status.sync.revision,
        ...(prune ? { prune } : {}),
      },
      initiatedBy: { automated: true },
      retry: { limit: 5 },
    },
  };
}
