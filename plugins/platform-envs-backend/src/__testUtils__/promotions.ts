import {
  Approval,
  Promotion,
  PromotionPlan,
} from '@fairway/plugin-platform-envs-common';

export const DIGEST_A = `sha256:${'a'.repeat(64)}`;
export const DIGEST_B = `sha256:${'b'.repeat(64)}`;

export function aPlan(overrides: Partial<PromotionPlan> = {}): PromotionPlan {
  return {
    repository: 'sample/gitops',
    branch: 'main',
    files: [],
    release: { image: 'registry/sample', version: '1.8.2', digest: DIGEST_A },
    planDigest: 'plan-1',
    baseCommit: '3'.repeat(40),
    ...overrides,
  };
}

export function anApproval(overrides: Partial<Approval> = {}): Approval {
  return {
    actor: 'user:default/sample-lead',
    verdict: 'approve',
    comment: 'Looks right',
    planDigest: 'plan-1',
    groups: ['group:default/sample-leads'],
    at: '2026-03-01T10:00:00.000Z',
    ...overrides,
  };
}

/** A gated promotion, as just requested, unless told otherwise. */
export function aPromotion(overrides: Partial<Promotion> = {}): Promotion {
  return {
    id: '01K0000000000000000000000A',
    kind: 'promote',
    componentRef: 'component:default/sample-backend',
    fromEnvironmentRef: 'environment:default/sample-uat',
    toEnvironmentRef: 'environment:default/sample-prod',
    requestedBy: 'user:default/sample-developer',
    reason: 'Release 1.8.2',
    state: 'WAITING',
    version: 1,
    plan: aPlan(),
    policy: {
      minApprovals: 1,
      approverGroups: ['group:default/sample-leads'],
      excludeRequester: true,
    },
    approvals: [],
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.000Z',
    expiresAt: '2099-03-04T10:00:00.000Z',
    ...overrides,
  };
}
