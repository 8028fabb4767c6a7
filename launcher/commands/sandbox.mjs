import path from 'node:path';
import { stopOnSignals } from '../interrupt.mjs';
import { readStartOptions } from '../options.mjs';
import { Problem } from '../problem.mjs';
import { stopAll } from '../processes.mjs';
import { install } from '../steps/install.mjs';
import { portsOf, requireFreePorts } from '../steps/ports.mjs';
import { requireGit } from '../steps/git.mjs';
import { EVERYDAY, startSandbox } from '../steps/startPortal.mjs';

/** @param {string[]} args */
export async function run(args) {
  const verb = args[0] && !args[0].startsWith('-') ? args[0] : undefined;
  const options = readStartOptions(verb ? args.slice(1) : args);
  if (verb === 'status') return ask(options, 'GET', '/status');
  if (verb === 'reset') return ask(options, 'POST', '/reset');
  if (verb) {
    throw new Problem(
      `There is no "sandbox ${verb}".`,
      'use ./fairway sandbox, sandbox status or sandbox reset.',
    );
  }
  requireGit();
  await install();
  await requireFreePorts(portsOf(options).slice(1));
  stopOnSignals();
  try {
    await startSandbox({ ...options, ...EVERYDAY });
  } catch (error) {
    await stopAll();
    throw error;
  }
  process.stdout.write(
    `\nThe sandbox answers at http://localhost:${options.sandboxPort}/status; Ctrl-C stops it.\n`,
  );
  await new Promise(() => {});
  return 0;
}

async function ask({ sandboxPort }, method, route) {
  const url = `http://localhost:${sandboxPort}${route}`;
  let response;
  try {
    response = await fetch(url, { method });
  } catch {
    throw new Problem(
      `No sandbox answers at http://localhost:${sandboxPort}.`,
      `start it with ./fairway up or ./fairway sandbox (its log is ${path.join(
        '.fairway',
        'logs',
        'sandbox.log',
      )}).`,
    );
  }
  process.stdout.write(`${await response.text()}\n`);
  return response.ok ? 0 : 1;
}
