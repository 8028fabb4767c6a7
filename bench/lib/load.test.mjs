import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atRate } from './load.mjs';

describe('atRate', () => {
  it('sends as many as the rate says, and does not wait for answers', async () => {
    let open = 0;
    let most = 0;
    const { answers, failures } = await atRate({
      rate: 100,
      seconds: 0.1,
      send: async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise(resolve => setTimeout(resolve, 60));
        open -= 1;
        return { status: 200, ms: 60 };
      },
    });
    assert.equal(answers.length, 10);
    assert.equal(failures, 0);
    assert.ok(most > 1, 'the second was sent before the first was answered');
  });

  it('counts as failures what was refused and what was never answered', async () => {
    const outcomes = [
      async () => ({ status: 200, ms: 1 }),
      async () => ({ status: 429, ms: 1 }),
      async () => {
        throw new Error('ECONNRESET');
      },
    ];
    const { answers, failures } = await atRate({
      rate: 300,
      seconds: 0.01,
      send: index => outcomes[index](),
    });
    assert.equal(answers.length, 1);
    assert.equal(failures, 2);
  });
});
