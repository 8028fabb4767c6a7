import {
  AvailableAction,
  Removal,
  RemovalDetail,
  removalQuorum,
} from '@fairway/plugin-platform-envs-common';
import { minutesAgo } from './firstDeliveryBuilders';

/** A removal that waits for a lead, asked for by somebody else. */
export function aRemoval(changes: Partial<Removal> = {}): Removal {
  return {
    id: '01KJM0000000000000000000RM',
    componentRef: 'component:default/greeter',
    systemRef: 'system:default/sample-platform-ai',
    requestedBy: 'user:default/developer',
    reason: 'Replaced by the order service',
    taskId: 't1',
    state: 'WAITING',
    planDigest: 'd'.repeat(64),
    plan: {
      things: [
        {
          kind: 'file',
          name: 'gitops/overlays/prod/greeter/kustomization.yaml',
          where: 'org/gitops@main',
          change: 'remove',
          environment: 'prod',
        },
        {
          kind: 'awsResource',
          name: 'greeter',
          where: '1/eu-west-1',
          change: 'keep',
          note: '3 images stay.',
        },
        {
          kind: 'repository',
          name: 'org/greeter',
          where: 'git.example.com',
          change: 'update',
          note: 'It is archived, not deleted.',
          url: 'http://git.example.com/org/greeter',
        },
      ],
      foreign: [],
      keepImages: true,
      dependents: [],
      despiteDependents: false,
      places: [
        {
          environmentRef: 'environment:default/sample-platform-ai-prod',
          environmentName: 'prod',
          version: '1.2.3',
          sentence: 'Runs 1.2.3.',
          needsApproval: true,
        },
      ],
      openPromotions: [],
    },
    policy: {
      minApprovals: 1,
      approverGroups: ['group:default/leads'],
      excludeRequester: true,
      environmentRefs: ['environment:default/sample-platform-ai-prod'],
      reasons: ['It is in prod (prod).'],
    },
    approvals: [],
    steps: [],
    createdAt: minutesAgo(5),
    updatedAt: minutesAgo(5),
    ...changes,
  };
}

/** The same as the server tells it, with what the viewer may do. */
export function aRemovalDetail(
  changes: Partial<Removal> = {},
  refusal?: string,
): RemovalDetail {
  const removal = aRemoval(changes);
  const action = (name: AvailableAction['action']): AvailableAction =>
    refusal
      ? { action: name, allowed: false, reason: refusal }
      : { action: name, allowed: true };
  return {
    removal,
    quorum: removalQuorum(removal),
    availableActions: [action('approve'), action('reject')],
    events: [
      {
        sequence: 1,
        at: removal.createdAt,
        actor: removal.requestedBy,
        event: 'requested',
        toState: 'WAITING',
        message: removal.reason,
      },
    ],
  };
}
