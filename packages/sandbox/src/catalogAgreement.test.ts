import {
  CostExplorerClient,
  GetCostAndUsageCommand,
} from '@aws-sdk/client-cost-explorer';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startTestSandbox } from './__testUtils__/startTestSandbox';
import { Sandbox } from './index';
import { GITHUB_TOKEN } from './world/GithubState';
import { KUBERNETES_TOKEN } from './servers/kubernetes/createKubernetesServer';

interface Entity {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  spec: any;
}

const CATALOG = resolve(__dirname, '../../../catalog');

const entities: Entity[] = readdirSync(CATALOG, { recursive: true })
  .map(String)
  .filter(name => name.endsWith('.yaml'))
  .flatMap(name =>
    parseAllDocuments(readFileSync(join(CATALOG, name), 'utf8')).map(document =>
      document.toJS(),
    ),
  )
  .filter(Boolean);

const ofKind = (kind: string) => entities.filter(one => one.kind === kind);
const resource = (ref: string) => {
  const name = ref.replace(/^resource:default\//, '');
  const found = ofKind('Resource').find(one => one.metadata.name === name);
  if (!found) {
    throw new Error(`the catalog has no resource ${name}`);
  }
  return found;
};
const annotation = (entity: Entity, name: string) =>
  entity.metadata.annotations?.[name];

const nameOf = (entity: Entity) => annotation(entity, 'aws.amazon.com/name')!;

const environments = ofKind('Environment');
const cases = environments.map(entity => ({
  name: entity.metadata.name,
  spec: entity.spec,
}));
const inAws = cases.filter(({ spec }) => spec.awsAccountId);

/** What is delivered to an environment: services and websites that name it. */
const delivered = (spec: any) =>
  ofKind('Component').filter(
    one =>
      one.spec.system === spec.system &&
      ['service', 'website'].includes(one.spec.type) &&
      annotation(one, 'fairway.dev/environments')
        ?.split(',')
        .includes(spec.shortName),
  );

describe('catalog and sandbox, after a reset', () => {
  let sandbox: Sandbox;

  const account = (accountId: string, region = 'us-east-1') => ({
    endpoint: sandbox.urls.aws,
    region,
    maxAttempts: 1,
    credentials: {
      accessKeyId: `AKIA${accountId}SANDBOX`,
      secretAccessKey: 'sandbox',
    },
  });
  const accountOf = (entity: Entity) =>
    account(
      annotation(entity, 'aws.amazon.com/account-id')!,
      annotation(entity, 'aws.amazon.com/region'),
    );
  const github = async (path: string) => {
    const reply = await fetch(`${sandbox.urls.github}/api/v3${path}`, {
      headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
    });
    return { status: reply.status, json: await reply.json() };
  };
  const argocd = async (path: string) => {
    const reply = await fetch(`${sandbox.urls.argocd}/api/v1${path}`, {
      headers: { authorization: 'Bearer sandbox-argocd-token' },
    });
    return reply.json();
  };

  beforeAll(async () => {
    sandbox = await startTestSandbox({
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
    // What somebody did before must leave no trace.
    for (const repository of sandbox.world.git.list().slice(0, 3)) {
      await sandbox.world.git.remove(repository);
    }
    const reply = await fetch(`${sandbox.urls.control}/reset`, {
      method: 'POST',
    });
    if (!reply.ok) {
      throw new Error(`the reset was answered with ${reply.status}`);
    }
  }, 60_000);
  afterAll(() => sandbox?.close());

  it('know the same environments', () => {
    expect(environments.length).toBeGreaterThan(10);
    const known = sandbox.world.platforms.flatMap(platform =>
      platform.environments.map(
        environment => `${platform.system}/${environment.shortName}`,
      ),
    );
    expect(
      cases.map(({ spec }) => `${spec.system}/${spec.shortName}`).sort(),
    ).toEqual(known.sort());
  });

  it.each(inAws)('$name has its account', async ({ spec }) => {
    const identity = await new STSClient(account(spec.awsAccountId)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Account).toBe(spec.awsAccountId);
  });

  /** Of a cluster, by where it runs: how AWS describes it. */
  const CLUSTERS: Record<string, (entity: Entity) => Promise<object>> = {
    async eks(entity) {
      const { cluster } = await new EKSClient(accountOf(entity)).send(
        new DescribeClusterCommand({ name: nameOf(entity) }),
      );
      return { status: cluster!.status, arn: cluster!.arn };
    },
    async ecs(entity) {
      const { clusters } = await new ECSClient(accountOf(entity)).send(
        new DescribeClustersCommand({ clusters: [nameOf(entity)] }),
      );
      const [{ status, clusterArn }] = clusters!;
      return { status, arn: clusterArn };
    },
  };

  it.each(inAws)('$name has its cluster', async ({ spec }) => {
    const entity = resource(spec.cluster);
    expect(await CLUSTERS[spec.runtime](entity)).toEqual({
      status: 'ACTIVE',
      arn: annotation(entity, 'aws.amazon.com/arn'),
    });
  });

  it.each(cases.filter(({ spec }) => spec.runtime === 'eks'))(
    '$name has its namespace and an application for each component',
    async ({ spec }) => {
      const cluster = spec.cluster.replace(/^resource:default\//, '');
      const reply = await fetch(
        `${sandbox.urls.kubernetes}/clusters/${cluster}/api/v1/namespaces/${spec.namespace}`,
        { headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` } },
      );
      expect(reply.status).toBe(200);
      const components = delivered(spec);
      expect(components.length).toBeGreaterThan(0);
      for (const component of components) {
        const selector = annotation(component, 'argocd/app-selector')!;
        const { items } = await argocd(
          `/applications?selector=${encodeURIComponent(selector)}`,
        );
        const application = items.find(
          (one: any) => one.spec.destination.name === cluster,
        );
        expect({
          selector,
          destination: application?.spec.destination,
        }).toEqual({
          selector,
          destination: expect.objectContaining({ namespace: spec.namespace }),
        });
        const { source, sources = [source] } = application.spec;
        expect(sources.map((one: any) => one.repoURL)).toContain(
          `${sandbox.urls.github}/${spec.gitops.repository}.git`,
        );
        expect(Boolean(application.spec.syncPolicy?.automated)).toBe(
          spec.delivery.policy === 'auto',
        );
      }
    },
  );

  it.each(cases.filter(({ spec }) => spec.gitops))(
    '$name has its desired state in git',
    async ({ spec }) => {
      const { repository, branch, path } = spec.gitops;
      const { status, json } = await github(
        `/repos/${repository}/contents/${path}?ref=${branch}`,
      );
      expect(status).toBe(200);
      const names = json.map((one: any) => one.name);
      expect(names.includes('overlays') || names.includes(spec.shortName)).toBe(
        true,
      );
    },
  );

  const databases = inAws.filter(({ spec }) => spec.database);
  const withAnnotation = (name: string) =>
    databases.flatMap(({ name: environment, spec }) => {
      const value = annotation(resource(spec.database), name);
      return value ? [{ name: environment, spec, value }] : [];
    });
  const global = withAnnotation('fairway.dev/aurora-global-cluster');
  const regional = withAnnotation('fairway.dev/aurora-cluster').filter(
    ({ name }) => !global.some(one => one.name === name),
  );
  const single = databases.filter(
    ({ name }) => ![...global, ...regional].some(one => one.name === name),
  );

  it.each(global)(
    '$name has its global database $value',
    async ({ spec, value }) => {
      const { GlobalClusters } = await new RDSClient(
        accountOf(resource(spec.database)),
      ).send(
        new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: value }),
      );
      expect(GlobalClusters![0].GlobalClusterMembers).toHaveLength(
        spec.regions.length,
      );
    },
  );

  it.each(regional)(
    '$name has its database $value',
    async ({ spec, value }) => {
      const { DBClusters } = await new RDSClient(
        accountOf(resource(spec.database)),
      ).send(new DescribeDBClustersCommand({ DBClusterIdentifier: value }));
      expect(DBClusters![0].Status).toBe('available');
    },
  );

  it.each(single)('$name has its database instance', async ({ spec }) => {
    const entity = resource(spec.database);
    const { DBInstances } = await new RDSClient(accountOf(entity)).send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: nameOf(entity) }),
    );
    expect(DBInstances![0]).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: annotation(entity, 'fairway.dev/instance-class'),
      DBInstanceArn: annotation(entity, 'aws.amazon.com/arn'),
    });
  });

  it.each(inAws)(
    '$name has a registry with the images of what runs there',
    async ({ spec }) => {
      const registry = ofKind('Resource').find(
        one =>
          one.spec.system === spec.system &&
          one.spec.type === 'container-registry',
      )!;
      const ecr = new ECRClient(accountOf(registry));
      const { repositories = [] } = await ecr.send(
        new DescribeRepositoriesCommand({ maxResults: 1000 }),
      );
      const names = repositories.map(one => one.repositoryName);
      const components = delivered(spec).map(one => one.metadata.name);
      expect(names).toEqual(expect.arrayContaining(components));
    },
  );

  it.each(inAws)(
    '$name costs about what it is planned to',
    async ({ spec }) => {
      const end = sandbox.world.clock.now();
      const start = new Date(end.getTime() - 31 * 86_400_000);
      const { ResultsByTime = [] } = await new CostExplorerClient(
        account(spec.awsAccountId),
      ).send(
        new GetCostAndUsageCommand({
          TimePeriod: {
            Start: start.toISOString().slice(0, 10),
            End: end.toISOString().slice(0, 10),
          },
          Granularity: 'DAILY',
          Metrics: ['UnblendedCost'],
          Filter: {
            And: [
              { Tags: { Key: 'System', Values: [spec.system] } },
              { Tags: { Key: 'Environment', Values: [spec.shortName] } },
            ],
          },
        }),
      );
      const total = ResultsByTime.reduce(
        (sum, day) => sum + Number(day.Total!.UnblendedCost.Amount),
        0,
      );
      const planned = Number(spec.planCostPerMonth.amount);
      expect(total / planned).toBeGreaterThan(0.6);
      expect(total / planned).toBeLessThan(1.3);
    },
  );
});
