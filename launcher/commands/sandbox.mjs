import { parseArgs } from 'node:util';
import { readGenerate, readPort } from '../options.mjs';
import { Problem } from '../problem.mjs';
import { stopAll } from '../processes.mjs';
import { publish } from '../runs.mjs';
import { controlOf } from '../sandbox/client.mjs';
import { FAULT_OPTIONS, faults } from '../sandbox/faults.mjs';
import { sandboxHelp, VERB_NAMES } from '../sandbox/help.mjs';
import { didYouMean } from '../sandbox/nearest.mjs';
import {
  advance,
  counters,
  reset,
  scenario,
  status,
} from '../sandbox/verbs.mjs';
import { install } from '../steps/install.mjs';
import { portsOf, requireFreePorts } from '../steps/ports.mjs';
import { EVERYDAY, startSandbox } from '../steps/startPortal.mjs';
import { claimPortal, untilItEnds } from './up.mjs';

const VERBS = { status, scenario, faults, counters, advance, reset };

const COMMON = {
  port: { type: 'string' },
  'sandbox-port': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};
const OPTIONS = {
  start: { speed: { type: 'string' }, generate: { type: 'string' } },
  status: {},
  scenario: { off: { type: 'boolean' } },
  faults: FAULT_OPTIONS,
  counters: { reset: { type: 'boolean' } },
  advance: {},
  reset: {},
};

/** @param {string[]} args */
export async function run(args) {
  const [first] = args;
  const verb = first && !first.startsWith('-') ? first : undefined;
  if (verb && !VERB_NAMES.includes(verb)) {
    throw new Problem(
      `There is no "sandbox ${verb}".${didYouMean(verb, VERB_NAMES)}`,
      `use ./fairway sandbox, or ./fairway sandbox with ${VERB_NAMES.join(
        ', ',
      )}.`,
    );
  }
  const { values, words } = read(verb ?? 'start', verb ? args.slice(1) : args);
  if (values.help) {
    process.stdout.write(`${sandboxHelp(verb).trimEnd()}\n`);
    return 0;
  }
  const sandboxPort = readPort(
    'sandbox-port',
    values.port ?? values['sandbox-port'],
    process.env,
    values.port === undefined ? undefined : '--port',
  );
  if (!verb) return startAlone({ ...values, sandboxPort });
  const { json, text } = await VERBS[verb](
    controlOf(sandboxPort),
    words,
    values,
  );
  process.stdout.write(
    `${values.json ? JSON.stringify(json, null, 2) : text}\n`,
  );
  return 0;
}

async function startAlone({ sandboxPort, speed, generate }) {
  if (speed !== undefined && !(Number(speed) > 0)) {
    throw new Problem(
      `--speed is "${speed}"; it must be a number above 0.`,
      'leave it out for real time.',
    );
  }
  readGenerate(generate);
  const ports = portsOf({ port: 0, sandboxPort }).slice(1);
  const url = `http://localhost:${sandboxPort}/status`;
  await claimPortal('sandbox', ports);
  try {
    await install();
    await requireFreePorts(ports);
    const child = await startSandbox({
      ...EVERYDAY,
      sandboxPort,
      speed,
      generate,
    });
    publish('portal', { url });
    process.stdout.write(
      `\nThe sandbox answers at ${url}; ./fairway sandbox status tells more.\n${
        generate
          ? `Its catalog entities are in .fairway/sandbox-${generate}/catalog/generated.yaml.\n`
          : ''
      }Ctrl-C stops it.\n`,
    );
    return await untilItEnds(child, 'The sandbox', 'sandbox.log', 'sandbox');
  } finally {
    await stopAll();
  }
}

function read(verb, args) {
  const options = {
    ...COMMON,
    ...(verb === 'start' ? {} : { json: { type: 'boolean' } }),
    ...OPTIONS[verb],
  };
  try {
    const { values, positionals } = parseArgs({
      args,
      options,
      allowPositionals: verb !== 'start',
    });
    return { values, words: positionals };
  } catch (error) {
    const [, given] = /'(--[^' ]+)/.exec(error.message) ?? [];
    const known = Object.keys(options).map(name => `--${name}`);
    throw new Problem(
      `${error.message.split('. ')[0].replace(/\.$/, '')}.${
        given && !known.includes(given) ? didYouMean(given, known) : ''
      }`,
      `./fairway sandbox ${
        verb === 'start' ? '' : `${verb} `
      }--help lists the options.`,
    );
  }
}
