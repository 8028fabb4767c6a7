import { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';

/** A good gated environment on EKS; `spec` replaces fields, `undefined` removes them. */
export function anEnvironment(
  overrides: { name?: string; spec?: Record<string, unknown> } = {},
): Entity {
  const spec: Record<string, unknown> = {
    shortName: 'prod',
    tier: 'prod',
    promotionOrder: 30,
    lifecycle: 'active',
    owner: 'group:shop',
    system: 'shop',
    runtime: 'eks',
    awsAccountId: '012345678901',
    regions: [
      { name: 'ap-southeast-2', role: 'primary' },
      { name: 'ap-southeast-4', role: 'secondary' },
    ],
    availability: 'regional-and-az-failover',
    cluster: 'resource:shop-prod',
    namespace: 'shop',
    database: 'resource:shop-prod-db',
    delivery: {
      policy: 'gated',
      minApprovals: 1,
      approvers: ['group:shop-leads'],
    },
    routing: 'latency-health-checked',
    planCostPerMonth: { amount: '4400.00', currency: 'USD' },
    gitops: { repository: 'shop/shop', branch: 'main', path: 'gitops' },
    dependsOn: ['resource:shop-prod-vpc'],
    ...overrides.spec,
  };
  return {
    apiVersion: 'fairway.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: overrides.name ?? 'shop-prod' },
    spec: JSON.parse(JSON.stringify(spec)) as JsonObject,
  };
}
