import { anEnvironment } from './__testUtils__/anEnvironment';
import { AWS_REGIONS } from './awsRegions';
import { validateEnvironment } from './validateEnvironment';

const gated = { policy: 'gated', minApprovals: 1, approvers: ['shop-leads'] };

describe('validateEnvironment', () => {
  it('finds nothing wrong with a good environment', () => {
    expect(validateEnvironment(anEnvironment())).toEqual([]);
  });

  it('accepts a local environment without account and region', () => {
    const local = anEnvironment({
      name: 'shop-local',
      spec: {
        shortName: 'local',
        tier: 'local',
        promotionOrder: 0,
        runtime: 'local',
        awsAccountId: undefined,
        regions: [],
        availability: 'single-host',
        cluster: undefined,
        namespace: undefined,
        database: undefined,
        delivery: { policy: 'manual' },
        routing: 'none',
        planCostPerMonth: undefined,
        gitops: undefined,
        dependsOn: undefined,
      },
    });
    expect(validateEnvironment(local)).toEqual([]);
  });

  it('leaves fields that it does not know to others', () => {
    expect(
      validateEnvironment(anEnvironment({ spec: { expiresAt: '2030-01-01' } })),
    ).toEqual([]);
  });

  it('says which version of the kind it knows', () => {
    expect(
      validateEnvironment({
        ...anEnvironment(),
        apiVersion: 'fairway.dev/v2',
      }),
    ).toEqual([
      'apiVersion is "fairway.dev/v2"; it must be "fairway.dev/v1alpha1"',
    ]);
  });

  it('says that spec is missing', () => {
    expect(
      validateEnvironment({ ...anEnvironment(), spec: undefined }),
    ).toEqual([
      'spec is missing; it must be the fields of the environment, such as tier',
    ]);
  });

  it('names every problem at once, in the order of the fields', () => {
    expect(
      validateEnvironment(
        anEnvironment({
          spec: { tier: 'production', owner: undefined, routing: 'random' },
        }),
      ),
    ).toEqual([
      expect.stringMatching(/^spec\.tier /),
      expect.stringMatching(/^spec\.owner /),
      expect.stringMatching(/^spec\.routing /),
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'no short name',
      { shortName: undefined },
      'spec.shortName is missing; it must be the name of the environment within its system in lower-case letters, digits and dashes, such as dev or prod',
    ],
    [
      'a short name in capitals',
      { shortName: 'Prod' },
      'spec.shortName is "Prod"; it must be the name of the environment within its system in lower-case letters, digits and dashes, such as dev or prod',
    ],
    [
      'a name that is not system and short name',
      { shortName: 'uat' },
      'metadata.name is "shop-prod"; it must be the system and the short name, "shop-uat"',
    ],
    [
      'no tier',
      { tier: undefined },
      'spec.tier is missing; it must be one of local, sandbox, dev, uat, staging, prod',
    ],
    [
      'a bad tier',
      { tier: 'production' },
      'spec.tier is "production"; it must be one of local, sandbox, dev, uat, staging, prod',
    ],
    [
      'a negative promotion order',
      { promotionOrder: -1 },
      'spec.promotionOrder is -1; it must be a whole number, 0 or more',
    ],
    [
      'a promotion order with a fraction',
      { promotionOrder: 1.5 },
      'spec.promotionOrder is 1.5; it must be a whole number, 0 or more',
    ],
    [
      'a promotion order in quotes',
      { promotionOrder: '3' },
      'spec.promotionOrder is "3"; it must be a whole number, 0 or more',
    ],
    [
      'a bad lifecycle',
      { lifecycle: 'production' },
      'spec.lifecycle is "production"; it must be one of planned, active, retired',
    ],
    [
      'no owner',
      { owner: undefined },
      'spec.owner is missing; it must be a reference to a group or user, such as group:default/name',
    ],
    [
      'an empty owner',
      { owner: '' },
      'spec.owner is ""; it must be a reference to a group or user, such as group:default/name',
    ],
    [
      'an owner of the wrong kind',
      { owner: 'component:shop' },
      'spec.owner is "component:shop"; it must be a reference to a group or user, such as group:default/name',
    ],
    [
      'no system',
      { system: undefined },
      'spec.system is missing; it must be a reference to a system, such as system:default/name',
    ],
    [
      'a bad runtime',
      { runtime: 'lambda' },
      'spec.runtime is "lambda"; it must be one of eks, ecs, local',
    ],
    [
      'no account on EKS',
      { awsAccountId: undefined },
      'spec.awsAccountId is missing; an environment with runtime eks needs the twelve digits of its AWS account',
    ],
    [
      'no account on ECS',
      { runtime: 'ecs', awsAccountId: undefined },
      'spec.awsAccountId is missing; an environment with runtime ecs needs the twelve digits of its AWS account',
    ],
    [
      'an account of eleven digits',
      { awsAccountId: '12345678901' },
      'spec.awsAccountId is "12345678901"; it must be twelve digits in quotes',
    ],
    [
      'an account without quotes',
      { awsAccountId: 123456789012 },
      'spec.awsAccountId is 123456789012; it must be twelve digits in quotes, or leading zeros are lost',
    ],
    [
      'no regions',
      { regions: undefined },
      'spec.regions is missing; it must be a list of regions, each with name and role',
    ],
    [
      'an empty list of regions',
      { regions: [] },
      'spec.regions is empty; only an environment with runtime local has no region',
    ],
    [
      'a region that is only a name',
      {
        regions: [{ name: 'us-east-1', role: 'primary' }, 'us-west-2'],
      },
      'spec.regions[1] is "us-west-2"; it must be a name and a role',
    ],
    [
      'an unknown region',
      { regions: [{ name: 'us-east-9', role: 'primary' }] },
      `spec.regions[0].name is "us-east-9"; it must be one of ${AWS_REGIONS.join(
        ', ',
      )}`,
    ],
    [
      'a bad role of a region',
      {
        regions: [
          { name: 'us-east-1', role: 'primary' },
          { name: 'us-west-2', role: 'standby' },
        ],
      },
      'spec.regions[1].role is "standby"; it must be one of primary, secondary',
    ],
    [
      'two primary regions',
      {
        regions: [
          { name: 'us-east-1', role: 'primary' },
          { name: 'us-west-2', role: 'primary' },
        ],
      },
      'spec.regions has 2 regions with role primary; exactly one must be primary',
    ],
    [
      'no primary region',
      { regions: [{ name: 'us-east-1', role: 'secondary' }] },
      'spec.regions has no region with role primary; exactly one must be primary',
    ],
    [
      'a region listed twice',
      {
        regions: [
          { name: 'us-east-1', role: 'primary' },
          { name: 'us-east-1', role: 'secondary' },
        ],
      },
      'spec.regions[1].name is "us-east-1" a second time; each region is listed once',
    ],
    [
      'a bad availability',
      { availability: 'high' },
      'spec.availability is "high"; it must be one of single-host, single-az, multi-az, regional-failover, regional-and-az-failover',
    ],
    [
      'a cluster that is no reference',
      { cluster: 'shop prod' },
      'spec.cluster is "shop prod"; it must be a reference to a resource, such as resource:default/name',
    ],
    [
      'a bad namespace',
      { namespace: 'Shop_Prod' },
      'spec.namespace is "Shop_Prod"; it must be lower-case letters, digits and dashes',
    ],
    [
      'a database that is a list',
      { database: ['resource:shop'] },
      'spec.database is ["resource:shop"]; it must be a reference to a resource, such as resource:default/name',
    ],
    [
      'no delivery',
      { delivery: undefined },
      'spec.delivery is missing; it must be an object whose policy is one of auto, manual, gated',
    ],
    [
      'a bad delivery policy',
      { delivery: { policy: 'automatic' } },
      'spec.delivery.policy is "automatic"; it must be one of auto, manual, gated',
    ],
    [
      'gated without approvers',
      { delivery: { ...gated, approvers: undefined } },
      'spec.delivery.approvers is missing; a gated environment needs at least one group whose members may approve',
    ],
    [
      'gated with an empty list of approvers',
      { delivery: { ...gated, approvers: [] } },
      'spec.delivery.approvers is empty; a gated environment needs at least one group whose members may approve',
    ],
    [
      'gated with a person as approver',
      { delivery: { ...gated, approvers: ['user:default/anna'] } },
      'spec.delivery.approvers[0] is "user:default/anna"; it must be a reference to a group, such as group:default/name',
    ],
    [
      'gated without a number of approvals',
      { delivery: { ...gated, minApprovals: undefined } },
      'spec.delivery.minApprovals is missing; a gated environment needs at least 1',
    ],
    [
      'gated with no approval needed',
      { delivery: { ...gated, minApprovals: 0 } },
      'spec.delivery.minApprovals is 0; it must be a whole number, 1 or more',
    ],
    [
      'approvals without a gate',
      { delivery: { policy: 'manual', minApprovals: 1 } },
      'spec.delivery.minApprovals is 1; it must be 0 or left out unless spec.delivery.policy is gated',
    ],
    [
      'approvers without a gate',
      { delivery: { policy: 'auto', approvers: ['shop-leads'] } },
      'spec.delivery.approvers is given; it must be left out unless spec.delivery.policy is gated',
    ],
    [
      'a bad routing',
      { routing: 'weighted' },
      'spec.routing is "weighted"; it must be one of none, simple, latency, latency-health-checked',
    ],
    [
      'a cost that is a number',
      { planCostPerMonth: { amount: 423, currency: 'USD' } },
      'spec.planCostPerMonth.amount is 423; it must be a decimal number in quotes, such as "423.00"',
    ],
    [
      'a currency sign',
      { planCostPerMonth: { amount: '423.00', currency: '$' } },
      'spec.planCostPerMonth.currency is "$"; it must be an ISO 4217 code of three capital letters, such as USD',
    ],
    [
      'a cost without its parts',
      { planCostPerMonth: '423 USD' },
      'spec.planCostPerMonth is "423 USD"; it must be an amount and a currency',
    ],
    [
      'a repository URL',
      {
        gitops: {
          repository: 'https://git.invalid/shop/shop',
          branch: 'main',
          path: 'gitops',
        },
      },
      'spec.gitops.repository is "https://git.invalid/shop/shop"; it must be owner/name on the configured Git host, without a URL',
    ],
    [
      'no branch',
      { gitops: { repository: 'shop/shop', path: 'gitops' } },
      'spec.gitops.branch is missing; it must be the name of a branch, such as main',
    ],
    [
      'a path that leaves the repository',
      { gitops: { repository: 'shop/shop', branch: 'main', path: '../etc' } },
      'spec.gitops.path is "../etc"; it must be a folder below the root of the repository, without a slash at either end, or "."',
    ],
    [
      'gitops that is a name',
      { gitops: 'shop/shop' },
      'spec.gitops is "shop/shop"; it must be a repository, a branch and a path',
    ],
    [
      'dependsOn that is no list',
      { dependsOn: 'resource:shop-vpc' },
      'spec.dependsOn is "resource:shop-vpc"; it must be a list of references to a resource or component',
    ],
    [
      'a dependency of the wrong kind',
      { dependsOn: ['resource:shop-vpc', 'user:anna'] },
      'spec.dependsOn[1] is "user:anna"; it must be a reference to a resource or component, such as resource:default/name',
    ],
    [
      'a misspelled field',
      { plan_cost_per_month: {} },
      'spec.plan_cost_per_month is not known; did you mean spec.planCostPerMonth?',
    ],
    [
      'a misspelled field of delivery',
      { delivery: { ...gated, approver: ['group:shop'] } },
      'spec.delivery.approver is not known; did you mean spec.delivery.approvers?',
    ],
  ])('refuses %s', (_, spec, sentence) => {
    expect(validateEnvironment(anEnvironment({ spec }))).toEqual([sentence]);
  });

  it('quotes long values in part', () => {
    const [sentence] = validateEnvironment(
      anEnvironment({ spec: { tier: 'x'.repeat(10_000) } }),
    );
    expect(sentence.length).toBeLessThan(200);
  });
});
