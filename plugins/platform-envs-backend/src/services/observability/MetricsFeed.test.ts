import { setTimeout as sleep } from 'node:timers/promises';
import { mockServices } from '@backstage/backend-test-utils';
import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import {
  MeasuredRequests,
  MetricsRange,
  MetricsSource,
  Pace,
} from '@fairway/plugin-platform-envs-node';
import { MetricsFeed, STEP_MS, WINDOW_MS } from './MetricsFeed';

const START = Date.parse('2026-11-21T10:00:30Z');
const MINUTE = 60_000;

const valueAt = (ms: number) => Math.round(ms / MINUTE) % 1000;

/** Counts each minute since 1970 as the value, for the subjects that it is given. */
class CountingSource implements MetricsSource {
  readonly instance = 'main';
  readonly title = 'Prometheus main';
  readonly asked: MetricsRange[] = [];
  components = ['orders'];
  failure?: Error;
  /** Fails from this many calls on. */
  failAfter = Infinity;
  onAsked?: () => void;
  slowFirstMs = 0;

  async readRequests(range: MetricsRange): Promise<MeasuredRequests[]> {
    if (this.failure && this.asked.length >= this.failAfter) throw this.failure;
    this.asked.push(range);
    this.onAsked?.();
    if (this.asked.length === 1) await sleep(this.slowFirstMs);
    const size = (range.endMs - range.startMs) / range.stepMs + 1;
    const values = () =>
      Array.from({ length: size }, (_, i) =>
        valueAt(range.startMs + i * range.stepMs),
      );
    return this.components.map(component => ({
      subject: { component },
      requests: values(),
      errors: values(),
      latencyP50: values(),
      latencyP95: values(),
    }));
  }
}

describe('MetricsFeed', () => {
  let nowMs: number;
  let source: CountingSource;
  let feed: MetricsFeed;
  let pace: Pace;

  beforeEach(() => {
    nowMs = START;
    source = new CountingSource();
    pace = new Pace(
      { activeMs: MINUTE, idleMs: MINUTE },
      { now: () => new Date(nowMs) },
    );
    feed = new MetricsFeed({
      source,
      pace,
      logger: mockServices.logger.mock(),
      now: () => new Date(nowMs),
    });
  });

  const values = (component = 'orders') =>
    [...feed.history.subjects].find(s => s.subject.component === component)
      ?.requests;

  function expectWhole() {
    const { startMs, endMs } = feed.history;
    expect(endMs! - startMs!).toBe(WINDOW_MS);
    expect(endMs).toBe(Math.floor(nowMs / MINUTE) * MINUTE);
    values()!.forEach((value, i) => {
      expect([i, value]).toEqual([i, valueAt(startMs! + i * STEP_MS)]);
    });
  }

  it('asks for three hours at first, newest first and in parts, then only for what is new', async () => {
    expect(feed.condition).toMatchObject({ state: 'stale' });
    await feed.poll();
    expectWhole();
    expect(source.asked[0].endMs).toBe(feed.history.endMs);
    for (const { startMs, endMs } of source.asked) {
      expect(endMs - startMs).toBeLessThan(31 * MINUTE);
    }
    expect(feed.condition.state).toBe('live');
    const atFirst = source.asked.length;
    nowMs += MINUTE;
    await feed.poll();
    expect(source.asked.length - atFirst).toBe(1);
    const { startMs, endMs } = source.asked.at(-1)!;
    expect(endMs - startMs).toBe(3 * MINUTE);
    expectWhole();
  });

  it('goes on with the present while it reads back', async () => {
    source.onAsked = () => {
      nowMs += 30_000;
    };
    await feed.poll();
    expectWhole();
    const newest = source.asked.filter(
      ({ startMs, endMs }) => endMs - startMs === 3 * MINUTE,
    );
    expect(newest.length).toBeGreaterThan(5);
  });

  it('leaves a past that is long in coming until somebody looks', async () => {
    const audience: { since: number | undefined } = { since: undefined };
    pace.attend(audience);
    source.slowFirstMs = 400;
    await feed.poll();
    expect(source.asked.length).toBe(1);
    expect(feed.condition.state).toBe('live');
    nowMs += MINUTE;
    audience.since = nowMs;
    await feed.poll();
    expectWhole();
  });

  it('leaves it, too, when who looked is gone after a rest', async () => {
    const audience: { since: number | undefined } = { since: nowMs };
    pace.attend(audience);
    source.slowFirstMs = 330;
    source.onAsked = () => {
      // the rest after this part is longer
      setTimeout(() => (audience.since = undefined), source.slowFirstMs + 50);
    };
    await feed.poll();
    expect(source.asked.length).toBe(1);
  });

  it('ends its reading when it is stopped', async () => {
    source.onAsked = () => {
      if (source.asked.length === 3) feed.stop();
    };
    await feed.poll();
    expect(source.asked.length).toBe(3);
  });

  it('catches up after an outage of any length without a hole', async () => {
    await feed.poll();
    nowMs += 95 * MINUTE;
    expect(feed.condition.state).toBe('stale');
    source.failure = new ServiceUnavailableError('Prometheus main is away');
    source.failAfter = source.asked.length + 2;
    await feed.poll();
    expect(feed.condition).toMatchObject({
      state: 'stale',
      message: 'Prometheus main is away',
      observedAt: expect.any(String),
    });
    source.failure = undefined;
    nowMs += MINUTE;
    await feed.poll();
    expectWhole();
    nowMs += 48 * 60 * MINUTE;
    await feed.poll();
    expectWhole();
  });

  it('fills in later what could not be had at first', async () => {
    source.failure = new ServiceUnavailableError('throttled');
    source.failAfter = 2;
    await feed.poll();
    expect(values()!.filter(Number.isNaN).length).toBeGreaterThan(100);
    nowMs += 5 * MINUTE;
    source.failure = undefined;
    await feed.poll();
    expectWhole();
  });

  it('leaves gaps where a service was not measured, and forgets it in the end', async () => {
    source.components = ['orders', 'old'];
    await feed.poll();
    source.components = ['orders'];
    nowMs += 10 * MINUTE;
    await feed.poll();
    const old = values('old')!;
    expect(old.at(-1)).toBeNaN();
    expect(old.at(-12)).toBeNaN();
    expect(old.at(-14)).not.toBeNaN();
    expectWhole();
    nowMs += WINDOW_MS;
    await feed.poll();
    expect(values('old')).toBeUndefined();
    expectWhole();
  });

  it('keeps what it knows when the credentials are refused, and says so', async () => {
    await feed.poll();
    source.failure = new NotAllowedError('Prometheus main refuses');
    source.failAfter = 0;
    nowMs += MINUTE;
    await feed.poll();
    expect(feed.condition).toMatchObject({
      state: 'error',
      message: 'Prometheus main refuses',
    });
    expect(values()!.filter(v => !Number.isNaN(v)).length).toBe(181);
  });

  it('asks once when it is polled twice at a time', async () => {
    await Promise.all([feed.poll(), feed.poll()]);
    const once = source.asked.length;
    nowMs += MINUTE;
    await Promise.all([feed.poll(), feed.poll(), feed.poll()]);
    expect(source.asked.length).toBe(once + 1);
  });
});
