import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  FirstDelivery,
  FirstDeliveryStep,
} from '@fairway/plugin-platform-envs-common';
import { followFirstDelivery } from './followFirstDelivery';

const step = (
  id: FirstDeliveryStep['id'],
  state: FirstDeliveryStep['state'],
  sentence: string,
  url?: string,
): FirstDeliveryStep => ({
  id,
  title: id,
  state,
  sentence,
  ...(url && { link: { title: 'There', url } }),
});

function aDelivery(changes: Partial<FirstDelivery> = {}): FirstDelivery {
  return {
    id: '01KJM0000000000000000000AB',
    componentRef: 'component:default/greeter',
    systemRef: 'system:default/sample-platform-ai',
    environmentRef: 'environment:default/sample-platform-ai-dev',
    environmentName: 'dev',
    requestedBy: 'user:default/developer',
    repository: 'sample-platform-ai/greeter',
    state: 'following',
    sentence: 'CI builds the first image.',
    steps: [
      step('repository', 'done', 'It is there.'),
      step('image', 'running', 'CI builds the first image.', 'http://ci/1'),
      step('sync', 'waiting', 'Comes later.'),
    ],
    createdAt: '2026-11-21T00:00:00Z',
    observedAt: '2026-11-21T00:00:00Z',
    ...changes,
  };
}

describe('followFirstDelivery', () => {
  function follow(
    looks: Array<FirstDelivery | Error>,
    options: { timeoutSeconds?: number; signal?: AbortSignal } = {},
  ) {
    const logger = mockServices.logger.mock();
    let clock = 0;
    let index = 0;
    const next = async () => {
      const look = looks[Math.min(index++, looks.length - 1)];
      if (look instanceof Error) throw look;
      return look;
    };
    return {
      lines: () => logger.info.mock.calls.map(([line]) => line),
      warnings: () => logger.warn.mock.calls.map(([line]) => line),
      result: followFirstDelivery({
        timeoutSeconds: 600,
        pollMs: 0,
        logger,
        now: () => (clock += 5_000),
        follow: next,
        read: next,
        ...options,
      }),
    };
  }

  it('repeats what the portal says, one line a change, until it is delivered', async () => {
    const done = aDelivery({
      state: 'delivered',
      steps: [
        step('repository', 'done', 'It is there.'),
        step('image', 'done', 'CI built 0.1.0.', 'http://ci/1'),
        step('sync', 'done', 'greeter is in sync with Git.'),
      ],
    });
    const { result, lines } = follow([aDelivery(), aDelivery(), done]);
    await expect(result).resolves.toMatchObject({ state: 'delivered' });
    expect(lines()).toEqual([
      'repository: It is there.',
      'image: CI builds the first image. http://ci/1',
      'image: CI built 0.1.0. http://ci/1',
      'sync: greeter is in sync with Git.',
    ]);
  });

  it('says what stopped it, and where', async () => {
    const { result } = follow([
      aDelivery(),
      aDelivery({
        state: 'stopped',
        observedAt: '2026-11-21T00:01:00Z',
        sentence: 'CI could not build the first image (job build).',
        steps: [step('image', 'failed', 'job build', 'http://ci/1')],
      }),
    ]);
    await expect(result).rejects.toThrow(
      'CI could not build the first image (job build). http://ci/1 What was created stays; once it is mended, it is delivered without running this again',
    );
  });

  it('has one that stopped before looked at again before it says so', async () => {
    const before = aDelivery({ state: 'stopped', sentence: 'It failed.' });
    const { result } = follow([
      before,
      before,
      aDelivery({ observedAt: '2026-11-21T01:00:00Z' }),
      aDelivery({ state: 'delivered' }),
    ]);
    await expect(result).resolves.toMatchObject({ state: 'delivered' });
  });

  it('ends when time is up, for the portal goes on', async () => {
    const { result, warnings } = follow([aDelivery()], { timeoutSeconds: 30 });
    await expect(result).resolves.toMatchObject({ state: 'following' });
    expect(warnings()).toEqual([
      'Not healthy within 30 s. The portal goes on following; the Delivery tab shows how',
    ]);
  });

  it('bears a portal that does not answer for a while', async () => {
    const { result } = follow([
      aDelivery(),
      new ServiceUnavailableError('restarting'),
      new TypeError('fetch failed'),
      aDelivery({ state: 'delivered' }),
    ]);
    await expect(result).resolves.toMatchObject({ state: 'delivered' });
  });

  it('ends at once when the portal refuses', async () => {
    const { result } = follow([new Error('You may not')]);
    await expect(result).rejects.toThrow('You may not');
  });

  it('F35 ends at once when the run is cancelled', async () => {
    const { result } = follow([aDelivery()], {
      signal: AbortSignal.abort(new Error('cancelled')),
    });
    await expect(result).rejects.toThrow(/aborted|cancelled/);
  });
});
