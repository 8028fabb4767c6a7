import { fingerprintOf } from './fingerprintOf';

/** A message of the stream, as Argo CD writes it. */
function message({ metadata = {}, status = {} }: Record<string, object> = {}) {
  return JSON.stringify({
    result: {
      type: 'MODIFIED',
      application: {
        metadata: {
          name: 'web-prod',
          namespace: 'argocd',
          resourceVersion: '1001',
          generation: 7,
          creationTimestamp: '2026-01-01T00:00:00Z',
          labels: { team: 'shop' },
          managedFields: [{ manager: 'argocd', time: '2026-03-10T11:00:00Z' }],
          ...metadata,
        },
        spec: { project: 'default' },
        status: {
          health: { status: 'Healthy' },
          reconciledAt: '2026-03-10T11:00:00Z',
          ...status,
        },
      },
    },
  });
}

describe('fingerprintOf', () => {
  it('is the same after another reconciliation that changed nothing', () => {
    const later = message({
      metadata: {
        resourceVersion: '1002',
        generation: 8,
        managedFields: [{ manager: 'argocd', time: '2026-03-10T11:02:00Z' }],
      },
      status: { reconciledAt: '2026-03-10T11:02:03Z' },
    });
    expect(fingerprintOf(later)).toBe(fingerprintOf(message()));
  });

  it.each<[string, Record<string, object>]>([
    ['health', { status: { health: { status: 'Degraded' } } }],
    ['name', { metadata: { name: 'web-dev' } }],
    [
      'a label called generation',
      { metadata: { labels: { generation: '8' } } },
    ],
    ['a label called time', { metadata: { labels: { time: '2026-03-10' } } }],
    [
      'a label called resourceVersion',
      { metadata: { labels: { resourceVersion: '9' } } },
    ],
    [
      'a time that is shown',
      { status: { health: { lastTransitionTime: '2026-03-10T11:02:00Z' } } },
    ],
    [
      'words that look like a field',
      { status: { conditions: [{ message: '"generation":8' }] } },
    ],
  ])('is another with another %s', (_, change) => {
    expect(fingerprintOf(message(change))).not.toBe(fingerprintOf(message()));
  });

  it('tells two values of such words apart', () => {
    const saying = (text: string) =>
      fingerprintOf(message({ status: { conditions: [{ message: text }] } }));
    expect(saying('"generation":8')).not.toBe(saying('"generation":9'));
  });
});
