import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { step } from './progress.mjs';

describe('step', () => {
  let output;
  let out;

  beforeEach(() => {
    output = '';
    out = {
      write: text => {
        output += text;
      },
    };
  });

  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

  it('prints one line with the time, and gives the result', async () => {
    const result = await step(
      'portal',
      async note => {
        note('starting');
        await pause(300);
        note('http://localhost:7007');
        return 42;
      },
      out,
    );
    assert.equal(result, 42);
    assert.match(
      output,
      /^ {2}portal +(0\.[3-9]|[1-9]\.\d) s {2}http:\/\/localhost:7007\n$/,
    );
  });

  it('says that it failed, and passes the error on', async () => {
    const failing = step(
      'portal',
      async () => {
        throw new Error('no');
      },
      out,
    );
    await assert.rejects(failing, /^Error: no$/);
    assert.match(output, /portal .* failed\n$/);
  });

  it('draws over one short line on a terminal', async () => {
    Object.assign(out, { isTTY: true, columns: 30 });
    await step(
      'dependencies',
      async note => {
        note('fetching packages, of which there are many');
        await pause(450);
        note('done');
      },
      out,
    );
    const drawn = output.split('\r\u001b[2K').filter(Boolean);
    assert.ok(drawn.length >= 3);
    assert.ok(drawn.slice(0, -1).every(line => line.length < 30));
    assert.match(drawn.at(-1), /done\n$/);
    assert.equal(output.match(/\n/g).length, 1);
  });
});
