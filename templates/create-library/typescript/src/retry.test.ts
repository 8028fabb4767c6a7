import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { retry } from './retry.ts';

const QUICK = { attempts: 3, delayMs: 1 };

describe('retry', () => {
  it('gives what the first try that works gives', async () => {
    const tried: number[] = [];
    const answer = await retry((attempt) => {
      tried.push(attempt);
      return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
    }, QUICK);
    assert.equal(answer, 'done');
    assert.deepEqual(tried, [1, 2, 3]);
  });

  it('fails with the last failure', async () => {
    const failing = (attempt: number) => Promise.reject(new Error(`failure ${String(attempt)}`));
    await assert.rejects(retry(failing, QUICK), /failure 3/);
  });

  it('does not try again what cannot work', async () => {
    let tries = 0;
    const failing = () => {
      tries++;
      return Promise.reject(new Error('forbidden'));
    };
    await assert.rejects(retry(failing, { ...QUICK, isRetryable: () => false }), /forbidden/);
    assert.equal(tries, 1);
  });

  it('stops waiting when it is told to', async () => {
    const controller = new AbortController();
    const failing = () => Promise.reject(new Error('not yet'));
    const waiting = retry(failing, {
      attempts: 2,
      delayMs: 1e9,
      maxDelayMs: 1e9,
      signal: controller.signal,
    });
    setTimeout(() => {
      controller.abort(new Error('enough'));
    }, 5);
    await assert.rejects(waiting, /enough/);
  });

  it('refuses a number of attempts that makes no sense', async () => {
    await assert.rejects(
      retry(() => Promise.resolve(1), { attempts: 0, delayMs: 1 }),
      RangeError,
    );
  });
});
