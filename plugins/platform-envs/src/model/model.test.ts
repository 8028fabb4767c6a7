import { ResponseError } from '@backstage/errors';
import {
  AT,
  aPromotion,
  aRelease,
  aSource,
  minutesBefore,
} from '../__testUtils__';
import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import { explainError } from './explainError';
import { describeBehind } from './behind';
import {
  describeStaleness,
  describeStaleSources,
  freshnessOf,
} from './freshness';
import { formatLag, withGaps } from './lag';
import { describeState, promotionSteps } from './promotion';
import { releaseName, shortDigest } from './release';
import { formatDuration, formatRelative } from './time';
import { describeWay } from './way';

describe('time', () => {
  it.each([
    [0, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [26 * 3_600_000, '1 d'],
    [-5, '0 s'],
  ])('says %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('tells past from future', () => {
    const now = Date.parse(AT);
    expect(formatRelative(minutesBefore(4), now)).toBe('4 min ago');
    expect(formatRelative(minutesBefore(-90), now)).toBe('in 1 h');
    expect(formatRelative(AT, now)).toBe('now');
  });
});

describe('release', () => {
  it('names a release by version, else by digest, else not at all', () => {
    const release = aRelease('web', '1.2.3');
    expect(releaseName(release)).toBe('1.2.3');
    expect(releaseName({ ...release, version: undefined })).toBe(
      shortDigest(release.digest!),
    );
    expect(releaseName({ image: 'web' })).toBeUndefined();
    expect(
      releaseName({ image: 'web', version: 'unreleased' }),
    ).toBeUndefined();
  });
});

describe('describeWay', () => {
  const ref = (name: string) => `environment:default/${name}`;

  it('keeps what tells two environments apart', () => {
    expect(describeWay(ref('my-shop-uat'), ref('my-shop-prod'))).toEqual({
      from: 'uat',
      to: 'prod',
      platform: 'my-shop',
    });
  });

  it('keeps whole names when they share nothing or one is missing', () => {
    expect(describeWay(ref('a-uat'), ref('b-prod'))).toEqual({
      from: 'a-uat',
      to: 'b-prod',
    });
    expect(describeWay(undefined, ref('a-prod'))).toEqual({ to: 'a-prod' });
  });
});

describe('lag', () => {
  it('puts a gap where minutes are missing, and never a zero', () => {
    const points = withGaps([
      { at: minutesBefore(10), lagMs: 180 },
      { at: minutesBefore(9), lagMs: 190 },
      { at: minutesBefore(5), lagMs: 200 },
    ]);
    expect(points.map(point => point.lagMs)).toEqual([180, 190, null, 200]);
  });

  it.each([
    [180.4, '180 ms'],
    [2_400, '2.4 s'],
    [180_000, '3 min'],
  ])('says %d as %s', (ms, text) => {
    expect(formatLag(ms)).toBe(text);
  });
});

describe('freshnessOf', () => {
  const live = { status: 'live' as const, lastActivityAt: 2000 };
  const input = {
    sources: [aSource()],
    stream: live,
    dataUpdatedAt: 1000,
    failed: false,
  };

  it('is live while sources and stream are', () => {
    expect(freshnessOf(input, 3000)).toEqual({ state: 'live', at: 2000 });
  });

  it('is stale since the oldest answer of a source that fails, whatever the stream says', () => {
    const source = aSource({
      state: 'stale',
      observedAt: minutesBefore(9),
      message: 'connection refused',
    });
    expect(freshnessOf({ ...input, sources: [source] }, 3000)).toEqual({
      state: 'stale',
      at: Date.parse(minutesBefore(9)),
      reason: 'Argo CD: connection refused',
    });
  });

  it('names a source once', () => {
    const source = aSource({
      title: 'Argo CD main',
      state: 'stale',
      message: 'Argo CD main cannot be reached',
    });
    expect(describeStaleSources([aSource(), source])).toMatch(
      /^stale since .* \(Argo CD main cannot be reached\)$/,
    );
    expect(describeStaleSources([aSource()])).toBeUndefined();
  });

  it('tells once what sources that fail alike say', () => {
    const git = (name: string, message: string) =>
      aSource({ title: `Git ${name}`, state: 'stale', message });
    const away = ['org/a', 'org/b', 'org/c', 'org/d', 'org/e'].map(name =>
      git(name, `The Git host answered 503 for ${name}`),
    );
    const reasonOf = (...sources: OverviewSource[]) =>
      freshnessOf({ ...input, sources }, 3000).reason;
    expect(reasonOf(...away)).toBe(
      'Git org/a, org/b, org/c and 2 more: The Git host answered 503',
    );
    expect(
      reasonOf(...away.slice(0, 2), git('org/f', 'It has not been read yet')),
    ).toBe(
      'Git org/a and org/b: The Git host answered 503; Git org/f: It has not been read yet',
    );
  });

  it('F89 is stale when the portal does not answer, never quietly live', () => {
    expect(freshnessOf({ ...input, failed: true }, 3000)).toMatchObject({
      state: 'stale',
      at: 1000,
      isCutOff: true,
    });
  });

  it('F89 is stale when a machine slept through the silence of the stream', () => {
    expect(freshnessOf(input, 3000 + 600_000)).toMatchObject({
      state: 'stale',
      at: 2000,
      isCutOff: true,
    });
  });

  it('says that it polls when the stream is broken', () => {
    const stream = { status: 'broken' as const, reason: '502' };
    expect(freshnessOf({ ...input, stream }, 3000)).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('502'),
    });
  });

  it('is stale when it neither hears nor gets anything', () => {
    const stream = { status: 'broken' as const, reason: '502' };
    expect(freshnessOf({ ...input, stream }, 61_000)).toMatchObject({
      state: 'stale',
      at: 1000,
      reason: '502',
    });
  });

  it('puts staleness into words, and says nothing while all is well', () => {
    expect(
      describeStaleness({ state: 'stale', at: Date.parse(AT), reason: 'why' }),
    ).toMatch(/^stale since \d\d:\d\d \(why\)$/);
    expect(describeStaleness({ state: 'live', at: 1 })).toBeUndefined();
  });
});

