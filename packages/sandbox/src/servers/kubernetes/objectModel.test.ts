import { KUBERNETES_TOKEN } from './access';
import {
  disagreements,
  ObjectModel,
  readObjectModel,
} from './__testUtils__/objectModel';
import {
  KubernetesRig,
  startKubernetes,
} from './__testUtils__/startKubernetes';

/** Kinds that Kubernetes' own description does not have: they come with what is installed in a cluster. */
const OF_OTHERS = [
  'AppProject',
  'Application',
  'ExternalSecret',
  'NodeMetrics',
  'PodMetrics',
];

/** Types whose name is not version and kind. */
const NAMES: Record<string, string> = { V1Event: 'CoreV1Event' };

describe("what is served, and the types of Kubernetes' own client", () => {
  let rig: KubernetesRig;
  let model: ObjectModel;
  beforeAll(async () => {
    model = readObjectModel();
    rig = await startKubernetes();
  }, 60_000);
  afterAll(() => rig.close());

  const get = async (path: string) => {
    const reply = await fetch(
      `${rig.url}/clusters/sample-platform-ai-uat${path}`,
      { headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` } },
    );
    return (await reply.json()) as any;
  };
  const typeOf = (version: string, kind: string) => {
    const name = `${version[0].toUpperCase()}${version.slice(1)}${kind}`;
    return NAMES[name] ?? name;
  };

  it('agree in every field of every object', async () => {
    // A rollout that fails has what one that is done has not.
    await rig.release('sample-frontend', '99.0.0');
    await rig.sandbox.until(
      'sample-frontend-uat',
      application => application.status.health.status === 'Degraded',
    );
    const { groups } = await get('/apis');
    const bases = [
      '/api/v1',
      ...groups.flatMap((group: any) =>
        group.versions.map((v: any) => `/apis/${v.groupVersion}`),
      ),
    ];
    const wrong: string[] = [];
    const unknown = new Set<string>();
    const seen = new Set<string>();
    for (const base of bases) {
      const version = base.split('/').at(-1)!;
      const { resources } = await get(base);
      for (const { name, kind, verbs } of resources) {
        if (!verbs.includes('list') || kind === 'Secret') {
          continue;
        }
        const type = typeOf(version, kind);
        const { items } = await get(`${base}/${name}`);
        if (!model[type]) {
          unknown.add(kind);
          continue;
        }
        for (const item of items) {
          seen.add(kind);
          wrong.push(
            ...disagreements(model, type, item).map(
              what => `${kind} ${item.metadata.name} ${what}`,
            ),
          );
        }
      }
    }
    expect(wrong).toEqual([]);
    expect([...unknown].sort()).toEqual(OF_OTHERS);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'ConfigMap',
        'Deployment',
        'EndpointSlice',
        'Event',
        'HorizontalPodAutoscaler',
        'Ingress',
        'Node',
        'Pod',
        'PodDisruptionBudget',
        'ReplicaSet',
        'Service',
      ]),
    );
  }, 60_000);

  it('agree in discovery, in lists and in refusals', async () => {
    const check = async (type: string, path: string) =>
      disagreements(model, type, await get(path));
    expect(await check('VersionInfo', '/version')).toEqual([]);
    expect(await check('V1APIVersions', '/api')).toEqual([]);
    expect(await check('V1APIGroupList', '/apis')).toEqual([]);
    expect(await check('V1APIGroup', '/apis/apps')).toEqual([]);
    expect(await check('V1APIResourceList', '/apis/apps/v1')).toEqual([]);
    expect(await check('V1PodList', '/api/v1/pods?limit=1')).toEqual([]);
    expect(await check('V1Status', '/api/v1/pods/nope')).toEqual([]);
    expect(await check('V1Status', '/api/v1/secrets')).toEqual([]);
  });

  it('would not agree with another field or another type', () => {
    expect(
      disagreements(model, 'V1Pod', {
        metadata: { name: 7 },
        spec: { containers: [{ name: 'a', colour: 'red' }] },
      }),
    ).toEqual([
      '/metadata/name: 7 is no string',
      '/spec/containers/0/colour is unknown to V1Container',
    ]);
  });
});
