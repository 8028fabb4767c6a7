/** Everything that differs from one environment to the next. */
export interface Config {
  /** Port to listen on; a worker has its probes there (PORT, 8080). */
  port: number;
  /** Short name of where this runs (ENVIRONMENT, local). */
  environment: string;
  /** The least level that is written (LOG_LEVEL, info). */
  logLevel: LogLevel;
  /** Where jobs are put and taken from (QUEUE_URL); absent until the queue is there. */
  queueUrl: string | undefined;
  /** Where jobs go that nobody can do (DEAD_LETTER_QUEUE_URL); absent: the queue's own redrive policy takes them there. */
  deadLetterQueueUrl: string | undefined;
  /** How many jobs are done at once (CONCURRENCY, 5). */
  concurrency: number;
  /** For how long a job is out of sight of others; it is prolonged while the job is done, ms (VISIBILITY_TIMEOUT, 30s). */
  visibilityTimeoutMs: number;
  /** How long requests are still taken after the service has said that it is not ready any more, ms (DRAIN_DELAY, 5s). */
  drainDelayMs: number;
  /** How long requests and jobs under way may take to finish, ms (SHUTDOWN_TIMEOUT, 20s). */
  shutdownTimeoutMs: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names every variable that cannot be used, not only the first. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the settings, usually from `process.env`. A variable that is empty
 * counts as absent.
 *
 * @throws ConfigError - some cannot be used.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const read = <T>(
    key: string,
    otherwise: T,
    want: string,
    parse: (text: string) => T | undefined,
  ): T => {
    const text = env[key];
    if (text === undefined || text === '') {
      return otherwise;
    }
    const value = parse(text);
    if (value === undefined) {
      problems.push(`${key} is ${JSON.stringify(text)}, want ${want}`);
      return otherwise;
    }
    return value;
  };
  const number = (key: string, otherwise: number, max: number) =>
    read(key, otherwise, `a number from 1 to ${max}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : 0;
      return value >= 1 && value <= max ? value : undefined;
    });
  const duration = (key: string, otherwise: number) =>
    read(key, otherwise, 'a duration such as 5s or 500ms', parseDuration);
  const url = (key: string) =>
    read<string | undefined>(key, undefined, 'the URL of a queue', (text) =>
      /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined,
    );

  const config: Config = {
    port: number('PORT', 8080, 65535),
    environment: read('ENVIRONMENT', 'local', 'a name', (text) => text),
    logLevel: read('LOG_LEVEL', 'info', LOG_LEVELS.join(', '), (text) =>
      LOG_LEVELS.find((level) => level === text),
    ),
    queueUrl: url('QUEUE_URL'),
    deadLetterQueueUrl: url('DEAD_LETTER_QUEUE_URL'),
    concurrency: number('CONCURRENCY', 5, 100),
    visibilityTimeoutMs: duration('VISIBILITY_TIMEOUT', 30_000),
    drainDelayMs: duration('DRAIN_DELAY', 5_000),
    shutdownTimeoutMs: duration('SHUTDOWN_TIMEOUT', 20_000),
  };
  if (problems.length > 0) {
    throw new ConfigError(problems.join('\n'));
  }
  return config;
}

function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined) {
    return undefined;
  }
  return Number(amount) * (unit === 'm' ? 60_000 : unit === 's' ? 1_000 : 1);
}
