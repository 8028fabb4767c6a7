import { Approval, Promotion, PromotionPlan } from '../types';

export const DIGEST_A = `sha256:${'a'.repeat(64)}`;
export const DIGEST_B = `sha256:${'b'.repeat(64)}`;
export const AT = '2026-03-01T10:00:00.000Z';
export const PLAN_DIGEST = 'plan-1';

export function aPlan(overrides: Partial<PromotionPlan> = {}): PromotionPlan {
  return {
    repository: 'sample/gitops',
    branch: 'main',
    files: [
      {
        path: 'gitops/overlays/prod/sample-backend/kustomization.yaml',
        blobBefore: '1'.repeat(40),
        blobAfter: '2'.repeat(40),
        line: 7,
        before: `    newTag: 1.8.0@${DIGEST_B}`,
        after: `    newTag: 1.8.2@${DIGEST_A}`,
      },
    ],
    release: { image: 'registry/sample', version: '1.8.2', digest: DIGEST_A },
    planDigest: PLAN_DIGEST,
    baseCommit: '3'.repeat(40),
    ...overrides,
  };
}

export function anApproval(overrides: Partial<Approval> = {}): Approval {
  return {
    actor: 'user:default/lead',
    verdict: 'approve',
    comment: 'Looks right',
    planDigest: PLAN_DIGEST,
    groups: ['group:default/leads'],
    at: AT,
    ...overrides,
  };
}

/** A gated promotion that waits for one approval, unless told otherwise. */
export function aPromotion(overrides: Partial<Promotion> = {}): Promotion {
  return {
    id: '01K0000000000000000000000A',
    kind: 'promote',
    componentRef: 'component:default/sample-backend',
    fromEnvironmentRef: 'environment:default/sample-uat',
    toEnvironmentRef: 'environment:default/sample-prod',
    requestedBy: 'user:default/developer',
    reason: 'Release 1.8.2',
    state: 'WAITING',
    version: 3,
    plan: aPlan(),
    policy: {
      minApprovals: 1,
      approverGroups: ['group:default/leads'],
      excludeRequester: true,
    },
    approvals: [],
    createdAt: AT,
    updatedAt: AT,
    expiresAt: '2026-03-04T10:00:00.000Z',
    ...overrides,
  };
}
