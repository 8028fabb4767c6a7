import { Release } from '@fairway/plugin-platform-envs-common';
import { aDeployment } from '@fairway/plugin-platform-envs-node/testUtils';
import { failedRollout, shortName, withSync } from './ecsRollout';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = 'registry.example.com/api';
const WANTED: Release = { image, version: '1.1.0', digest: digest('b') };
const ECS = { runtime: 'ecs' } as const;

const running = (...images: string[]) =>
  aDeployment({ sync: 'Unknown', images });

describe('withSync', () => {
  it.each([
    ['the release alone', [`${image}@${digest('b')}`], 'Synced'],
    ['another one', [`${image}@${digest('a')}`], 'OutOfSync'],
    [
      'both, while it is rolled out',
      [`${image}@${digest('b')}`, `${image}@${digest('a')}`],
      'OutOfSync',
    ],
    [
      'the release beside a sidecar',
      [`${image}@${digest('b')}`, `registry.example.com/proxy@${digest('c')}`],
      'Synced',
    ],
    [
      'the release from the registry of another region',
      [`other.example.com/api@${digest('b')}`],
      'Synced',
    ],
    ['its version, where no digest is told', [`${image}:1.1.0`], 'Synced'],
    ['nothing', [], 'Unknown'],
  ] as const)('of what runs %s', (_, images, sync) => {
    expect(withSync(running(...images), ECS, WANTED).sync).toBe(sync);
  });

  it('leaves alone what knows Git by itself, and knows nothing without a wish', () => {
    const deployment = aDeployment({ sync: 'OutOfSync' });
    expect(withSync(deployment, { runtime: 'eks' }, WANTED)).toBe(deployment);
    expect(withSync(running(`${image}:1`), ECS, undefined).sync).toBe(
      'Unknown',
    );
  });
});

describe('failedRollout', () => {
  const failed = (startedAt: string) =>
    aDeployment({
      name: 'arn:aws:ecs:us-east-1:111111111111:service/shop/api',
      operation: { phase: 'Failed', startedAt, message: 'circuit breaker' },
    });

  it('counts only what began after the commit', () => {
    const since = '2026-03-10T12:00:00Z';
    expect(failedRollout(failed('2026-03-10T11:59:00Z'), since)).toBe(
      undefined,
    );
    expect(failedRollout(failed('2026-03-10T12:01:00Z'), since)).toBe(
      'the rollout of api failed: circuit breaker',
    );
  });

  it('names services as people do', () => {
    expect(shortName('arn:aws:ecs:r:1:service/shop/api')).toBe('api');
    expect(shortName('web-prod')).toBe('web-prod');
  });
});
