import { Problem } from '../problem.mjs';
import { readDuration, tellDuration } from './duration.mjs';
import { didYouMean } from './nearest.mjs';
import { table, tellBytes, tellTime } from './table.mjs';

/** @typedef {ReturnType<import('./client.mjs').controlOf>} Control */

/** What runs, for people. @param {Control} control */
export async function status(control) {
  const json = await control.ask('GET', '/status');
  const { counts, versions, memory } = json;
  const since = (Date.now() - Date.parse(json.startedAt)) / 1000;
  const ahead =
    json.aheadSeconds > 0
      ? `, ${tellDuration(json.aheadSeconds)} ahead of this machine`
      : '';
  const rows = [
    ['clock', `${tellTime(json.now)}${ahead}; speed ${json.speed}`],
    [
      'world',
      Object.entries(counts)
        .filter(([name]) => !['faults', 'calls'].includes(name))
        .map(([name, count]) => `${count} ${inWords(name)}`)
        .join(', '),
    ],
    ['scenario', inForce(json.scenarios)],
    [
      'faults',
      counts.faults
        ? `${counts.faults}; ./fairway sandbox faults lists them`
        : 'none',
    ],
    ['calls', `${counts.calls}; ./fairway sandbox counters tells which`],
    ['memory', tellBytes(memory.rssBytes)],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['data', json.dataDir],
  ];
  const urls = Object.entries(json.urls).filter(([, url]) => url);
  return {
    json,
    text: `The sandbox has run for ${tellDuration(since)} (process ${
      json.pid
    }).\n\n${pairs(urls)}\n\n${pairs(rows)}`,
  };
}

/**
 * Lists scenarios, starts one or ends one.
 *
 * @param {Control} control
 * @param {string[]} words after `scenario`
 * @param {{ off?: boolean }} values
 */
export async function scenario(control, [name, ...pieces], { off }) {
  const all = await control.ask('GET', '/scenarios');
  if (name === undefined) return { json: all, text: listScenarios(all) };
  const known = all.map(one => one.name);
  if (!known.includes(name)) {
    throw new Problem(
      `There is no scenario "${name}".${didYouMean(name, known)}`,
      `choose from ${known.join(', ')}.`,
    );
  }
  const path = `/scenarios/${encodeURIComponent(name)}`;
  if (off) {
    const json = await control.ask('DELETE', path);
    return { json, text: `${name} has ended.` };
  }
  const parameters = Object.fromEntries(
    pieces.map(piece => {
      const at = piece.indexOf('=');
      if (at < 1) {
        throw new Problem(
          `"${piece}" is no parameter.`,
          'write parameters as KEY=VALUE; ./fairway sandbox scenario lists them.',
        );
      }
      return [piece.slice(0, at), piece.slice(at + 1)];
    }),
  );
  const json = await control.ask('POST', path, parameters);
  if (name === 'calm') {
    const ended = json.result?.ended ?? [];
    return {
      json,
      text: ended.length
        ? `All is calm: ${ended.join(', ')} ended.`
        : 'All was calm already.',
    };
  }
  const { description } = all.find(one => one.name === name);
  return {
    json,
    text: `${name}: ${description}\n${details(
      json.result,
    )}./fairway sandbox scenario calm takes it back.`,
  };
}

/** @param {Control} control @param {string[]} words */
export async function advance(control, words) {
  const [text, ...more] = words;
  if (text === undefined || more.length) {
    throw new Problem(
      text === undefined
        ? 'How far to move the clock is missing.'
        : `"${more[0]}" is too much.`,
      'use ./fairway sandbox advance 3h.',
    );
  }
  const seconds = readDuration(text, 'how far to move the clock');
  const json = await control.ask('POST', '/clock', {
    advanceSeconds: seconds,
  });
  return {
    json,
    text: `The world's clock went ${tellDuration(
      seconds,
    )} forward, to ${tellTime(json.now)}.`,
  };
}

/** @param {Control} control */
export async function reset(control) {
  const json = await control.ask('POST', '/reset');
  return {
    json,
    text: `Everything is as on the first start; it is ${tellTime(
      json.now,
    )} there.`,
  };
}

/**
 * @param {Control} control
 * @param {string[]} words
 * @param {{ reset?: boolean }} values
 */
export async function counters(control, [upstream], values) {
  if (values.reset) {
    await control.ask('DELETE', '/counters');
    return { json: {}, text: 'The counters begin from zero.' };
  }
  const all = await control.ask('GET', '/counters');
  const known = Object.keys(all);
  if (upstream !== undefined && !known.includes(upstream)) {
    throw new Problem(
      `Nothing called "${upstream}" was called.${didYouMean(upstream, known)}`,
      known.length
        ? `choose from ${known.join(', ')}.`
        : 'no server was called since the counters began.',
    );
  }
  const chosen = Object.entries(all).filter(
    ([name]) => upstream === undefined || name === upstream,
  );
  const row = (label, count) => [
    label,
    count.calls,
    count.failures,
    tellBytes(count.bytes),
    count.peakConcurrency,
    count.open,
  ];
  const rows = chosen.flatMap(([name, count]) => [
    row(name, count),
    ...Object.entries(count.routes)
      .sort(([, a], [, b]) => b.calls - a.calls)
      .map(([route, one]) => row(`  ${route}`, one)),
  ]);
  return {
    json: Object.fromEntries(chosen),
    text: rows.length
      ? table(
          ['upstream and route', 'calls', 'failed', 'bytes', 'peak', 'open'],
          rows,
        )
      : 'Nothing was called yet.',
  };
}

function listScenarios(all) {
  const width = Math.max(...all.map(one => one.name.length));
  const lines = all.flatMap(one => {
    const mark = one.active ? '*' : ' ';
    const parameters = one.parameters.map(
      ({ name, description, default: usual }) =>
        `        ${name}=  ${description}${
          usual === undefined ? '' : ` (${usual})`
        }`,
    );
    return [
      `${mark} ${one.name.padEnd(width)}  ${one.description}`,
      ...parameters,
    ];
  });
  return `${lines.join('\n')}\n\n* is in force: ${inForce(all)}`;
}

function inForce(all) {
  const active = all.filter(one => one.active && one.name !== 'calm');
  if (active.length === 0) return 'calm';
  return active
    .map(({ name, runs }) => {
      const given = runs
        .map(({ parameters }) =>
          Object.entries(parameters)
            .map(([key, value]) => `${key}=${value}`)
            .join(' '),
        )
        .filter(Boolean);
      return given.length ? `${name} (${given.join('; ')})` : name;
    })
    .join(', ');
}

function details(result) {
  if (!result || typeof result !== 'object') return '';
  return Object.entries(result)
    .filter(([, value]) => value === null || typeof value !== 'object')
    .filter(([, value]) => String(value).length < 200)
    .map(([key, value]) => `  ${key}: ${value}\n`)
    .join('');
}

function pairs(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
    .join('\n');
}

// workflowRuns -> workflow runs
function inWords(name) {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
