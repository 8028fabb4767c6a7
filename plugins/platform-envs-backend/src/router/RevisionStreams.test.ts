import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { OverviewStreamEvent } from '@fairway/plugin-platform-envs-common';
import { EventEmitter } from 'node:events';
import { RevisionStreams } from './RevisionStreams';

/** The part of a response that a stream uses. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  writableNeedDrain = false;
  ended = false;

  writeHead() {}

  write(text: string) {
    this.written.push(text);
  }

  end() {
    this.ended = true;
  }

  get hints(): OverviewStreamEvent[] {
    return this.written
      .filter(text => text.startsWith('event: revision\n'))
      .map(text => JSON.parse(text.split('data: ')[1]));
  }
}

describe('RevisionStreams', () => {
  let tell: (hint: OverviewStreamEvent) => void;
  let result: AuthorizeResult.ALLOW | AuthorizeResult.DENY;
  let streams: RevisionStreams;
  let leave: jest.Mock;

  function open(user = 'user:default/me') {
    const res = new FakeResponse();
    streams.open(mockCredentials.user(user), res as never);
    return res;
  }

  beforeEach(() => {
    jest.useFakeTimers();
    result = AuthorizeResult.ALLOW;
    leave = jest.fn();
    streams = new RevisionStreams({
      permissions: mockServices.permissions.mock({
        authorize: async requests => requests.map(() => ({ result })),
      }),
      audience: { stay: () => leave },
      getRevision: () => 'a',
      onChange: listener => {
        tell = listener;
        return () => {};
      },
    });
  });

  afterEach(() => {
    streams.close();
    jest.useRealTimers();
  });

  it('counts a reader as there until the stream ends', () => {
    const res = open();
    expect(leave).not.toHaveBeenCalled();
    res.emit('close');
    expect(leave).toHaveBeenCalledTimes(1);
  });

  it('says at first which board there is, so that who has it need not ask', () => {
    expect(open().hints).toEqual([{ revision: 'a' }]);
  });

  it('tells the first changes after quiet at once, and then no more than two a second', () => {
    const res = open();
    jest.advanceTimersByTime(1_000);
    tell({ revision: 'b', changed: ['one'] });
    for (const revision of ['c', 'd', 'e']) {
      tell({ revision, changed: ['one'] });
    }
    expect(res.hints.slice(1)).toEqual([
      { revision: 'b', changed: ['one'] },
      { revision: 'c', changed: ['one'] },
      { revision: 'd', changed: ['one'] },
    ]);
    for (let i = 0; i < 20; i++) {
      tell({ revision: `f${i}`, changed: ['one'] });
      jest.advanceTimersByTime(50);
    }
    expect(res.hints.slice(4)).toEqual([
      { revision: 'f9', changed: ['one'] },
      { revision: 'f19', changed: ['one'] },
    ]);
  });

  it('tells of a row that was quiet at once, while others go on changing', () => {
    const res = open();
    jest.advanceTimersByTime(1_000);
    const goOn = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        tell({ revision: `r${passed}`, changed: ['busy'] });
        jest.advanceTimersByTime(50);
      }
    };
    goOn(5_000);
    for (const row of ['merged', 'another']) {
      goOn(2_100);
      tell({ revision: row, changed: [row] });
      expect(res.hints.at(-1)!.revision).toBe(row);
      expect(res.hints.at(-1)!.changed).toContain(row);
    }
    // what was told of a moment ago waits with the others
    const before = res.hints.length;
    tell({ revision: 'again', changed: ['merged'] });
    expect(res.hints).toHaveLength(before);
  });

  it('tells no more than two a second over time, however much is new', () => {
    const res = open();
    jest.advanceTimersByTime(10_000);
    const before = res.hints.length;
    for (let i = 0; i < 1_000; i++) {
      tell({ revision: `n${i}`, changed: [`row${i}`] });
      jest.advanceTimersByTime(20);
    }
    expect(res.hints.length - before).toBeLessThanOrEqual(5 + 2 * 20);
    expect(res.hints.length - before).toBeGreaterThan(2 * 19);
  });

  it('names no rows when they are many, or when more than rows changed', () => {
    const res = open();
    jest.advanceTimersByTime(1_000);
    tell({
      revision: 'b',
      changed: Array.from({ length: 51 }, (_, i) => `row${i}`),
    });
    jest.advanceTimersByTime(500);
    tell({ revision: 'c' });
    jest.advanceTimersByTime(500);
    tell({ revision: 'd', changed: ['one'] });
    expect(res.hints.slice(1)).toEqual([
      { revision: 'b' },
      { revision: 'c' },
      { revision: 'd', changed: ['one'] },
    ]);
  });

  it('F76 keeps one hint for a reader who is slow, whatever happens meanwhile', () => {
    const res = open();
    jest.advanceTimersByTime(1_000);
    res.writableNeedDrain = true;
    for (let i = 0; i < 1_000; i++) {
      tell({ revision: `b${i}`, changed: [`row${i}`] });
      jest.advanceTimersByTime(100);
    }
    expect(res.written).toHaveLength(1);
    res.writableNeedDrain = false;
    res.emit('drain');
    expect(res.hints.slice(1)).toEqual([{ revision: 'b999' }]);
  });

  it('breathes every 15 s', () => {
    const res = open();
    jest.advanceTimersByTime(45_000);
    expect(res.written.slice(1)).toEqual(Array(3).fill(': heartbeat\n\n'));
  });

  it('ends within a minute for who may not read any more', async () => {
    const res = open();
    result = AuthorizeResult.DENY;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(res.ended).toBe(true);
    tell({ revision: 'b' });
    expect(res.hints).toHaveLength(1);
  });

  it('F76 gives one person ten, and another theirs', () => {
    const mine = Array.from({ length: 10 }, () => open());
    expect(() => open()).toThrow('10 are allowed');
    expect(open('user:default/other').hints).toHaveLength(1);
    mine[0].emit('close');
    expect(open().hints).toHaveLength(1);
  });
});
