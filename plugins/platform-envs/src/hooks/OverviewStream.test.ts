import { QueryClient } from '@tanstack/react-query';
import {
  OverviewStreamListeners,
  PlatformEnvsApi,
} from '@fairway/plugin-platform-envs-common';
import { anOverview, asOverview } from '../__testUtils__';
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
  let stops: Array<() => void>;
  const watch = () => stops.push(stream.subscribe(() => {}));

  beforeEach(() => {
    jest.useFakeTimers();
    opened = 0;
    stops = [];
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

  afterEach(() => {
    stops.forEach(stop => stop());
    jest.useRealTimers();
  });

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
    watch();
    listeners.onOpen?.();
    listeners.onRevision({ revision: '2' });
    listeners.onRevision({ revision: '3' });
    jest.advanceTimersByTime(300);
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  it('leaves the cache alone when it has that revision already', () => {
    queryClient.setQueryData(
      queryKeys.overview,
      asOverview(anOverview({ revision: '2' })),
    );
    watch();
    listeners.onRevision({ revision: '2' });
    jest.advanceTimersByTime(300);
    expect(invalidate).not.toHaveBeenCalled();
  });

  it('says since when it is broken, tries again, and catches up', async () => {
    watch();
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
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.getState().status).toBe('live');
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  it('F89 is not live again before what was missed has been asked', async () => {
    let answer: () => void = () => {};
    invalidate.mockImplementation(
      () => new Promise<void>(resolve => (answer = resolve)),
    );
    watch();
    listeners.onOpen?.();
    window.dispatchEvent(new Event('offline'));
    expect(stream.getState()).toMatchObject({
      status: 'broken',
      reason: 'this browser is offline',
      isOffline: true,
    });
    // ten minutes in a tunnel: nobody is called in vain
    await jest.advanceTimersByTimeAsync(600_000);
    expect(opened).toBe(1);
    window.dispatchEvent(new Event('online'));
    expect(opened).toBe(2);
    listeners.onOpen?.();
    listeners.onActivity?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.getState().status).toBe('broken');
    answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.getState().status).toBe('live');
  });

  it('F89 calls again at once when a laptop wakes with a dead line', async () => {
    watch();
    listeners.onOpen?.();
    jest.setSystemTime(Date.now() + 600_000);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(opened).toBe(2);
    expect(stream.getState().status).not.toBe('live');
    listeners.onOpen?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(stream.getState().status).toBe('live');
    expect(invalidate).toHaveBeenCalledTimes(1);
  });

  it('rests while the tab is hidden, and catches up when it is looked at', async () => {
    const visibility = jest.spyOn(document, 'visibilityState', 'get');
    watch();
    listeners.onOpen?.();
    visibility.mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(30_000);
    listeners.onActivity?.();
    await jest.advanceTimersByTimeAsync(29_000);
    expect(signal?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(signal?.aborted).toBe(true);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(opened).toBe(2);
    listeners.onOpen?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(invalidate).toHaveBeenCalledTimes(1);
    visibility.mockRestore();
  });

  it('F89 takes a silent line for a dead one', () => {
    watch();
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
    watch();
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
