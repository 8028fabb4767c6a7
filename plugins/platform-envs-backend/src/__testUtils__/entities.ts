import { Entity } from '@backstage/catalog-model';

/** The system and its repository that the entities here belong to. */
export const SYSTEM = 'shop';
export const REPOSITORY = 'shop/gitops';
export const BACKEND = 'component:default/backend';
export const DEV = 'environment:default/shop-dev';
export const PROD = 'environment:default/shop-prod';

/** An environment of the system `shop`. */
export function anEnvironment(
  shortName: string,
  spec: Record<string, unknown> = {},
): Entity {
  return {
    apiVersion: 'fairway.dev/v1alpha1',
    kind: 'Environment',
    metadata: {
      name: `${SYSTEM}-${shortName}`,
      namespace: 'default',
      title: `shop ${shortName}`,
    },
    spec: {
      shortName,
      tier: shortName,
      promotionOrder: shortName === 'dev' ? 10 : 30,
      lifecycle: 'active',
      owner: 'group:default/shop',
      system: SYSTEM,
      runtime: 'eks',
      awsAccountId: '111111111111',
      regions: [{ name: 'eu-central-1', role: 'primary' }],
      availability: 'multi-az',
      cluster: 'resource:default/shop-cluster',
      namespace: 'shop',
      delivery: { policy: 'manual' },
      routing: 'simple',
      gitops: { repository: REPOSITORY, branch: 'main', path: 'gitops' },
      ...spec,
    } as never,
  };
}

/** A component of the system `shop`. */
export function aComponent(
  name: string,
  annotations: Record<string, string> = {},
  spec: Record<string, unknown> = {},
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'fairway.dev/environments': 'dev,prod', ...annotations },
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: 'group:default/shop',
      system: SYSTEM,
      ...spec,
    } as never,
  };
}

/** A digest that goes with a version. */
export function digestOf(version: string): string {
  return `sha256:${Buffer.from(version.padEnd(32, '#'))
    .toString('hex')
    .slice(0, 64)}`;
}

/** An overlay as the GitOps repositories keep it. */
export function anOverlay(name: string, version?: string): string {
  const tag = version ? `${version}@${digestOf(version)}` : 'unreleased';
  return [
    'resources:',
    `  - ../../../base/${name}`,
    'images:',
    `  - name: ${name}`,
    `    newName: registry.example.com/${name}`,
    `    newTag: ${tag}`,
    '',
  ].join('\n');
}

/** The image that runs once that overlay is synced. */
export function anImage(name: string, version: string): string {
  return `registry.example.com/${name}:${version}@${digestOf(version)}`;
}
