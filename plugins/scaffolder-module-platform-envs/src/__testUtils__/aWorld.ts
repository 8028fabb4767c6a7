import { Entity } from '@backstage/catalog-model';

/** A System of type platform that lacks nothing. */
export function aPlatform(name: string, title: string, owner: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: {
      name,
      title,
      annotations: {
        'fairway.dev/github-org': name,
        'fairway.dev/registry-account-id': '111100000000',
        'fairway.dev/registry-region': 'ap-southeast-2',
      },
    },
    spec: { type: 'platform', owner },
  };
}

/** An Environment of a platform. */
export function anEnvironment(
  system: string,
  shortName: string,
  tier: string,
  promotionOrder: number,
  spec: object = {},
): Entity {
  return {
    apiVersion: 'fairway.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: `${system}-${shortName}` },
    spec: {
      shortName,
      tier,
      promotionOrder,
      lifecycle: 'active',
      owner: 'group:default/web',
      system,
      runtime: 'eks',
      awsAccountId: '111100000001',
      regions: [{ name: 'ap-southeast-2', role: 'primary' }],
      availability: 'single-az',
      delivery: { policy: 'auto' },
      routing: 'simple',
      ...spec,
    },
  };
}

/** A Group with a name for people. */
export function aGroup(name: string, displayName: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name },
    spec: { type: 'team', children: [], profile: { displayName } },
  };
}

/** A Component of a group, in a system, as the catalog has put it together. */
export function aService(
  name: string,
  owner: string,
  system: string,
  title?: string,
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', ...(title && { title }) },
    spec: { type: 'service', lifecycle: 'production', owner, system },
    relations: [
      { type: 'ownedBy', targetRef: `group:default/${owner}` },
      { type: 'partOf', targetRef: `system:default/${system}` },
    ],
  };
}

/**
 * Two platforms with environments, `web` of the group `web` on EKS and `data`
 * of the group `data` on ECS; and `bare`, of `web`, without any.
 */
export const WORLD: Entity[] = [
  aGroup('web', 'Web'),
  aGroup('web-leads', 'Web leads'),
  aGroup('data', 'Data'),
  aPlatform('web', 'Web platform', 'group:default/web'),
  aPlatform('data', 'Data platform', 'data'),
  aPlatform('bare', 'Bare platform', 'web'),
  anEnvironment('web', 'prod', 'prod', 30, {
    delivery: { policy: 'gated' },
    regions: [
      { name: 'ap-southeast-4', role: 'secondary' },
      { name: 'ap-southeast-2', role: 'primary' },
    ],
  }),
  anEnvironment('web', 'uat', 'uat', 20, { delivery: { policy: 'manual' } }),
  anEnvironment('web', 'dev', 'dev', 10),
  anEnvironment('web', 'old', 'dev', 5, { lifecycle: 'retired' }),
  anEnvironment('data', 'dev', 'dev', 10, { runtime: 'ecs' }),
  anEnvironment('data', 'live', 'prod', 20, { runtime: 'ecs' }),
];
