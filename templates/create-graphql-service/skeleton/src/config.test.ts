import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

test('settings have defaults', () => {
  const defaults = {
    port: 8080,
    environment: 'local',
    logLevel: 'info',
    introspection: true,
    persistedOnly: false,
    maxDepth: 8,
    maxCost: 1000,
    drainDelayMs: 5_000,
    shutdownTimeoutMs: 15_000,
  };
  assert.deepEqual(readConfig({}), defaults);
  assert.deepEqual(readConfig({ PORT: '' }), defaults);
});

test('every variable is read', () => {
  const config = readConfig({
    PORT: '9000',
    ENVIRONMENT: 'dev',
    LOG_LEVEL: 'debug',
    INTROSPECTION: 'false',
    PERSISTED_ONLY: 'true',
    MAX_DEPTH: '3',
    MAX_COST: '50',
    DRAIN_DELAY: '0s',
    SHUTDOWN_TIMEOUT: '250ms',
  });
  assert.deepEqual(config, {
    port: 9000,
    environment: 'dev',
    logLevel: 'debug',
    introspection: false,
    persistedOnly: true,
    maxDepth: 3,
    maxCost: 50,
    drainDelayMs: 0,
    shutdownTimeoutMs: 250,
  });
});

test('the schema is shown only where developers work, unless told', () => {
  assert.equal(readConfig({ ENVIRONMENT: 'prod' }).introspection, false);
  assert.equal(
    readConfig({ ENVIRONMENT: 'prod', INTROSPECTION: 'true' }).introspection,
    true,
  );
});

test('every problem is named', () => {
  assert.throws(
    () =>
      readConfig({
        PORT: '65536',
        LOG_LEVEL: 'loud',
        INTROSPECTION: 'yes',
        MAX_DEPTH: '0',
        MAX_COST: '1e3',
        DRAIN_DELAY: '5',
        SHUTDOWN_TIMEOUT: '-1s',
      }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.message.split('\n'), [
        'PORT is "65536", want a number from 1 to 65535',
        'LOG_LEVEL is "loud", want trace, debug, info, warn, error',
        'INTROSPECTION is "yes", want true or false',
        'MAX_DEPTH is "0", want a number from 1 to 100',
        'MAX_COST is "1e3", want a number from 1 to 1000000',
        'DRAIN_DELAY is "5", want a duration such as 5s or 500ms',
        'SHUTDOWN_TIMEOUT is "-1s", want a duration such as 5s or 500ms',
      ]);
      return true;
    },
  );
});
