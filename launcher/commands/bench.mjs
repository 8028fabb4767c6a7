import { runOverview } from '../../bench/overview/index.mjs';
import { runScaffold } from '../../bench/scaffold/index.mjs';
import { missed } from '../../bench/lib/figures.mjs';
import { renderMarkdown, renderTable } from '../../bench/lib/table.mjs';
import { readArgs } from '../options.mjs';
import { Problem } from '../problem.mjs';
import { stopAll } from '../processes.mjs';
import { claim } from '../runs.mjs';
import { didYouMean } from '../sandbox/nearest.mjs';
import { buildApp } from '../steps/buildApp.mjs';
import { findChromium } from '../steps/chromium.mjs';
import { requireGit } from '../steps/git.mjs';
import { install } from '../steps/install.mjs';
import { findFreePorts, isFree } from '../steps/ports.mjs';
import { startPostgres } from '../steps/postgres.mjs';

/** Three backends and the sandbox. */
const PORTS = 10;

const HELP = `./fairway bench <name> [options]

Measures Fairway on the sandbox, beside backends with other plugins for the same
work, on one PostgreSQL and in the same minutes. Prints a table: ours, the best
peer, how many times better, the gate, and whether it is kept. Exit code 1 when a
gate is missed. What is measured and how is described in bench/README.md.

  overview    the board: time, upstream calls, bytes, memory, start, change to
              pixel
  scaffold    a new service from its template: time, API writes, what is left
              over

Options of all
  --json         one JSON object with every figure instead of the table
  --markdown     the table as Markdown
  --port N       the first of ten ports in a row (default: free ones)

Options of overview
  --sizes LIST   services, comma-separated (default 50,500,2000)
  --rounds N     of each side, in turn (default 3)
  --seconds N    at each rate in a round, at least (default 10)
  --idle N       seconds of counting while nobody looks (default 300)
  --starts N     starts of each side with the largest size (default 2)
  --changes N    merges that a browser watches (default 50)
  --no-browser   leave out what needs Chromium

Options of scaffold
  --parallel LIST  services at once, comma-separated (default 1,5,20)
  --rounds N       of each side, in turn (default 2)`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

const BENCHMARKS = {
  overview: {
    options: {
      sizes: { type: 'string', default: '50,500,2000' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      idle: { type: 'string', default: '300' },
      starts: { type: 'string', default: '2' },
      changes: { type: 'string', default: '50' },
      browser: { type: 'boolean', default: false },
      'no-browser': { type: 'boolean', default: false },
    },
    read: readOverviewOptions,
    run: runOverview,
    usesBrowser: true,
  },
  scaffold: {
    options: {
      parallel: { type: 'string', default: '1,5,20' },
      rounds: { type: 'string', default: '2' },
    },
    read: readScaffoldOptions,
    run: runScaffold,
  },
};

/** @param {string[]} args */
export async function run(args) {
  const [name, ...rest] = args;
  if (!name || name.startsWith('-')) {
    process.stdout.write(`${HELP}\n`);
    return args.includes('--help') || name === '-h' ? 0 : 2;
  }
  const benchmark = Object.hasOwn(BENCHMARKS, name) && BENCHMARKS[name];
  if (!benchmark) {
    const known = Object.keys(BENCHMARKS);
    throw new Problem(
      `There is no benchmark "${name}".${didYouMean(name, known)}`,
      `choose from ${known.join(', ')}.`,
    );
  }
  const values = readArgs(rest, { ...OPTIONS, ...benchmark.options });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const options = { ...benchmark.read(values), firstPort: readPort(values) };
  const print =
    values.json || values.markdown ? keepStdoutForReport() : undefined;
  const report = await measure(benchmark, options, values);
  if (values.json) print(`${JSON.stringify(report, null, 2)}\n`);
  else if (values.markdown) print(`${tellReport(report, renderMarkdown)}\n`);
  else process.stdout.write(`\n${tellReport(report, renderTable)}\n`);
  return missed(report.figures).length ? 1 : 0;
}

async function measure(benchmark, options, values) {
  requireGit();
  const { running } = await claim('bench', 'bench');
  if (running) {
    throw new Problem(
      `./fairway bench already runs here (process ${running.launcher}).`,
      'wait for it, or stop it with Ctrl-C where it runs.',
    );
  }
  try {
    await install();
    await buildApp();
    const chromium = benchmark.usesBrowser && (await chooseBrowser(values));
    // it takes a free port itself, which might be one of those below
    const postgres = await startPostgres();
    const port = await choosePorts(options.firstPort);
    return await benchmark.run({
      ...options,
      port,
      chromium,
      databaseUrl: postgres.url,
    });
  } finally {
    await stopAll();
  }
}

/** Progress goes to standard error, so that standard output is the report alone. */
function keepStdoutForReport() {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return write;
}

function readPort({ port }) {
  return port && wholeNumber('--port', port, 1024, 65_536 - PORTS);
}

async function choosePorts(first) {
  if (!first) return findFreePorts(PORTS);
  for (let port = first; port < first + PORTS; port++) {
    if (!(await isFree(port))) {
      throw new Problem(
        `Port ${port} is taken by another program.`,
        `choose another row of ${PORTS} with --port, or leave it out.`,
      );
    }
  }
  return first;
}

async function chooseBrowser(values) {
  if (values['no-browser']) return undefined;
  const { executable, remedy } = await findChromium();
  if (!executable && values.browser) {
    throw new Problem('There is no browser to measure with.', remedy);
  }
  if (!executable) {
    process.stdout.write(
      `  NOT MEASURED: change to pixel. To have it: ${remedy}\n`,
    );
  }
  return executable;
}

function readOverviewOptions(values) {
  return {
    sizes: wholeNumbers('--sizes', values.sizes, 1, 5000),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    seconds: wholeNumber('--seconds', values.seconds, 1, 3600),
    idleSeconds: wholeNumber('--idle', values.idle, 1, 86_400),
    starts: wholeNumber('--starts', values.starts, 1, 50),
    changes: wholeNumber('--changes', values.changes, 1, 90),
  };
}

function readScaffoldOptions(values) {
  return {
    parallel: wholeNumbers('--parallel', values.parallel, 1, 50),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
  };
}

/** Each once, ascending. */
function wholeNumbers(option, text, least, most) {
  const numbers = text
    .split(',')
    .map(one => wholeNumber(option, one.trim(), least, most));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function wholeNumber(option, text, least, most) {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most)) {
    throw new Problem(
      `${option} is "${text}"; it must be a whole number from ${least} to ${most}.`,
      './fairway bench --help tells what it takes.',
    );
  }
  return number;
}

function tellReport(report, render) {
  const misses = missed(report.figures);
  const { machine, watched, fair } = report;
  const most = Math.max(...watched.map(({ othersShare }) => othersShare));
  return [
    render(report.figures),
    '',
    `Measured on ${machine.cores} cores, Node ${machine.node.slice(1)}, ${
      machine.platform
    }; other programs took up to ${Math.round(most * 100)} % of the machine.`,
    ...(fair
      ? []
      : [
          'NOT FAIR: that is more than 10 %. Figures in ms say little; run it again on a quiet machine.',
        ]),
    misses.length
      ? `${misses.length} of ${
          report.figures.filter(({ gate }) => gate).length
        } gates are missed.`
      : 'All gates are kept.',
  ].join('\n');
}
