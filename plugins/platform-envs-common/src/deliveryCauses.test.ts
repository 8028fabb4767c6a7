import { CellResource } from './api';
import { SyncWindowState } from './applicationDetail';
import { causeOf, describeClosedWindow } from './deliveryCauses';
import { ApplicationFact, DesiredFact } from './deliveryFacts';
import { judgeDelivery } from './deliveryState';

const NOW = new Date('2026-01-05T10:14:00Z');
const IMAGE = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:1.2.0@sha256:${'a'.repeat(
  64,
)}`;

const pod = (message: string): CellResource => ({
  kind: 'Pod',
  name: 'web-5d8f',
  health: 'Degraded',
  message,
});

const CLOSED: SyncWindowState = {
  kind: 'deny',
  isOpen: false,
  manualSync: false,
  closedUntil: '2026-01-06T09:00:00.000Z',
};

function judge(
  overrides: Partial<ApplicationFact>,
  desired: DesiredFact = {
    kind: 'released',
    release: { image: 'web', version: '1.2.0' },
    committedAt: '2026-01-05T10:00:00Z',
  },
) {
  return judgeDelivery(
    {
      runtime: 'eks',
      desired,
      source: { state: 'live' },
      application: {
        name: 'web-prod',
        automated: false,
        sync: 'OutOfSync',
        health: 'Healthy',
        running: { image: 'web', version: '1.1.0' },
        deployedAt: '2026-01-01T00:00:00Z',
        conditions: [],
        resources: [
          { kind: 'Deployment', name: 'web', sync: 'OutOfSync' },
          { kind: 'ConfigMap', name: 'web', sync: 'OutOfSync' },
        ],
        ...overrides,
      },
    },
    NOW,
  );
}

describe('causeOf', () => {
  it.each([
    `Back-off pulling image "${IMAGE}"`,
    `Back-off pulling image "${IMAGE}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": not found`,
    `Failed to pull image "${IMAGE}": no basic auth credentials`,
    `rpc error: code = Unknown desc = failed to resolve reference "${IMAGE}": 403 Forbidden`,
    `Failed to apply default image tag "${IMAGE}": couldn't parse image name`,
  ])('names the image in %p', message => {
    expect(causeOf([pod(message)])).toBe(`the image ${IMAGE} cannot be pulled`);
    expect(causeOf([], message)).toBe(`the image ${IMAGE} cannot be pulled`);
  });

  it('prefers who says why to who is only unwell', () => {
    expect(
      causeOf([
        { kind: 'Deployment', name: 'web', health: 'Degraded' },
        pod('back-off 5m0s restarting failed container'),
      ]),
    ).toBe('Pod web-5d8f: back-off 5m0s restarting failed container');
    expect(
      causeOf([{ kind: 'Deployment', name: 'web', health: 'Degraded' }]),
    ).toBe('Deployment web');
  });

  it('knows none where nothing is Degraded and nothing is said', () => {
    expect(
      causeOf([{ kind: 'Deployment', name: 'web', health: 'Unknown' }]),
    ).toBeUndefined();
  });
});

describe('describeClosedWindow', () => {
  it.each<[Partial<SyncWindowState>, string | undefined]>([
    [{ isOpen: true }, undefined],
    [{}, 'its sync window is closed until Tue 6 Jan 09:00 UTC'],
    [
      { timeZone: 'Australia/Sydney' },
      'its sync window is closed until Tue 6 Jan 20:00 (Australia/Sydney)',
    ],
    [
      { description: 'Freeze', manualSync: true },
      'its sync window is closed until Tue 6 Jan 09:00 UTC (Freeze); people may sync',
    ],
    [
      { closedUntil: undefined },
      'its sync window is closed, and no end of that is in sight',
    ],
  ])('%j: %s', (given, expected) => {
    expect(describeClosedWindow({ ...CLOSED, ...given })).toBe(expected);
  });
});

