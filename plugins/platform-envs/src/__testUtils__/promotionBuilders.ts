import {
  Promotion,
  PromotionDetail,
  PromotionPlan,
  PromotionPlanPreview,
} from '@fairway/plugin-platform-envs-common';
import { aDigest, aRelease, AT, minutesBefore } from './builders';

export function aPlan(overrides: Partial<PromotionPlan> = {}): PromotionPlan {
  const current = aRelease('sample-backend', '1.8.0');
  const release = aRelease('sample-backend', '1.8.2');
  return {
    repository: 'sample-platform-ai/sample-platform-ai',
    branch: 'main',
    files: [
      {
        path: 'gitops/overlays/prod/sample-backend/kustomization.yaml',
        blobBefore: 'a1',
        blobAfter: 'b2',
        line: 7,
        before: `    newTag: 1.8.0@${current.digest}`,
        after: `    newTag: 1.8.2@${release.digest}`,
      },
    ],
    current,
    release,
    planDigest: aDigest('plan'),
    baseCommit: '4f2a9c1d0e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c',
    ...overrides,
  };
}

export function aPromotion(overrides: Partial<Promotion> = {}): Promotion {
  return {
    id: '01JD0000000000000000000001',
    kind: 'promote',
    componentRef: 'component:default/sample-backend',
    fromEnvironmentRef: 'environment:default/sample-platform-ai-uat',
    toEnvironmentRef: 'environment:default/sample-platform-ai-prod',
    requestedBy: 'user:default/sample-platform-developer',
    reason: 'Fixes the timeout of large uploads',
    state: 'WAITING',
    version: 2,
    plan: aPlan(),
    policy: {
      minApprovals: 1,
      approverGroups: ['group:default/sample-platform-ai-leads'],
      excludeRequester: true,
    },
    approvals: [],
    createdAt: minutesBefore(20),
    updatedAt: minutesBefore(20),
    expiresAt: '2026-11-24T10:00:00.000Z',
    ...overrides,
  };
}

export const GATES: PromotionDetail['gates'] = [
  {
    id: 'source-healthy',
    title: 'uat is healthy',
    state: 'passing',
    message: '1.8.2 runs healthy in uat for 26 h',
    observedAt: AT,
    required: true,
  },
  {
    id: 'rpo-lag',
    title: 'Replication lag',
    state: 'passing',
    message: 'RPO lag 180 ms, limit 1,000 ms',
    observedAt: AT,
    required: true,
  },
  {
    id: 'error-rate',
    title: 'Error rate',
    state: 'unknown',
    message: 'Prometheus is not configured',
    required: false,
  },
];

export function aPromotionDetail(
  overrides: Partial<PromotionDetail> = {},
): PromotionDetail {
  return {
    promotion: aPromotion(),
    gates: GATES,
    quorum: { have: 0, need: 1 },
    eligibleApprovers: ['user:default/sample-platform-lead'],
    availableActions: [
      { action: 'approve', allowed: true },
      { action: 'reject', allowed: true },
      {
        action: 'cancel',
        allowed: false,
        reason: 'Only sample-platform-developer, who asked, can cancel it',
      },
    ],
    events: [
      {
        sequence: 1,
        at: minutesBefore(20),
        actor: 'user:default/sample-platform-developer',
        event: 'request',
        toState: 'PLANNING',
        message: 'Requested: Fixes the timeout of large uploads',
      },
      {
        sequence: 2,
        at: minutesBefore(20),
        actor: 'portal',
        event: 'plan',
        fromState: 'PLANNING',
        toState: 'WAITING',
        message: 'Planned one line in gitops/overlays/prod',
      },
    ],
    ...overrides,
  };
}

export function aPlanPreview(
  overrides: Partial<PromotionPlanPreview> = {},
): PromotionPlanPreview {
  return {
    plan: aPlan(),
    gates: GATES,
    policy: aPromotion().policy,
    ...overrides,
  };
}
