import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readStartOptions } from './options.mjs';

describe('readStartOptions', () => {
  it('has defaults', () => {
    assert.deepEqual(readStartOptions([], {}), {
      port: 7007,
      sandboxPort: 7100,
      appPort: 3000,
      postgres: false,
      generate: undefined,
    });
  });

  it('reads both ways to write an option', () => {
    const options = readStartOptions(
      [
        '--port',
        '9000',
        '--sandbox-port=9100',
        '--postgres',
        '--generate=2000x3',
      ],
      {},
    );
    assert.equal(options.port, 9000);
    assert.equal(options.sandboxPort, 9100);
    assert.equal(options.postgres, true);
    assert.equal(options.generate, '2000x3');
  });

  it('takes the command line before the environment', () => {
    const env = { FAIRWAY_PORT: '9001', FAIRWAY_SANDBOX_PORT: '9101' };
    const options = readStartOptions(['--port', '9000'], env);
    assert.equal(options.port, 9000);
    assert.equal(options.sandboxPort, 9101);
  });

  for (const [args, env, message] of [
    [['--port', 'http'], {}, /--port is "http"; .* from 1024 to 65535/],
    [['--port', '80'], {}, /--port is "80"/],
    [['--port', '9000.5'], {}, /whole number/],
    [['--port', '0x2000'], {}, /--port is "0x2000"/],
    [['--sandbox-port', '65534'], {}, /from 1024 to 65529/],
    [[], { FAIRWAY_PORT: 'x' }, /FAIRWAY_PORT is "x"/],
    [['--generate', '5'], {}, /--generate is "5"/],
    [['--generate', '9000x3'], {}, /services and environments/],
    [['--prot', '1'], {}, /Unknown option '--prot'/],
    [['surplus'], {}, /Unexpected argument 'surplus'/],
    [['--port'], {}, /--port/],
  ]) {
    it(`refuses ${JSON.stringify(args)} ${JSON.stringify(env)}`, () => {
      assert.throws(
        () => readStartOptions(args, env),
        error => message.test(error.message) && Boolean(error.nextStep),
      );
    });
  }
});