describe('describeBehind', () => {
  const behind = {
    state: 'behind' as const,
    fromVersion: '1.8.0',
    toVersion: '1.8.2',
  };

  it.each([
    [{ ...behind, commits: 3 }, '-3'],
    [{ ...behind, state: 'ahead' as const, ahead: 1 }, '+1'],
    [{ ...behind, state: 'diverged' as const, commits: 3, ahead: 1 }, '-3 +1'],
    [behind, 'behind 1.8.2'],
    [{ state: 'behind' as const }, 'behind'],
    [{ state: 'same' as const }, undefined],
    [{ state: 'unknown' as const }, undefined],
  ])('marks %j as %s', (words, mark) => {
    expect(describeBehind(words)?.mark).toBe(mark);
  });

  it('says why it cannot tell, and never that all is the same', () => {
    expect(
      describeBehind({ state: 'unknown', reason: 'no tag for 1.8.2' })?.long,
    ).toBe('Whether it is behind cannot be told: no tag for 1.8.2');
    expect(describeBehind({ ...behind, commits: 1 })?.long).toBe(
      'Behind: 1.8.0 → 1.8.2, lacks 1 commit',
    );
  });
});

describe('promotionSteps', () => {
  const states = (state: Parameters<typeof aPromotion>[0]) =>
    promotionSteps(aPromotion(state), []).map(step => step.state);

  it.each([
    ['WAITING', ['done', 'current', 'ahead', 'ahead', 'ahead']],
    ['WRITING', ['done', 'done', 'current', 'ahead', 'ahead']],
    ['SYNCING', ['done', 'done', 'done', 'current', 'ahead']],
    ['VERIFYING', ['done', 'done', 'done', 'done', 'current']],
    ['SUCCEEDED', ['done', 'done', 'done', 'done', 'done']],
    ['REJECTED', ['done', 'stopped', 'ahead', 'ahead', 'ahead']],
  ] as const)('of %s', (state, expected) => {
    expect(states({ state })).toEqual(expected);
  });

  it('stops where the record says', () => {
    const steps = promotionSteps(aPromotion({ state: 'FAILED' }), [
      {
        sequence: 9,
        at: AT,
        actor: 'portal',
        event: 'fail',
        fromState: 'SYNCING',
        toState: 'FAILED',
        message: '',
      },
    ]);
    expect(steps.find(step => step.state === 'stopped')).toMatchObject({
      title: 'Synced',
      tone: 'bad',
    });
  });

  it('counts who is still missing', () => {
    expect(describeState(aPromotion(), { have: 1, need: 2 })).toBe(
      'Waiting for 1 of 2',
    );
    expect(describeState(aPromotion({ state: 'FAILED' }))).toBe('Failed');
  });
});

describe('explainError', () => {
  it('takes the words of the server and its request id', async () => {
    const error = await ResponseError.fromResponse(
      Response.json(
        {
          error: { name: 'NotAllowedError', message: 'Only leads may' },
          response: { statusCode: 403 },
        },
        { status: 403, headers: { 'x-request-id': 'r-1' } },
      ) as any,
    );
    expect(explainError(error)).toMatchObject({
      cause: 'Only leads may',
      notAllowed: true,
      requestId: 'r-1',
    });
  });

  it('tells an unreachable portal from a fault', () => {
    expect(explainError(new TypeError('Failed to fetch')).cause).toMatch(
      /cannot be reached/,
    );
    expect(explainError(new Error('odd')).cause).toBe('odd');
  });
});
