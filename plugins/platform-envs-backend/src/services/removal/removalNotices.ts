import { parseEntityRef } from '@backstage/catalog-model';
import { Removal } from '@fairway/plugin-platform-envs-common';
import { RemovalNotice } from '../../database/RemovalStore';

/** Tells those who may agree that their decision is asked for: once for each plan. */
export function askApprovers(removal: Removal): RemovalNotice[] {
  if (removal.state !== 'WAITING') return [];
  return [
    {
      key: `approvers:${removal.planDigest}`,
      recipients: removal.policy.approverGroups,
      title: `Approve the removal of ${nameOf(removal.componentRef)}?`,
      description: `${nameOf(removal.requestedBy)} asks: ${removal.reason}`,
      link: `/removals/${removal.id}`,
      severity: 'high',
    },
  ];
}

const OUTCOMES: Partial<Record<Removal['state'], string>> = {
  APPROVED: 'may be removed: retry the run, unless it still waits',
  REJECTED: 'may not be removed',
  DONE: 'is removed',
};

/** Tells the requester what became of it. */
export function tellRequester(
  removal: Removal,
  message: string,
): RemovalNotice[] {
  const outcome = OUTCOMES[removal.state];
  if (!outcome) return [];
  const runs = removal.state === 'APPROVED' && removal.taskId;
  return [
    {
      key: `requester:${removal.state}:${removal.planDigest}`,
      recipients: [removal.requestedBy],
      title: `${nameOf(removal.componentRef)} ${outcome}`,
      description: message,
      link: runs
        ? `/create/tasks/${removal.taskId}`
        : `/removals/${removal.id}`,
      severity: removal.state === 'REJECTED' ? 'high' : 'normal',
    },
  ];
}

function nameOf(ref: string): string {
  return parseEntityRef(ref).name;
}
