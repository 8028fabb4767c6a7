import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

/**
 * Ports and switches of `up` and `dev`, from the command line and the
 * environment.
 *
 * @param {string[]} args
 */
export function readStartOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'sandbox-port': { type: 'string' },
        postgres: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Problem(error.message, './fairway --help lists the options.');
  }
  return {
    port: readPort('--port', values.port ?? process.env.FAIRWAY_PORT, 7007, 1),
    sandboxPort: readPort(
      '--sandbox-port',
      values['sandbox-port'] ?? process.env.FAIRWAY_SANDBOX_PORT,
      7100,
      5,
    ),
    postgres: values.postgres,
  };
}

function readPort(name, text, fallback, count) {
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port + count - 1 > 65535) {
    throw new Problem(
      `${name} is "${text}"; it must be a whole number from 1024 to ${
        65536 - count
      }.`,
      `give another, for example ${name} ${fallback}.`,
    );
  }
  return port;
}
