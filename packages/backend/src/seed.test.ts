import { Entity, parseEntityRef } from '@backstage/catalog-model';
import { allPeople, PLATFORMS } from '@fairway/sandbox';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = path.resolve(__dirname, '../../..');

function read(...file: string[]): string {
  return fs.readFileSync(path.join(ROOT, ...file), 'utf8');
}

/** What `catalog/all.yaml` lists. */
const entities: Entity[] = (
  parse(read('catalog/all.yaml')).spec.targets as string[]
).flatMap(target =>
  parseAllDocuments(read('catalog', target)).map(d => d.toJS() as Entity),
);

const sandboxConfig = parse(read('app-config.sandbox.yaml'));

function ofKind(kind: string): any[] {
  return entities.filter(entity => entity.kind === kind);
}

function find(kind: string, name: string): any {
  return ofKind(kind).find(entity => entity.metadata.name === name);
}

const sorted = (names: string[]) => [...names].sort();

/** The people that the launcher introduces; asked of Node, as it is an ES module. */
function introduced(): string[] {
  const { href } = pathToFileURL(path.join(ROOT, 'launcher/people.mjs'));
  const script = `import { people } from '${href}';
    console.log(JSON.stringify(people().map(person => person.name)));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    }),
  );
}

const environments = PLATFORMS.flatMap(platform =>
  platform.environments.map(seed => ({
    name: `${platform.system}-${seed.shortName}`,
    platform,
    seed,
  })),
);
const deployed = environments.filter(({ seed }) => seed.runtime !== 'local');
const services = PLATFORMS.flatMap(platform =>
  platform.services.map(seed => ({ name: seed.name, platform, seed })),
);

/** The identifier of a database resource as its annotations give it. */
function databaseIdentifier(resource: any): string {
  const annotations = resource.metadata.annotations;
  return (
    annotations['fairway.dev/aurora-global-cluster'] ??
    annotations['fairway.dev/aurora-cluster'] ??
    annotations['aws.amazon.com/name']
  );
}

describe('the seed catalog and the sandbox tell of one world', () => {
  it('with the same platforms and environments', () => {
    expect(sorted(ofKind('System').map(e => e.metadata.name))).toEqual(
      sorted(PLATFORMS.map(platform => platform.system)),
    );
    expect(sorted(ofKind('Environment').map(e => e.metadata.name))).toEqual(
      sorted(environments.map(({ name }) => name)),
    );
  });

  it('with the same services', () => {
    const runs = ofKind('Component').filter(
      entity => entity.metadata.annotations['fairway.dev/environments'],
    );
    expect(sorted(runs.map(e => e.metadata.name))).toEqual(
      sorted(services.map(({ name }) => name)),
    );
  });

  it.each(services)('$name is the same service', ({ name, platform, seed }) => {
    const { metadata, spec } = find('Component', name);
    const shortNames = platform.environments.map(e => e.shortName);
    expect(spec.system).toBe(platform.system);
    expect(spec.type === 'website').toBe(seed.kind === 'website');
    expect(metadata.annotations).toMatchObject({
      'fairway.dev/language': seed.language,
      'fairway.dev/environments': shortNames.join(','),
      'github.com/project-slug': seed.sourceRepository,
    });
    for (const released of Object.keys(seed.versions)) {
      expect(shortNames).toContain(released);
    }
    const onKubernetes = platform.environments.some(e => e.runtime === 'eks');
    expect(metadata.annotations['backstage.io/kubernetes-id']).toBe(
      onKubernetes ? name : undefined,
    );
    expect(metadata.annotations['argocd/app-selector']).toBe(
      onKubernetes ? `fairway.dev/component=${name}` : undefined,
    );
  });

  it.each(environments)(
    '$name is the same environment',
    ({ name, platform, seed }) => {
      const { spec } = find('Environment', name);
      expect({
        system: spec.system,
        shortName: spec.shortName,
        runtime: spec.runtime,
        accountId: spec.awsAccountId,
        regions: spec.regions.map((region: any) => region.name),
        namespace: spec.namespace,
        autoSync: spec.delivery.policy === 'auto',
      }).toEqual({
        system: platform.system,
        shortName: seed.shortName,
        runtime: seed.runtime,
        accountId: seed.accountId,
        regions: seed.regions,
        namespace: seed.namespace,
        autoSync: seed.autoSync,
      });
      expect(spec.regions.map((region: any) => region.role)).toEqual(
        seed.regions.map((_, i) => (i === 0 ? 'primary' : 'secondary')),
      );
    },
  );

  it.each(deployed)(
    '$name is delivered from the same place',
    ({ name, platform }) => {
      const { gitops } = find('Environment', name).spec;
      expect(gitops).toEqual({
        repository: platform.gitopsRepository,
        branch: 'main',
        path: platform.gitopsPath,
      });
      expect(platform.repositories).toContain(platform.gitopsRepository);
    },
  );

  it.each(deployed)('$name runs on the same cluster', ({ name, seed }) => {
    const ref = parseEntityRef(find('Environment', name).spec.cluster);
    const cluster = find('Resource', ref.name);
    expect(cluster.spec.type).toBe(
      seed.runtime === 'eks' ? 'kubernetes-cluster' : 'ecs-cluster',
    );
    expect(cluster.metadata.annotations['aws.amazon.com/name']).toBe(
      seed.cluster,
    );
    const service = seed.runtime;
    expect(cluster.metadata.annotations['aws.amazon.com/arn']).toBe(
      `arn:aws:${service}:${seed.regions[0]}:${seed.accountId}:cluster/${seed.cluster}`,
    );
  });

  it.each(deployed)('$name keeps the same database', ({ name, seed }) => {
    const database = seed.database!;
    const ref = parseEntityRef(find('Environment', name).spec.database);
    const resource = find('Resource', ref.name);
    expect(databaseIdentifier(resource)).toBe(
      database.globalCluster ?? database.clusters[0].id,
    );
    expect(resource.metadata.annotations['fairway.dev/instance-class']).toBe(
      database.instanceClass,
    );
    expect(resource.metadata.annotations['aws.amazon.com/account-id']).toBe(
      seed.accountId,
    );
    expect(database.clusters.map(cluster => cluster.region)).toEqual(
      database.globalCluster ? seed.regions : [seed.regions[0]],
    );
    if (!database.globalCluster) return;
    const members = (resource.spec.dependsOn as string[])
      .map(member => find('Resource', parseEntityRef(member).name))
      .map(member => ({
        id: databaseIdentifier(member),
        region: member.metadata.annotations['aws.amazon.com/region'],
      }));
    expect(members).toEqual(
      database.clusters.map(({ id, region }) => ({ id, region })),
    );
  });

  it.each(PLATFORMS.map(platform => [platform.system, platform] as const))(
    'the images of %s lie in the same account',
    (system, platform) => {
      expect(find('System', system).metadata.annotations).toMatchObject({
        'fairway.dev/github-org': platform.org,
        'fairway.dev/registry-account-id': platform.sharedAccountId,
        'fairway.dev/registry-region': deployed.find(
          e => e.platform === platform,
        )!.seed.regions[0],
      });
    },
  );
});

describe('the configuration of the sandbox', () => {
  it('finds every cluster by the catalog, at an address of its own', () => {
    expect(sandboxConfig.kubernetes.clusterLocatorMethods).toEqual([]);
    expect(sandboxConfig.platformEnvs.clusters).toMatchObject({
      urlTemplate: '${FAIRWAY_SANDBOX_KUBERNETES_URL}/clusters/{cluster}',
      token: 'sandbox-kubernetes-token',
    });
  });

  it('lets exactly the people of the catalog sign in, by their email', () => {
    const people = allPeople(PLATFORMS);
    expect(
      sorted(people.map(({ login, email }) => `${login} ${email}`)),
    ).toEqual(
      sorted(
        ofKind('User').map(
          ({ metadata, spec }) =>
            `${metadata.name} ${(spec as any).profile.email}`,
        ),
      ),
    );
    for (const { login, groups } of people) {
      const user = ofKind('User').find(e => e.metadata.name === login);
      expect(groups).toEqual((user!.spec as any).memberOf);
    }
    expect(sandboxConfig.auth.providers).toEqual({
      oidc: {
        development: expect.objectContaining({
          signIn: {
            resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }],
          },
        }),
      },
    });
  });

  it('is introduced by the launcher with the same people', () => {
    expect(introduced()).toEqual(allPeople(PLATFORMS).map(p => p.login));
  });
});
