import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  ComponentDelivery,
  DeliveryCell,
  okReading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { Build, followDelivery } from './followDelivery';

const DEV = 'environment:default/sample-platform-ai-dev';
const AT = '2026-11-01T00:00:00Z';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const release = { image: 'registry/greeter', version: '0.1.1', digest: DIGEST };

function aCell(changes: Partial<DeliveryCell> = {}): DeliveryCell {
  return {
    componentRef: 'component:default/greeter',
    environmentRef: DEV,
    desired: okReading({ ...release, path: 'x' }, AT),
    live: okReading(release, AT),
    sync: 'Synced',
    health: 'Healthy',
    state: 'healthy',
    sentence: 'Healthy.',
    source: { state: 'live' },
    links: [],
    ...changes,
  };
}

function aDelivery(cell?: DeliveryCell): ComponentDelivery {
  return {
    environments: [
      { ref: DEV, shortName: 'dev', title: 'sample-platform-ai dev' },
    ],
    row: { cells: cell ? [cell] : [] },
  } as unknown as ComponentDelivery;
}

const unreleased = aCell({
  desired: okReading(
    { image: 'registry/greeter', version: 'unreleased', path: 'x' },
    AT,
  ),
  live: unavailableReading('Not deployed yet'),
  sync: 'OutOfSync',
  health: 'Missing',
});

const degraded = aCell({
  health: 'Degraded',
  sentence: 'Pods cannot start.',
  resources: [
    {
      kind: 'Pod',
      name: 'greeter-1',
      health: 'Degraded',
      message: 'ImagePullBackOff',
    },
  ],
});

describe('followDelivery', () => {
  function follow(
    looks: Array<ComponentDelivery | undefined | Error>,
    options: {
      timeoutSeconds?: number;
      environment?: string;
      readBuild?: () => Promise<Build | undefined>;
    } = {},
  ) {
    const logger = mockServices.logger.mock();
    let clock = 0;
    let index = 0;
    return {
      lines: () => logger.info.mock.calls.map(([line]) => line),
      result: followDelivery({
        component: 'greeter',
        timeoutSeconds: options.timeoutSeconds ?? 600,
        environment: options.environment,
        readBuild: options.readBuild,
        pollMs: 0,
        logger,
        now: () => (clock += 5_000),
        read: async () => {
          const look = looks[Math.min(index++, looks.length - 1)];
          if (look instanceof Error) throw look;
          return look;
        },
      }),
    };
  }

  it('ends when the wanted release is synced and healthy, one line a change', async () => {
    const { result, lines } = follow([
      undefined,
      undefined,
      aDelivery(),
      aDelivery(unreleased),
      aDelivery(unreleased),
      aDelivery(aCell({ health: 'Progressing', sentence: 'Rolling out.' })),
      aDelivery(aCell()),
    ]);
    await expect(result).resolves.toMatchObject({ health: 'Healthy' });
    expect(lines()).toEqual([
      'Waiting until the portal has taken greeter into its catalog.',
      'Waiting until greeter appears in sample-platform-ai dev.',
      'Waiting for the first release of greeter in dev.',
      '0.1.1 in dev: Rolling out.',
      '0.1.1 in dev: Healthy.',
    ]);
  });

  it('does not take the placeholder for a release, healthy or not', async () => {
    const { result } = follow(
      [
        aDelivery(
          aCell({ desired: unreleased.desired, live: okReading(release, AT) }),
        ),
      ],
      { timeoutSeconds: 30 },
    );
    await expect(result).rejects.toThrow(
      'greeter was not healthy within 30 s. Last seen: Waiting for the first release of greeter in dev.',
    );
  });

  it('does not take an older release that still runs for the new one', async () => {
    const { result } = follow(
      [
        aDelivery(
          aCell({
            live: okReading(
              { ...release, digest: `sha256:${'b'.repeat(64)}` },
              AT,
            ),
          }),
        ),
      ],
      { timeoutSeconds: 30 },
    );
    await expect(result).rejects.toThrow(/was not healthy within 30 s/);
  });

  it('tells a change once, though the sentence counts the seconds', async () => {
    const { result, lines } = follow([
      aDelivery(aCell({ health: 'Progressing', sentence: 'For 2 s.' })),
      aDelivery(aCell({ health: 'Progressing', sentence: 'For 4 s.' })),
      aDelivery(aCell()),
    ]);
    await result;
    expect(lines()).toEqual([
      '0.1.1 in dev: For 2 s.',
      '0.1.1 in dev: Healthy.',
    ]);
  });

  it('ends when Git has the release where nothing says what runs', async () => {
    const { result, lines } = follow([
      aDelivery({ ...unreleased, source: { state: 'absent' } }),
      aDelivery(
        aCell({
          live: unavailableReading('no source'),
          sync: 'Unknown',
          health: 'Unknown',
          sentence: 'What runs is not known.',
          source: { state: 'absent' },
        }),
      ),
    ]);
    await expect(result).resolves.toMatchObject({ health: 'Unknown' });
    expect(lines()).toHaveLength(2);
  });

  it('says that the build failed, and where', async () => {
    const builds: Array<Build | undefined> = [
      undefined,
      { state: 'running', url: 'http://ci/1' },
      { state: 'failed', url: 'http://ci/1' },
    ];
    const { result, lines } = follow([aDelivery(unreleased)], {
      readBuild: async () => builds.shift(),
    });
    await expect(result).rejects.toThrow(
      'CI could not build the first image of greeter: http://ci/1.',
    );
    expect(lines()).toEqual([
      'Waiting for the first release of greeter in dev.',
      'CI builds the first image of greeter: http://ci/1',
      'CI could not build the first image of greeter: http://ci/1.',
    ]);
  });

  it('waits while Git holds no release, with the reason', async () => {
    const { result, lines } = follow([
      aDelivery({
        ...unreleased,
        desired: unavailableReading('Nothing was released to dev yet'),
      }),
      aDelivery(aCell()),
    ]);
    await result;
    expect(lines()[0]).toBe(
      'Waiting for the first release of greeter in dev (Nothing was released to dev yet).',
    );
  });

  it('bears a rollout that looks degraded for a moment', async () => {
    const { result } = follow([aDelivery(degraded), aDelivery(aCell())]);
    await expect(result).resolves.toMatchObject({ health: 'Healthy' });
  });

  it('says what stopped a release that stays degraded', async () => {
    const { result } = follow([aDelivery(degraded)]);
    await expect(result).rejects.toThrow(
      'greeter does not come up: 0.1.1 in dev: Pods cannot start. (Pod greeter-1: ImagePullBackOff)',
    );
  });

  it('waits while the portal cannot answer, and stops when it refuses', async () => {
    const { result, lines } = follow([
      new ServiceUnavailableError('The delivery could not be read'),
      new Error('You may not see it'),
    ]);
    await expect(result).rejects.toThrow('You may not see it');
    expect(lines()).toEqual(['The delivery could not be read; trying again.']);
  });

  it('names the environments when the one asked for is not among them', async () => {
    const { result } = follow([aDelivery(aCell())], { environment: 'prod' });
    await expect(result).rejects.toThrow(
      'greeter does not run in "prod"; its environments are dev',
    );
  });

  it('stops when the task is cancelled', async () => {
    const controller = new AbortController();
    const result = followDelivery({
      component: 'greeter',
      timeoutSeconds: 600,
      logger: mockServices.logger.mock(),
      signal: controller.signal,
      read: async () => {
        controller.abort();
        return undefined;
      },
    });
    await expect(result).rejects.toThrow(/abort/i);
  });
});
