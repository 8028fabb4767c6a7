import { Problem } from '../problem.mjs';
import { readDuration } from './duration.mjs';
import { didYouMean } from './nearest.mjs';
import { table, tellTime } from './table.mjs';

/** Options of `sandbox faults`, for parseArgs. */
export const FAULT_OPTIONS = {
  upstream: { type: 'string' },
  route: { type: 'string' },
  method: { type: 'string' },
  service: { type: 'string' },
  action: { type: 'string' },
  status: { type: 'string' },
  code: { type: 'string' },
  message: { type: 'string' },
  header: { type: 'string', multiple: true },
  throttle: { type: 'boolean' },
  html: { type: 'boolean' },
  delay: { type: 'string' },
  truncate: { type: 'boolean' },
  drop: { type: 'boolean' },
  stall: { type: 'boolean' },
  lose: { type: 'boolean' },
  stream: { type: 'boolean' },
  after: { type: 'string' },
  count: { type: 'string' },
  for: { type: 'string' },
  share: { type: 'string' },
  seed: { type: 'string' },
};

const HELP = './fairway sandbox faults --help shows how to write one.';

/**
 * Lists, adds or clears faults.
 *
 * @param {ReturnType<import('./client.mjs').controlOf>} control
 * @param {string[]} words after `faults`
 * @param {Record<string, any>} values parsed options
 * @returns {Promise<{ json: unknown, text: string }>}
 */
export async function faults(control, [verb, ...rest], values) {
  if (verb === undefined || verb === 'list') {
    const json = await control.ask('GET', '/faults');
    return { json, text: listed(json) };
  }
  if (verb === 'add') {
    if (rest.length) {
      throw new Problem(`"${rest[0]}" belongs to no option.`, HELP);
    }
    const json = await control.ask('POST', '/faults', readFault(values));
    return { json, text: `Added.\n${listed([json])}` };
  }
  if (verb === 'clear') {
    const [id] = rest;
    if (id !== undefined && !/^\d+$/.test(id)) {
      throw new Problem(
        `"${id}" is no number of a fault.`,
        './fairway sandbox faults lists them with their numbers.',
      );
    }
    const json = await control.ask(
      'DELETE',
      id === undefined ? '/faults' : `/faults/${id}`,
    );
    const { removed } = json;
    return {
      json,
      text: removed
        ? `Cleared ${removed} fault${removed === 1 ? '' : 's'}.`
        : 'There was none.',
    };
  }
  throw new Problem(
    `There is no "sandbox faults ${verb}".${didYouMean(verb, [
      'add',
      'clear',
      'list',
    ])}`,
    'use faults, faults add or faults clear.',
  );
}

/**
 * What `POST /faults` takes, from the command line.
 *
 * @param {Record<string, any>} values
 * @throws Problem
 */
export function readFault(values) {
  if (!values.upstream) {
    throw new Problem('Which upstream is to fail is missing.', HELP);
  }
  const kinds = [
    'throttle',
    'html',
    'truncate',
    'drop',
    'stall',
    'lose',
  ].filter(kind => values[kind]);
  if (values.delay !== undefined) kinds.push('delay');
  if (values.status !== undefined && !values.html) kinds.push('status');
  if (kinds.length !== 1) {
    throw new Problem(
      kinds.length
        ? `One fault does one thing, not ${kinds.join(' and ')}.`
        : 'What is to happen is missing.',
      `choose one of --status N, --throttle, --html, --delay D, --truncate, --drop, --stall, --lose. ${HELP}`,
    );
  }
  const [, routeMethod, path] =
    /^(?:([A-Z]+) )?(\/.*)$/.exec(values.route ?? '') ?? [];
  if (values.route !== undefined && path === undefined) {
    throw new Problem(
      `--route is "${values.route}"; a route begins with a slash.`,
      HELP,
    );
  }
  const fault = {
    upstream: values.upstream,
    kind: kinds[0],
    method: values.method ?? routeMethod,
    path,
    service: values.service,
    action: values.action,
    at: values.stream ? 'stream' : undefined,
    afterEvents: wholeNumber('--after', values.after),
    status: wholeNumber('--status', values.status),
    code: values.code,
    message: values.message,
    headers: values.header && Object.fromEntries(values.header.map(readHeader)),
    delayMs:
      values.delay === undefined
        ? undefined
        : Math.round(readDuration(values.delay, '--delay') * 1000),
    count: wholeNumber('--count', values.count),
    forSeconds:
      values.for === undefined ? undefined : readDuration(values.for, '--for'),
    share: readShare(values.share),
    seed: wholeNumber('--seed', values.seed),
  };
  return JSON.parse(JSON.stringify(fault));
}

function wholeNumber(option, text) {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) {
    throw new Problem(`${option} is "${text}"; it takes a whole number.`, HELP);
  }
  return Number(text);
}

function readShare(text) {
  if (text === undefined) return undefined;
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (percent ? 100 : 1);
  if (!(share > 0 && share <= 1)) {
    throw new Problem(
      `--share is "${text}"; it takes a part of all calls.`,
      'write it as 20% or 0.2.',
    );
  }
  return share;
}

function readHeader(text) {
  const [, name, value] = /^([^:=]+)[:=]\s*(.*)$/.exec(text) ?? [];
  if (!name) {
    throw new Problem(
      `--header is "${text}"; it takes a name and a value.`,
      'write it as retry-after:60.',
    );
  }
  return [name.trim().toLowerCase(), value];
}

function listed(all) {
  if (all.length === 0) {
    return 'There are no faults: ./fairway sandbox faults add --help shows how to add one.';
  }
  return table(
    ['id', 'upstream', 'which', 'what', 'hits', 'left', 'until'],
    all.map(fault => [
      fault.id,
      fault.upstream,
      whichOf(fault),
      whatOf(fault),
      fault.hits,
      fault.remaining ?? 'all',
      fault.expiresAt ? tellTime(fault.expiresAt) : 'cleared',
    ]),
  );
}

function whichOf(fault) {
  const calls =
    fault.service || fault.action
      ? [fault.service, fault.action].filter(Boolean).join(' ')
      : fault.path ?? 'every call';
  const method = fault.method ? `${fault.method} ` : '';
  const share =
    fault.share === undefined ? '' : `, ${Math.round(fault.share * 100)} %`;
  return `${method}${calls}${share}`;
}

function whatOf(fault) {
  const where =
    fault.at === 'stream' && fault.kind !== 'lose' ? ' in mid-stream' : '';
  switch (fault.kind) {
    case 'status':
      return [fault.status, fault.code].filter(Boolean).join(' ');
    case 'delay':
      return `delay ${fault.delayMs} ms`;
    case 'lose':
      return 'loses events';
    default:
      return `${fault.kind}${where}`;
  }
}
