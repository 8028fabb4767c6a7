import { readStartOptions } from '../options.mjs';
import { Problem } from '../problem.mjs';
import { stopAll } from '../processes.mjs';
import { publish } from '../runs.mjs';
import { install } from '../steps/install.mjs';
import { portsOf, requireFreePorts } from '../steps/ports.mjs';
import { EVERYDAY, startSandbox } from '../steps/startPortal.mjs';
import { claimPortal, untilItEnds } from './up.mjs';

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
  const ports = portsOf(options).slice(1);
  const url = `http://localhost:${options.sandboxPort}/status`;
  await claimPortal('sandbox', ports);
  try {
    await install();
    await requireFreePorts(ports);
    const child = await startSandbox({ ...options, ...EVERYDAY });
    publish('portal', { url });
    process.stdout.write(`\nThe sandbox answers at ${url}; Ctrl-C stops it.\n`);
    return await untilItEnds(child, 'The sandbox', 'sandbox.log', 'sandbox');
  } finally {
    await stopAll();
  }
}

async function ask({ sandboxPort }, method, route) {
  const url = `http://localhost:${sandboxPort}${route}`;
  let response;
  try {
    response = await fetch(url, { method });
  } catch {
    throw new Problem(
      `No sandbox answers at http://localhost:${sandboxPort}.`,
      'start it with ./fairway up or ./fairway sandbox; if it runs at other ports, name the first with --sandbox-port.',
    );
  }
  process.stdout.write(`${await response.text()}\n`);
  return response.ok ? 0 : 1;
}
