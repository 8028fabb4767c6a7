import { mockServices } from '@backstage/backend-test-utils';
import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { MemorySnapshotStore } from '../__testUtils__/MemorySnapshotStore';
import { ObservedFeed } from './ObservedFeed';

function setUp(store = new MemorySnapshotStore(), deadlineMs = 50) {
  let now = new Date('2026-03-10T12:00:00Z');
  const feed = new ObservedFeed({
    name: 'numbers',
    value: z.number(),
    store,
    logger: mockServices.logger.mock(),
    deadlineMs,
    pace: new Pace({ activeMs: 60_000, idleMs: 60_000 }, { now: () => now }),
    now: () => now,
  });
  return {
    feed,
    store,
    advance: (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
  };
}

const target = (key: string, answer: number | Error) => ({
  key,
  title: `Number ${key}`,
  read: async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  },
});

const hanging = (key: string, aborted: () => void = () => {}) => ({
  key,
  title: `Number ${key}`,
  read: (signal: AbortSignal) =>
    new Promise<number>(() => signal.addEventListener('abort', aborted)),
});

describe('ObservedFeed', () => {
  it('says that nothing was read before anything was', async () => {
    const { feed } = setUp();
    await expect(feed.get('a')).resolves.toEqual({
      state: 'stale',
      message: 'It has not been read yet',
    });
  });

  it('shows on one replica what another has read', async () => {
    const { feed, store } = setUp();
    await feed.poll([target('a', 7)]);
    await expect(setUp(store).feed.get('a')).resolves.toEqual({
      state: 'live',
      value: 7,
      observedAt: '2026-03-10T12:00:00.000Z',
    });
  });

  it('F39 keeps the last value with its age while the source throttles', async () => {
    const { feed, advance } = setUp();
    await feed.poll([target('a', 7)]);
    advance(10);
    await feed.poll([
      target('a', new ServiceUnavailableError('AWS throttles; asking again')),
    ]);
    await expect(feed.get('a')).resolves.toEqual({
      state: 'stale',
      value: 7,
      observedAt: '2026-03-10T12:00:00.000Z',
      message: 'AWS throttles; asking again',
    });
    await feed.poll([target('a', 8)]);
    await expect(feed.get('a')).resolves.toMatchObject({
      state: 'live',
      value: 8,
    });
  });

  it('F40 is in error where access is refused, and the others are well', async () => {
    const { feed } = setUp();
    await feed.poll([
      target('a', new NotAllowedError('No access to arn:aws:iam::1:role/x')),
      target('b', 2),
    ]);
    await expect(feed.get('a')).resolves.toEqual({
      state: 'error',
      message: 'No access to arn:aws:iam::1:role/x',
    });
    await expect(feed.get('b')).resolves.toMatchObject({ state: 'live' });
  });

  it('F41 gives a hanging target up at its deadline, and keeps no other waiting', async () => {
    const { feed } = setUp();
    const aborted = jest.fn();
    const others = Array.from({ length: 39 }, (_, i) => target(`${i}`, i));
    const polling = feed.poll([hanging('hung', aborted), ...others]);
    await new Promise(resolve => setImmediate(resolve));
    await expect(feed.get('38')).resolves.toMatchObject({ state: 'live' });
    await polling;
    expect(aborted).toHaveBeenCalledTimes(1);
    await expect(feed.get('hung')).resolves.toMatchObject({
      state: 'error',
      message: expect.stringMatching(/^Number hung did not answer within/),
    });
  });

  it('does not ask again for what is still being asked for', async () => {
    const { feed } = setUp();
    const read = jest.fn(hanging('a').read);
    const first = feed.poll([{ key: 'a', title: 'A', read }]);
    await feed.poll([{ key: 'a', title: 'A', read }]);
    await first;
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is stale when nobody renews it', async () => {
    const { feed, advance } = setUp();
    await feed.poll([target('a', 7)]);
    advance(3);
    await expect(feed.get('a')).resolves.toMatchObject({ state: 'live' });
    advance(1);
    await expect(feed.get('a')).resolves.toMatchObject({
      state: 'stale',
      value: 7,
    });
  });

  it('shows what it last saw while the database is away', async () => {
    const { feed, store } = setUp();
    await feed.poll([target('a', 7)]);
    jest.spyOn(store, 'load').mockRejectedValue(new Error('away'));
    jest.spyOn(store, 'save').mockRejectedValue(new Error('away'));
    await feed.poll([target('a', 8)]);
    await expect(feed.get('a')).resolves.toMatchObject({
      state: 'live',
      value: 8,
    });
  });

  it('F62 asks once for all replicas, and again when the interval has passed', async () => {
    const here = setUp();
    const there = setUp(here.store);
    const read = jest.fn(async () => 7);
    const targets = [{ ...target('a', 7), read }];
    await here.feed.pollDue(targets);
    await there.feed.pollDue(targets);
    expect(read).toHaveBeenCalledTimes(1);
    there.advance(1);
    await there.feed.pollDue(targets);
    expect(read).toHaveBeenCalledTimes(2);
    // one that fails is left alone as long as one that does not
    read.mockRejectedValue(new Error('down'));
    there.advance(1);
    await there.feed.pollDue(targets);
    await there.feed.pollDue(targets);
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('tells that a target is being read, and what is known of it meanwhile', async () => {
    const { feed } = setUp();
    await feed.poll([target('a', 7)]);
    const reading = feed.poll([hanging('a')]);
    await expect(feed.get('a')).resolves.toMatchObject({
      state: 'live',
      value: 7,
      isBeingRead: true,
    });
    await reading;
    const { isBeingRead } = await feed.get('a');
    expect(isBeingRead).toBeUndefined();
  });
});
