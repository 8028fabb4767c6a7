import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

const PORTS = {
  port: { variable: 'FAIRWAY_PORT', fallback: 7007, count: 1 },
  'sandbox-port': {
    variable: 'FAIRWAY_SANDBOX_PORT',
    fallback: 7100,
    count: 7,
  },
  'app-port': { variable: 'FAIRWAY_APP_PORT', fallback: 3000, count: 1 },
};

/**
 * Ports and switches of the commands that start something, from the command
 * line, else the environment, else the defaults.
 *
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @returns {{ port: number, sandboxPort: number, appPort: number, postgres: boolean, generate: string | undefined }}
 * @throws Problem naming an option that is unknown or a port that cannot be
 */
export function readStartOptions(args, env = process.env) {
  const values = readArgs(args, {
    port: { type: 'string' },
    'sandbox-port': { type: 'string' },
    'app-port': { type: 'string' },
    postgres: { type: 'boolean', default: false },
    generate: { type: 'string' },
  });
  const port = name => readPort(name, values[name], env);
  return {
    port: port('port'),
    sandboxPort: port('sandbox-port'),
    appPort: port('app-port'),
    postgres: values.postgres,
    generate: readGenerate(values.generate),
  };
}

/**
 * How much of a world to generate, `<services>x<environments>`.
 *
 * @param {string | undefined} given
 * @throws Problem
 */
export function readGenerate(given) {
  if (given === undefined) return undefined;
  const [, services, environments] = /^(\d+)x(\d+)$/.exec(given) ?? [];
  if (
    !(
      services >= 1 &&
      services <= 5000 &&
      environments >= 1 &&
      environments <= 5
    )
  ) {
    throw new Problem(
      `--generate is "${given}"; it takes services and environments.`,
      'write it as 2000x3; the most is 5000x5.',
    );
  }
  return given;
}

/**
 * A name and the portal's port, of a command that asks a running portal.
 *
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @returns {{ name: string | undefined, port: number }}
 * @throws Problem naming what is not understood
 */
export function readPositional(args, env = process.env) {
  const [name, ...rest] = args[0]?.startsWith('-')
    ? [undefined, ...args]
    : args;
  const values = readArgs(rest, { port: { type: 'string' } });
  return { name, port: readPort('port', values.port, env) };
}

/**
 * `parseArgs` without positionals, whose complaints are Problems.
 *
 * @param {string[]} args
 * @param {import('node:util').ParseArgsOptionsConfig} options
 */
export function readArgs(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Problem(
      error.message.split('. ')[0].replace(/\.$/, '') + '.',
      './fairway --help lists the options.',
    );
  }
}

/**
 * A port from the command line, else the environment, else the default.
 *
 * @param {keyof typeof PORTS} name
 * @param {string | undefined} given
 * @param {Record<string, string | undefined>} env
 * @param {string} [option] how it was written, for the complaint
 * @throws Problem
 */
export function readPort(name, given, env, option = `--${name}`) {
  const { variable, fallback, count } = PORTS[name];
  const source = given === undefined ? variable : option;
  const text = given ?? env[variable];
  if (text === undefined || text === '') return fallback;
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(port >= 1024 && port + count - 1 <= 65535)) {
    throw new Problem(
      `${source} is "${text}"; it must be a whole number from 1024 to ${
        65536 - count
      }.`,
      `give another, for example ${option} ${fallback}.`,
    );
  }
  return port;
}
