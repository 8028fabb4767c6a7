/** Everything that differs from one environment to the next. */
export interface Config {
  /** Port to listen on (PORT, 8080). */
  port: number;
  /** Short name of where this runs (ENVIRONMENT, local). */
  environment: string;
  /** The least level that is written (LOG_LEVEL, info). */
  logLevel: LogLevel;
  /** Whether callers may ask for the schema, and get GraphiQL (INTROSPECTION; by default only where ENVIRONMENT is local or dev). */
  introspection: boolean;
  /** Whether only operations of the folder `operations` are answered (PERSISTED_ONLY, false). */
  persistedOnly: boolean;
  /** How deep an operation may be nested (MAX_DEPTH, 8). */
  maxDepth: number;
  /** What an operation may cost: a field 1, an object 2, half as much again on each level (MAX_COST, 1000). */
  maxCost: number;
  /** How long requests are still taken after the service has said that it is not ready any more, ms (DRAIN_DELAY, 5s). */
  drainDelayMs: number;
  /** How long requests under way may take to finish, ms (SHUTDOWN_TIMEOUT, 15s). */
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
  const flag = (key: string, otherwise: boolean) =>
    read(key, otherwise, 'true or false', (text) =>
      text === 'true' ? true : text === 'false' ? false : undefined,
    );
  const duration = (key: string, otherwise: number) =>
    read(key, otherwise, 'a duration such as 5s or 500ms', parseDuration);

  const environment = read('ENVIRONMENT', 'local', 'a name', (text) => text);
  const config: Config = {
    port: number('PORT', 8080, 65535),
    environment,
    logLevel: read('LOG_LEVEL', 'info', LOG_LEVELS.join(', '), (text) =>
      LOG_LEVELS.find((level) => level === text),
    ),
    introspection: flag(
      'INTROSPECTION',
      environment === 'local' || environment === 'dev',
    ),
    persistedOnly: flag('PERSISTED_ONLY', false),
    maxDepth: number('MAX_DEPTH', 8, 100),
    maxCost: number('MAX_COST', 1000, 1_000_000),
    drainDelayMs: duration('DRAIN_DELAY', 5_000),
    shutdownTimeoutMs: duration('SHUTDOWN_TIMEOUT', 15_000),
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
