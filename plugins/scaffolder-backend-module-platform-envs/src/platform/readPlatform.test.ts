import { mockCredentials } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readPlatform } from './readPlatform';

const CATALOG = resolve(__dirname, '../../../../catalog');

function seed(platform: string): Entity[] {
  return ['system.yaml', 'environments.yaml'].flatMap(file =>
    parseAllDocuments(
      readFileSync(resolve(CATALOG, platform, file), 'utf8'),
    ).map(document => document.toJS() as Entity),
  );
}

function read(entities: Entity[], system = 'sample-platform-ai') {
  return readPlatform({
    catalog: catalogServiceMock({ entities }),
    credentials: mockCredentials.user(),
    system,
  });
}

describe('readPlatform', () => {
  it('reads the seed catalog', async () => {
    await expect(
      read(seed('sample-platform-ai'), 'system:default/sample-platform-ai'),
    ).resolves.toMatchObject({
      system: 'sample-platform-ai',
      githubOrg: 'sample-platform-ai',
      gitops: {
        owner: 'sample-platform-ai',
        repo: 'sample-platform-ai',
        branch: 'main',
        path: 'gitops',
      },
      registry: { accountId: '111100000000', region: 'ap-southeast-2' },
      environments: [
        {
          shortName: 'dev',
          runtime: 'eks',
          cluster: 'sample-platform-ai-dev',
          policy: 'auto',
        },
        { shortName: 'uat', policy: 'manual' },
        { shortName: 'prod', policy: 'gated' },
      ],
    });
  });

  it.each([
    ['campaign-lifecycle-platform', ['dev', 'staging', 'prod']],
    ['cornjacket-platform', ['dev', 'prod']],
    ['mobilytics', ['sandbox', 'dogfood', 'dev', 'staging', 'prod']],
  ])('%s has its environments in promotion order', async (platform, names) => {
    const { environments } = await read(seed(platform), platform);
    expect(environments.map(e => e.shortName)).toEqual(names);
  });

  it('says that there is no such system', async () => {
    await expect(read([], 'nowhere')).rejects.toThrow(
      'There is no system:default/nowhere in the catalog, or you may not see it: choose a platform that the form offers',
    );
  });

  it.each([
    ['::', 'The platform "::" is no entity ref'],
    ['🚀🚀', 'The platform "????" is no entity ref'],
    ['../../etc/passwd', 'The platform "../../etc/passwd" is no entity ref'],
    ['${{ x }}', 'The platform "${{ x }}" is no entity ref'],
    ['a\0b', 'The platform "a?b" is no entity ref'],
    ['component:default/web', 'component:default/web is no platform'],
  ])(
    'F28 refuses the platform %j before the catalog is asked',
    (system, said) =>
      expect(read(seed('sample-platform-ai'), system)).rejects.toThrow(said),
  );

  it('names the annotation that is missing', async () => {
    const entities = seed('sample-platform-ai');
    delete entities[0].metadata.annotations!['fairway.dev/registry-region'];
    await expect(read(entities)).rejects.toThrow(
      'System sample-platform-ai lacks the annotation fairway.dev/registry-region',
    );
  });

  it('says that a platform without environments cannot take components', async () => {
    await expect(read([seed('sample-platform-ai')[0]])).rejects.toThrow(
      /has no environment that components could be deployed to/,
    );
  });

  it('refuses environments whose desired state is in two places', async () => {
    const entities = seed('sample-platform-ai');
    (entities[3].spec as any).gitops.repository = 'elsewhere/gitops';
    await expect(read(entities)).rejects.toThrow(/in 2 places/);
  });
});
