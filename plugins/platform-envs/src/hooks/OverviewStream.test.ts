import { QueryClient } from '@tanstack/react-query';
import {
  OverviewStreamListeners,
  PlatformEnvsApi,
} from '@fairway/plugin-platform-envs-common';
import { anOverview } from '../__testUtils__';
import { OverviewStream } from './OverviewStream';
import { queryKeys } from './queryKeys';

describe('OverviewStream', () => {
  let listeners: OverviewStreamListeners;
  let end: (error?: Error) => void;
  let signal: AbortSignal | undefined;
  let opened: number;
  let queryClient: QueryClient;
  let invalidate: jest.SpyInstance;
  let stream: OverviewStream;

  beforeEach(() => {
    jest.useFakeTimers();
    opened = 0;
    const api = {
      streamOverview(l, options) {
        opened += 1;
        listeners = l;
        signal = options?.signal;
        return new Promise<void>((resolve, reject) => {
          end = error => (error ? reject(error) : resolve());
        });
      },
    } as Partial<PlatformEnvsApi> as PlatformEnvsApi;
    queryClient = new QueryClient();
    invalidate = jest.spyOn(queryClient, 'invalidateQueries');
    stream = new OverviewStream(api, queryClient);
  });

  afterEach(() => jest.useRealTimers());

  it('is opened by the first and closed by the last who listens', () => {
    const stopA = stream.subscribe(() => {});
    const stopB = stream.subscribe(() => {});
    expect(opened).toBe(1);
    stopA();
    expect(signal?.aborted).toBe(false);
    stopB();
    expect(signal?.aborted).toBe(true);
  });

  it('asks again once for a burst of revisions', () => {
    stream.subscribe(() => {});
    listeners.onOpen?.();
    listeners.onRevision({ revision: '2' });
    listeners.onRevision({ revision: '3' });
    jest.advanceTimersByTime(300);
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  it('leaves the cache alone when it has that revision already', () => {
    queryClient.setQueryData(queryKeys.overview, anOverview({ revision: '2' }));
    stream.subscribe(() => {});
    listeners.onRevision({ revision: '2' });
    jest.advanceTimersByTime(300);
    expect(invalidate).not.toHaveBeenCalled();
  });

  it('says since when it is broken, tries again, and catches up', async () => {
    stream.subscribe(() => {});
    listeners.onOpen?.();
    expect(stream.getState().status).toBe('live');
    end(new Error('502 Bad Gateway'));
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.getState()).toMatchObject({
      status: 'broken',
      reason: '502 Bad Gateway',
      brokenSince: expect.any(Number),
    });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(opened).toBe(2);
    listeners.onOpen?.();
    expect(stream.getState().status).toBe('live');
    jest.advanceTimersByTime(300);
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  it('F89 takes a silent line for a dead one', () => {
    stream.subscribe(() => {});
    listeners.onOpen?.();
    jest.advanceTimersByTime(51_000);
    expect(stream.getState()).toMatchObject({
      status: 'broken',
      reason: 'the event stream fell silent',
    });
    jest.advanceTimersByTime(1_000);
    expect(opened).toBe(2);
  });

  it('waits longer after each failure', async () => {
    stream.subscribe(() => {});
    for (const wait of [1_000, 2_000, 5_000]) {
      end(new Error('down'));
      const before = opened;
      await jest.advanceTimersByTimeAsync(wait - 1);
      expect(opened).toBe(before);
      await jest.advanceTimersByTimeAsync(1);
      expect(opened).toBe(before + 1);
    }
  });
});