describe('judgeDelivery', () => {
  it('says for how long it is out of sync, what differs, and what hinders', () => {
    expect(
      judge({
        automated: true,
        syncSince: '2026-01-05T10:00:00Z',
        syncWindow: CLOSED,
      }),
    ).toEqual({
      state: 'out-of-sync',
      sentence:
        'Out of sync for 14 min: 2 resources differ; its sync window is closed until Tue 6 Jan 09:00 UTC.',
      since: '2026-01-05T10:00:00Z',
    });
  });

  it('knows from the commit since when, where nobody saw the change', () => {
    expect(judge({})).toMatchObject({
      sentence:
        'Out of sync for 14 min: 2 resources differ; Argo CD does not sync this environment on its own.',
      since: '2026-01-05T10:00:00Z',
    });
    const drift = judge({ running: { image: 'web', version: '1.2.0' } });
    expect(drift.since).toBeUndefined();
    expect(drift.sentence).toMatch(/^Out of sync: 2 resources differ/);
  });

  it('tells both that people must sync and that the window is closed', () => {
    expect(judge({ syncWindow: CLOSED }).sentence).toMatch(
      /; Argo CD does not sync this environment on its own, and its sync window is closed until Tue 6 Jan 09:00 UTC\.$/,
    );
  });

  it('tells the failure of the last sync before the window', () => {
    expect(
      judge({
        operation: {
          phase: 'Failed',
          message: 'one or more objects failed to apply',
          finishedAt: '2026-01-05T10:01:00Z',
        },
        syncWindow: CLOSED,
      }).sentence,
    ).toBe(
      'Out of sync for 14 min: 2 resources differ; the last sync failed: one or more objects failed to apply. Its sync window is closed until Tue 6 Jan 09:00 UTC.',
    );
  });

  it.each<[Partial<ApplicationFact>, string]>([
    [
      { sync: 'Synced', health: 'Progressing' },
      `Progressing for 14 min: the image ${IMAGE} cannot be pulled.`,
    ],
    [
      { sync: 'Synced', health: 'Degraded' },
      `Degraded for 14 min: the image ${IMAGE} cannot be pulled.`,
    ],
    [
      {
        health: 'Progressing',
        operation: { phase: 'Running', startedAt: '2026-01-05T10:00:00Z' },
      },
      `Syncing to 1.2.0 for 14 min: the image ${IMAGE} cannot be pulled.`,
    ],
  ])('names the image that holds up %j', (given, sentence) => {
    expect(
      judge({
        ...given,
        healthSince: '2026-01-05T10:00:00Z',
        resources: [
          { kind: 'Deployment', name: 'web', health: 'Progressing' },
          pod(`Back-off pulling image "${IMAGE}"`),
        ],
      }).sentence,
    ).toBe(sentence);
  });

  it('says that it is being deleted, and what hinders that', () => {
    const deletedAt = '2026-01-05T10:00:00Z';
    expect(judge({ deletedAt })).toEqual({
      state: 'progressing',
      sentence: 'Argo CD has been deleting it for 14 min.',
      since: deletedAt,
    });
    expect(
      judge({
        deletedAt,
        conditions: [
          {
            type: 'DeletionError',
            message: 'unable to find destination server',
          },
        ],
      }).sentence,
    ).toBe(
      'Argo CD has been deleting it for 14 min: unable to find destination server.',
    );
  });

  it.each([
    'OrphanedResourceWarning',
    'SharedResourceWarning',
    'RepeatedResourceWarning',
    'ExcludedResourceWarning',
  ])('does not call %s a reason to be unwell', type => {
    expect(
      judge({
        sync: 'Synced',
        running: { image: 'web', version: '1.2.0' },
        conditions: [{ type, message: 'something' }],
      }).state,
    ).toBe('healthy');
  });

  it.each(['ComparisonError', 'InvalidSpecError', 'UnknownError'])(
    'takes %s for not knowing, whatever health says',
    type => {
      expect(
        judge({ sync: 'Unknown', conditions: [{ type, message: 'why' }] }),
      ).toEqual({
        state: 'unknown',
        sentence: 'Argo CD cannot compare it with Git: why.',
      });
    },
  );
});
