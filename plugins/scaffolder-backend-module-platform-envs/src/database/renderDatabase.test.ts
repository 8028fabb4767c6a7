import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aComponent } from '../__testUtils__/aComponent';
import {
  kustomizeBuildByAll,
  writeFiles,
} from '../__testUtils__/kustomizeBuild';
import { validateManifests } from '../__testUtils__/validateManifests';
import { renderGitopsFiles } from '../gitops/renderGitopsFiles';
import { includeComponent } from './includeComponent';
import { DATABASE_FOLDER, renderDatabase } from './renderDatabase';

const LONG = 'a1-b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t';

describe('renderDatabase', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-database-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function build(system: string, name: string, shortName: string) {
    const component = await aComponent(system, { name });
    const files = renderGitopsFiles(component);
    const overlay = `${component.gitopsPath}/overlays/${shortName}/${name}`;
    const file = `${overlay}/kustomization.yaml`;
    const { namespace, secretStore } = component.environments.find(
      one => one.shortName === shortName,
    )!;
    await writeFiles(
      folder,
      new Map([
        ...files,
        ...renderDatabase(
          {
            component: name,
            system,
            owner: 'group:default/x',
            connectionLimit: 20,
            extensions: ['pg_trgm', 'uuid-ossp'],
          },
          {
            name: shortName,
            overlay,
            container: name,
            namespace: namespace!,
            secretStore,
            databaseRef: 'resource:default/cluster',
            cluster: 'cluster',
            secretsIn: '111111111111/ap-southeast-2',
          },
        ),
        [file, includeComponent(files.get(file)!, DATABASE_FOLDER, file)],
      ]),
    );
    return kustomizeBuildByAll(join(folder, overlay));
  }

  it.each([
    ['sample-platform-ai', 'greeter', 'dev'],
    ['sample-platform-ai', LONG, 'prod'],
    ['campaign-lifecycle-platform', 'greeter', 'staging'],
  ])(
    'gives %s %s in %s its connection, by the real kustomize',
    async (system, name, shortName) => {
      const objects = await build(system, name, shortName);
      const deployment = objects.find(({ kind }) => kind === 'Deployment');
      const [container] = deployment.spec.template.spec.containers;
      expect(deployment.spec.template.spec.containers).toHaveLength(1);
      expect(container.env).toEqual(
        ['HOST', 'PORT', 'NAME', 'USER', 'PASSWORD', 'URL'].map(part => ({
          name: `DATABASE_${part}`,
          valueFrom: {
            secretKeyRef: { name: `${name}-database`, key: `DATABASE_${part}` },
          },
        })),
      );
      const kinds = objects.map(({ kind }) => kind);
      for (const kind of ['Password', 'PushSecret', 'Role', 'Database']) {
        expect(kinds.filter(one => one === kind)).toEqual([kind]);
      }
      const secret = objects.find(
        ({ kind, metadata }) =>
          kind === 'ExternalSecret' && metadata.name === `${name}-database`,
      );
      const role = objects.find(({ kind }) => kind === 'Role');
      expect(role.spec.forProvider.passwordSecretRef).toEqual({
        namespace: secret.metadata.namespace,
        name: secret.spec.target.name,
        key: 'DATABASE_PASSWORD',
      });
      expect(
        validateManifests(
          objects.filter(({ apiVersion }) =>
            apiVersion.includes('external-secrets.io'),
          ),
        ),
      ).toEqual([]);
    },
  );

  it('never writes a password, and never deletes data', async () => {
    const objects = await build('sample-platform-ai', 'greeter', 'uat');
    const text = JSON.stringify(objects);
    expect(text.match(/:\/\/[^"@]*@/g)).toEqual([
      '://greeter:{{ .password }}@',
    ]);
    expect(
      objects
        .filter(({ apiVersion }) => apiVersion.includes('crossplane.io'))
        .map(({ spec }) => spec.deletionPolicy),
    ).toEqual(Array(4).fill('Orphan'));
  });
});
