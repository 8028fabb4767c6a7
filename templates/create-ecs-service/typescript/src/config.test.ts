import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

test('settings have defaults', () => {
  const defaults = {
    port: 8080,
    environment: 'local',
    logLevel: 'info',
    queueUrl: undefined,
    deadLetterQueueUrl: undefined,
    concurrency: 5,
    visibilityTimeoutMs: 30_000,
    drainDelayMs: 5_000,
    shutdownTimeoutMs: 20_000,
  };
  assert.deepEqual(readConfig({}), defaults);
  assert.deepEqual(readConfig({ PORT: '', QUEUE_URL: '' }), defaults);
});

test('every variable is read', () => {
  const config = readConfig({
    PORT: '9000',
    ENVIRONMENT: 'dev',
    LOG_LEVEL: 'debug',
    QUEUE_URL: 'https://queues.example/1/jobs',
    DEAD_LETTER_QUEUE_URL: 'https://queues.example/1/jobs-dead',
    CONCURRENCY: '1',
    VISIBILITY_TIMEOUT: '1m',
    DRAIN_DELAY: '0s',
    SHUTDOWN_TIMEOUT: '250ms',
  });
  assert.deepEqual(config, {
    port: 9000,
    environment: 'dev',
    logLevel: 'debug',
    queueUrl: 'https://queues.example/1/jobs',
    deadLetterQueueUrl: 'https://queues.example/1/jobs-dead',
    concurrency: 1,
    visibilityTimeoutMs: 60_000,
    drainDelayMs: 0,
    shutdownTimeoutMs: 250,
  });
});

test('every problem is named', () => {
  assert.throws(
    () =>
      readConfig({
        PORT: '65536',
        LOG_LEVEL: 'loud',
        QUEUE_URL: 'jobs',
        DEAD_LETTER_QUEUE_URL: 'file:///jobs',
        CONCURRENCY: '0',
        VISIBILITY_TIMEOUT: '5',
        DRAIN_DELAY: '-1s',
        SHUTDOWN_TIMEOUT: 'soon',
      }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.message.split('\n'), [
        'PORT is "65536", want a number from 1 to 65535',
        'LOG_LEVEL is "loud", want trace, debug, info, warn, error',
        'QUEUE_URL is "jobs", want the URL of a queue',
        'DEAD_LETTER_QUEUE_URL is "file:///jobs", want the URL of a queue',
        'CONCURRENCY is "0", want a number from 1 to 100',
        'VISIBILITY_TIMEOUT is "5", want a duration such as 5s or 500ms',
        'DRAIN_DELAY is "-1s", want a duration such as 5s or 500ms',
        'SHUTDOWN_TIMEOUT is "soon", want a duration such as 5s or 500ms',
      ]);
      return true;
    },
  );
});
