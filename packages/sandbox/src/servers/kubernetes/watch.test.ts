import { KUBERNETES_TOKEN } from './access';
import {
  KubernetesRig,
  startKubernetes,
} from './__testUtils__/startKubernetes';

interface WatchEvent {
  type: string;
  object: any;
}

describe('watching a cluster', () => {
  let rig: KubernetesRig;
  beforeAll(async () => {
    rig = await startKubernetes();
  }, 30_000);
  afterAll(() => rig.close());

  const headers = { authorization: `Bearer ${KUBERNETES_TOKEN}` };
  const address = (path: string) =>
    `${rig.url}/clusters/sample-platform-ai-uat${path}`;
  const pods = '/api/v1/namespaces/sample-platform-ai/pods';
  const mine = 'labelSelector=backstage.io/kubernetes-id%3Dsample-backend';

  /** Reads a watch until what came will do, or it ends. */
  const watch = async (
    path: string,
    willDo: (events: WatchEvent[]) => boolean,
    accept = 'application/json',
  ): Promise<WatchEvent[]> => {
    const reply = await fetch(address(path), {
      headers: { ...headers, accept },
    });
    expect(reply.status).toBe(200);
    const events: WatchEvent[] = [];
    let rest = '';
    for await (const chunk of reply.body!) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop()!;
      events.push(...lines.map(line => JSON.parse(line)));
      if (willDo(events)) {
        break;
      }
    }
    return events;
  };
  const list = async (path: string) =>
    (await fetch(address(path), { headers })).json() as Promise<any>;

  it('begins with what is there when no version is given', async () => {
    const events = await watch(
      `${pods}?watch=true&${mine}`,
      seen => seen.length >= 2,
    );
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED']);
    expect(events[0].object).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  });

  it('tells of new pods and of those that go, after the version of a list', async () => {
    const before = await list(`${pods}?${mine}`);
    const watching = watch(
      `${pods}?watch=1&${mine}&resourceVersion=${before.metadata.resourceVersion}`,
      seen => seen.filter(({ type }) => type === 'DELETED').length >= 2,
    );
    await rig.release('sample-backend', '1.8.3');
    const events = await watching;
    const old = before.items.map((pod: any) => pod.metadata.name).sort();
    expect(
      events
        .filter(({ type }) => type === 'DELETED')
        .map(({ object }) => object.metadata.name)
        .sort(),
    ).toEqual(old);
    const added = events.filter(({ type }) => type === 'ADDED');
    expect(added).toHaveLength(2);
    const versions = events.map(({ object }) =>
      Number(object.metadata.resourceVersion),
    );
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions[0]).toBeGreaterThan(
      Number(before.metadata.resourceVersion),
    );
    const after = await list(`${pods}?${mine}`);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      versions[versions.length - 1],
    );
  }, 30_000);

  it('says 410 Gone for a version that is too old, and ends', async () => {
    const events = await watch(
      `${pods}?watch=true&resourceVersion=1000`,
      () => false,
    );
    expect(events).toEqual([
      {
        type: 'ERROR',
        object: expect.objectContaining({
          kind: 'Status',
          reason: 'Expired',
          code: 410,
        }),
      },
    ]);
  });

  it('marks the end of what was there for clients that ask for it', async () => {
    const events = await watch(
      `${pods}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      seen => seen.some(({ type }) => type === 'BOOKMARK'),
    );
    expect(events[events.length - 1].object.metadata).toMatchObject({
      annotations: { 'k8s.io/initial-events-end': 'true' },
      resourceVersion: expect.stringMatching(/^\d+$/),
    });
  });

  it('ends after the time that was asked for', async () => {
    const begun = Date.now();
    await watch(`${pods}?watch=true&timeoutSeconds=1`, () => false);
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('writes tables when asked, one row an event', async () => {
    const [event] = await watch(
      `${pods}?watch=true&${mine}`,
      seen => seen.length > 0,
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    );
    expect(event.object.kind).toBe('Table');
    expect(event.object.rows).toHaveLength(1);
  });

  it('does not watch metrics, and refuses versions that are no numbers', async () => {
    const status = async (path: string) =>
      (await fetch(address(path), { headers })).status;
    expect(await status('/apis/metrics.k8s.io/v1beta1/nodes?watch=true')).toBe(
      405,
    );
    expect(await status(`${pods}?watch=true&resourceVersion=abc`)).toBe(400);
  });
});
