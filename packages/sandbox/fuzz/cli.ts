import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/startSandbox';
import { SandboxUrls } from '../src/world/types';
import { fuzzServer } from './fuzzServer';
import { toBytes } from './FuzzRequest';

const USAGE = `Usage: yarn workspace @fairway/sandbox fuzz [--requests 10000] [--seed 1] [--only aws,github]

Starts a sandbox of its own and sends each of its servers requests that are
wrong in every way that is known. Prints what came of them; ends with 1 when a
server crashed, hung, leaked or answered 500. Takes some minutes.
`;

const MB = 1_000_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-fuzz-'));
  const troubles: string[] = [];
  process.on('uncaughtException', error =>
    troubles.push(`crash: ${error.stack}`),
  );
  process.on('unhandledRejection', error => troubles.push(`crash: ${error}`));
  const sandbox = await startSandbox({
    dataDir,
    speed: 50,
    report: (message, error) => {
      if (troubles.length < 200) {
        troubles.push(
          `${message.slice(0, 200)}: ${
            error instanceof Error ? error.stack : error
          }`,
        );
      }
    },
  });
  let failed = false;
  try {
    const all = (Object.keys(sandbox.urls) as Array<keyof SandboxUrls>).filter(
      name => sandbox.urls[name],
    );
    const wanted = values.only?.split(',');
    // The control server last: it can change all others.
    const order = [
      ...all.filter(name => name !== 'control'),
      'control' as const,
    ];
    for (const name of order.filter(one => !wanted || wanted.includes(one))) {
      const started = Date.now();
      const before = process.memoryUsage().rss;
      const report = await fuzzServer(sandbox, name, {
        requests: Number(values.requests),
        seed: values.seed,
      });
      global.gc?.();
      const after = process.memoryUsage().rss;
      process.stdout.write(
        `${name.padEnd(10)} ${report.requests} requests in ${Math.round(
          (Date.now() - started) / 1000,
        )} s, ${report.findings.length} findings, ${
          report.leftOpen
        } left open, memory ${Math.round(before / MB)} -> ${Math.round(
          after / MB,
        )} MB\n           ${Object.entries(report.statuses)
          .sort(([, a], [, b]) => b - a)
          .map(([status, count]) => `${status}: ${count}`)
          .join(', ')}\n`,
      );
      for (const { what, request } of report.findings.slice(0, 20)) {
        process.stdout.write(
          `  ${what} (${request.delivery}): ${JSON.stringify(
            toBytes(request).toString('latin1').slice(0, 700),
          )}\n`,
        );
      }
      failed ||= report.findings.length > 0 || report.leftOpen > 0;
    }
    const health = await fetch(`${sandbox.urls.control}/healthz`);
    failed ||= !health.ok;
  } finally {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const crashes = troubles.filter(one => one.startsWith('crash'));
  process.stdout.write(
    `${crashes.length} crashes, ${troubles.length - crashes.length} reports\n`,
  );
  [...new Set(troubles)]
    .slice(0, 40)
    .forEach(one => process.stdout.write(`  ${one.slice(0, 900)}\n`));
  return failed || crashes.length > 0 ? 1 : 0;
}

main().then(
  code => process.exit(code),
  error => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exit(1);
  },
);
