import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fakeCheckout, freePorts } from './__testUtils__/fakeCheckout.mjs';
import { NODE_TRANSFORM, ROOT } from './paths.mjs';
import { readDuration, tellDuration } from './sandbox/duration.mjs';
import { readFault } from './sandbox/faults.mjs';
import { findFreePorts } from './steps/ports.mjs';

const CLI = path.join(ROOT, 'launcher/cli.mjs');

/** Runs `./fairway sandbox ...`; `output` holds both streams. */
function fairway(...args) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [CLI, 'sandbox', ...args], {
      env: { ...process.env, FAIRWAY_SANDBOX_PORT: undefined },
    });
    let output = '';
    const read = data => {
      output += data;
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', code => resolve({ code, output }));
  });
}

/** A real sandbox on free ports, its state in a folder of its own. */
async function startSandbox() {
  const port = await findFreePorts(8);
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-sandbox-'));
  const child = spawn(process.execPath, [
    '--require',
    NODE_TRANSFORM,
    path.join(ROOT, 'packages/sandbox/src/cli.ts'),
    '--data-dir',
    path.join(dataDir, 'state'),
    '--port',
    String(port),
    '--speed',
    '20',
  ]);
  let output = '';
  await new Promise((resolve, reject) => {
    const read = data => {
      output += data;
      if (output.includes('"ready":true')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(`It ended: ${output}`)));
  });
  return {
    port,
    github: () =>
      fetch(`http://localhost:${port + 1}/api/v3/user`, {
        headers: { authorization: 'Bearer sandbox-github-token' },
      }),
    async stop() {
      child.removeAllListeners('exit');
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill();
      await ended;
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

describe('fairway sandbox, on one that runs', { timeout: 120_000 }, () => {
  let sandbox;
  const ask = (...args) => fairway(...args, '--port', `${sandbox.port}`);
  const askJson = async (...args) => {
    const { code, output } = await ask(...args, '--json');
    assert.equal(code, 0, output);
    return JSON.parse(output);
  };

  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox?.stop());

  it('tells what runs, for people and for programs', async () => {
    const { code, output } = await ask('status');
    assert.equal(code, 0);
    assert.match(
      output,
      new RegExp(`github +http://localhost:${sandbox.port + 1}`),
    );
    assert.match(output, /clock +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC.*speed 20/);
    assert.match(output, /world +4 platforms, \d+ environments, \d+ services/);
    assert.match(output, /scenario +calm/);
    assert.match(output, /faults +none/);
    assert.match(output, /memory +[\d.]+ MB/);
    assert.match(output, /versions +node v\d+.*git \d/);
    const json = await askJson('status');
    assert.equal(json.name, 'fairway-sandbox');
    assert.equal(json.counts.platforms, 4);
  });

  it('lists scenarios with their parameters, starts and ends them', async () => {
    const list = await ask('scenario');
    for (const name of [
      'calm',
      'lag-spike',
      'region-down',
      'sync-degraded',
      'merge-blocked',
      'image-missing',
      'cost-jump',
      'throttled',
      'argo-silent',
    ]) {
      assert.match(list.output, new RegExp(`^[* ] ${name} `, 'm'));
    }
    assert.match(list.output, /application= .*\(sample-backend-uat\)/);
    assert.match(list.output, /in force: calm/);

    const started = await ask(
      'scenario',
      'sync-degraded',
      'application=sample-frontend-uat',
    );
    assert.equal(started.code, 0, started.output);
    assert.match(started.output, /application: sample-frontend-uat/);
    await ask('scenario', 'merge-blocked');
    assert.match(
      (await ask('status')).output,
      /scenario +merge-blocked, sync-degraded \(application=sample-frontend-uat\)/,
    );
    assert.equal((await ask('scenario', 'merge-blocked', '--off')).code, 0);
    const calm = await ask('scenario', 'calm');
    assert.match(calm.output, /sync-degraded ended/);
    assert.match((await ask('status')).output, /scenario +calm/);
  });

  it('names the nearest scenario and parameter', async () => {
    const name = await ask('scenario', 'lag-spkie');
    assert.equal(name.code, 1);
    assert.match(name.output, /no scenario "lag-spkie".*mean "lag-spike"/);
    const parameter = await ask('scenario', 'sync-degraded', 'aplication=x');
    assert.equal(parameter.code, 1);
    assert.match(parameter.output, /did you mean "application"/);
    const piece = await ask('scenario', 'sync-degraded', 'x');
    assert.match(piece.output, /"x" is no parameter/);
  });

  it('moves the clock forward', async () => {
    const before = Date.parse((await askJson('status')).now);
    const { code, output } = await ask('advance', 'PT2H30M');
    assert.equal(code, 0);
    assert.match(output, /went 2 h 30 min forward, to \d{4}/);
    const after = Date.parse((await askJson('status')).now);
    assert.ok(after - before >= 9_000_000);
    assert.match((await ask('status')).output, /2 h 30 min ahead/);
    assert.match(
      (await ask('advance', 'soon')).output,
      /"soon" is no duration/,
    );
    assert.equal((await ask('advance')).code, 1);
  });

  it('adds faults that bite, lists and clears them', async () => {
    const added = await ask(
      'faults',
      'add',
      '--upstream',
      'github',
      '--route',
      'GET /api/v3/user',
      '--status',
      '503',
      '--count',
      '2',
    );
    assert.equal(added.code, 0, added.output);
    assert.equal((await sandbox.github()).status, 503);
    const list = await ask('faults');
    assert.match(
      list.output,
      /github +GET \/api\/v3\/user +503 +1 +1 +cleared/,
    );
    const [{ id }] = await askJson('faults');
    assert.match(
      (await ask('faults', 'clear', `${id}`)).output,
      /Cleared 1 fault/,
    );
    assert.equal((await sandbox.github()).status, 200);
    assert.match((await ask('faults', 'clear')).output, /There was none/);
    assert.match((await ask('faults')).output, /There are no faults/);
  });

  it('refuses faults that make no sense, and says what is near', async () => {
    const add = async (...args) => (await ask('faults', 'add', ...args)).output;
    assert.match(
      await add('--status', '503'),
      /upstream is to fail is missing/,
    );
    assert.match(
      await add('--upstream', 'aws'),
      /What is to happen is missing/,
    );
    assert.match(
      await add('--upstream', 'aws', '--drop', '--stall'),
      /one thing, not drop and stall/,
    );
    assert.match(
      await add('--upstream', 'argo', '--drop'),
      /did you mean "argocd"/,
    );
    assert.match(
      await add('--upstream', 'aws', '--trottle'),
      /Unknown option '--trottle'. Did you mean "--throttle"/,
    );
    assert.match(
      await add('--upstream', 'aws', '--drop', '--for', '5 minutes'),
      /"5 minutes" is no duration/,
    );
  });

  it('counts calls by upstream and route', async () => {
    assert.equal((await ask('counters', '--reset')).code, 0);
    await sandbox.github();
    await sandbox.github();
    const { output } = await ask('counters', 'github');
    assert.match(output, /GET \/api\/v3\/user +2 +0 +[\d.]+ k?B/);
    const json = await askJson('counters');
    assert.equal(json.github.routes['GET /api/v3/user'].calls, 2);
    assert.match(
      (await ask('counters', 'githb')).output,
      /Did you mean "github"/,
    );
  });

  it('puts everything back to the seed', async () => {
    await ask('scenario', 'merge-blocked');
    await ask('advance', '3d');
    const { code, output } = await ask('reset');
    assert.equal(code, 0, output);
    const { aheadSeconds, scenarios } = await askJson('status');
    assert.equal(aheadSeconds, 0);
    assert.deepEqual(
      scenarios.filter(s => s.active).map(s => s.name),
      ['calm'],
    );
  });
});

describe('fairway sandbox, without one', { timeout: 60_000 }, () => {
  it('names the address and the next step', async () => {
    const port = await findFreePorts(1);
    for (const verb of ['status', 'scenario', 'faults', 'counters', 'reset']) {
      const { code, output } = await fairway(verb, '--port', `${port}`);
      assert.equal(code, 1);
      assert.match(
        output,
        new RegExp(`No sandbox answers at http://localhost:${port}`),
      );
      assert.match(output, /Next step: start it with \.\/fairway up/);
    }
  });

  it('sees when something else answers', async () => {
    const bodies = ['<html></html>', '{"hello":"world"}'];
    for (const body of bodies) {
      const other = http.createServer((_request, response) =>
        response.end(body),
      );
      await new Promise(resolve => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address();
      const { code, output } = await fairway('status', '--port', `${port}`);
      other.close();
      assert.equal(code, 1);
      assert.match(output, /is not the sandbox's control server/);
    }
  });

  for (const args of [
    [],
    ['status'],
    ['scenario'],
    ['faults'],
    ['counters'],
    ['advance'],
    ['reset'],
  ]) {
    it(`explains "sandbox ${args.join(' ')} --help"`, async () => {
      const { code, output } = await fairway(...args, '--help');
      assert.equal(code, 0);
      assert.match(output, new RegExp(`./fairway sandbox ${args.join(' ')}`));
      assert.match(output, /--port N/);
    });
  }

  it('names the nearest verb and option', async () => {
    const verb = await fairway('scenrio');
    assert.equal(verb.code, 1);
    assert.match(verb.output, /no "sandbox scenrio". Did you mean "scenario"/);
    const option = await fairway('--generat', '5x3');
    assert.equal(option.code, 1);
    assert.match(option.output, /Did you mean "--generate"/);
    assert.match(
      (await fairway('--generate', '5')).output,
      /write it as 2000x3/,
    );
    assert.match((await fairway('--speed', 'fast')).output, /above 0/);
    assert.match(
      (await fairway('status', '--port', 'x')).output,
      /--port is "x"/,
    );
  });
});

describe('fairway sandbox --generate', { timeout: 60_000 }, () => {
  it('keeps what is generated in a folder of its own, and says where its catalog is', async () => {
    const checkout = fakeCheckout();
    const ports = await freePorts();
    const start = async (...args) => {
      const run = checkout.launch([
        'sandbox',
        '--port',
        `${ports.sandbox}`,
        ...args,
      ]);
      await run.until('Ctrl-C stops it');
      run.kill('SIGINT');
      await run.ended;
      return run.output;
    };
    try {
      assert.match(
        await start('--generate', '2000x3'),
        /catalog entities are in \.fairway\/sandbox-2000x3\/catalog\/generated\.yaml/,
      );
      assert.doesNotMatch(await start(), /catalog/);
      const [generated, everyday] = checkout
        .read('sandbox-runs.txt')
        .split('\n');
      assert.match(
        generated,
        /--data-dir .+\/\.fairway\/sandbox-2000x3 .*--generate 2000x3$/,
      );
      assert.match(everyday, /--data-dir .+\/\.fairway\/sandbox --port \d+$/);
    } finally {
      checkout.remove();
    }
  });

  for (const size of ['5', '0x3', '5001x1', '10x6', '10x3x1', '-5x1', 'x']) {
    it(`refuses ${size}`, async () => {
      const { code, output } = await fairway(`--generate=${size}`);
      assert.equal(code, 1);
      assert.match(output, /write it as 2000x3; the most is 5000x5/);
    });
  }
});

describe('durations', () => {
  for (const [text, seconds] of [
    ['90s', 90],
    ['15m', 900],
    ['3h', 10_800],
    ['2d', 172_800],
    ['1h30m', 5400],
    ['250ms', 0.25],
    ['PT90S', 90],
    ['PT1H30M', 5400],
    ['P2DT1H', 176_400],
    ['P1W', 604_800],
  ]) {
    it(`reads ${text}`, () =>
      assert.equal(readDuration(text, 'test'), seconds));
  }
  for (const text of ['', 'P', 'PT', '90', '-5m', '5 m', '1y', 'PT5']) {
    it(`refuses "${text}"`, () =>
      assert.throws(() => readDuration(text, 'test'), /is no duration/));
  }
  it('tells the two largest parts', () => {
    assert.equal(tellDuration(93_784), '1 d 2 h');
    assert.equal(tellDuration(0), '0 s');
  });
});

describe('faults of the command line', () => {
  for (const [values, fault] of [
    [
      { upstream: 'argocd', route: '/api/*', delay: '2s', count: '3' },
      {
        upstream: 'argocd',
        kind: 'delay',
        path: '/api/*',
        delayMs: 2000,
        count: 3,
      },
    ],
    [
      {
        upstream: 'aws',
        service: 'rds',
        action: 'X',
        throttle: true,
        for: '60s',
      },
      {
        upstream: 'aws',
        kind: 'throttle',
        service: 'rds',
        action: 'X',
        forSeconds: 60,
      },
    ],
    [
      { upstream: 'argocd', stall: true, stream: true, share: '20%' },
      { upstream: 'argocd', kind: 'stall', at: 'stream', share: 0.2 },
    ],
    [
      {
        upstream: 'github',
        html: true,
        status: '503',
        header: ['Retry-After: 5'],
      },
      {
        upstream: 'github',
        kind: 'html',
        status: 503,
        headers: { 'retry-after': '5' },
      },
    ],
  ]) {
    it(`reads ${JSON.stringify(values)}`, () =>
      assert.deepEqual(readFault(values), fault));
  }
});
