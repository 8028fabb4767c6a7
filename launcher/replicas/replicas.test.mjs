import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { STATE_DIR } from '../paths.mjs';
import { stopAll } from '../processes.mjs';
import { awaitPeople } from '../steps/awaitPeople.mjs';
import { collectConfigSchema } from '../steps/configSchema.mjs';
import { findFreePorts, SANDBOX_SERVERS } from '../steps/ports.mjs';
import { startPostgres } from '../steps/postgres.mjs';
import { signInAs } from '../steps/signInAs.mjs';
import {
  launchBackend,
  portalEnvironment,
  readinessOf,
  startSandbox,
  waitFor,
} from '../steps/startPortal.mjs';

const GITOPS = 'sample-platform-ai/sample-platform-ai';
const COMPONENT = 'component:default/sample-backend';
const environment = name => `environment:default/sample-platform-ai-${name}`;
const overlay = name =>
  `gitops/overlays/${name}/sample-backend/kustomization.yaml`;

/** Asked of AWS by the task that reads replication lag, once for each cluster of each poll. */
const LAG_ROUTE = 'POST /monitoring/GetMetricData';
/** How often that task runs, and what comes closer together than half of it belongs to one run. */
const LAG_EVERY_MS = 60_000;
/** Asked of AWS by the task that reads the bill, once in hours. */
const BILL_ROUTE = 'POST /ce/GetCostAndUsage';

/**
 * Two backends, as in production behind one address, on one PostgreSQL. They
 * are started one after the other; the first is killed in the end.
 */
describe('two backends on one PostgreSQL', { timeout: 900_000 }, () => {
  const folder = path.join(STATE_DIR, 'replicas');
  let sandboxPort;
  let env;
  let schema;
  let first;
  let second;
  let developer;
  let lead;

  before(async () => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const port = await findFreePorts(2 + SANDBOX_SERVERS.length);
    sandboxPort = port + 2;
    const postgres = await startPostgres();
    const options = {
      port,
      sandboxPort,
      dataDir: folder,
      logDir: path.join(folder, 'logs'),
      databaseUrl: postgres.url,
      speed: 4,
    };
    env = portalEnvironment(options);
    await startSandbox(options);
    schema = await collectConfigSchema();
    first = await startReplica({ ...options, name: 'first' });
    await awaitPeople(first.url);
    developer = await signInAs('sample-platform-developer', first.url);
    lead = await signInAs('sample-platform-lead', first.url);
    await until('the bill was read', async () => (await calls(BILL_ROUTE)) > 0);
    const billed = await settled(() => calls(BILL_ROUTE));
    second = await startReplica({
      ...options,
      port: port + 1,
      name: 'second',
      env: {
        // people know one address; internal calls stay within the process
        APP_CONFIG_app_baseUrl: first.url,
        APP_CONFIG_backend_baseUrl: first.url,
        APP_CONFIG_backend_listen_port: String(port + 1),
      },
    });
    second.billedBefore = billed;
    await until('both are live', async () =>
      (
        await Promise.all([overview(first), overview(second)])
      ).every(({ body }) => isSettled(body)),
    );
  });

  after(() => stopAll());

  /** @returns {Promise<{ url: string, child: import('node:child_process').ChildProcess }>} */
  async function startReplica(options) {
    const { child, logFile } = launchBackend(options, schema);
    await waitFor(child, readinessOf(options), {
      name: `The ${options.name} backend`,
      logFile,
      seconds: 120,
    });
    return { url: `http://localhost:${options.port}`, child };
  }

  async function ask(
    replica,
    path,
    { token = developer, method, body, headers } = {},
  ) {
    const response = await fetch(`${replica.url}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: text ? JSON.parse(text) : undefined,
    };
  }

  const overview = (replica, headers) =>
    ask(replica, 'platform-envs/overview', { headers });

  /** Somebody has the board open: for nobody AWS is hardly asked. */
  function lookAt(...replicas) {
    const look = () =>
      replicas.forEach(replica => overview(replica).catch(() => {}));
    look();
    const timer = setInterval(look, 30_000);
    return () => clearInterval(timer);
  }

  async function calls(route) {
    const response = await fetch(`http://localhost:${sandboxPort}/counters`);
    const { aws } = await response.json();
    return aws?.routes[route]?.calls ?? 0;
  }

  async function play(scenario, parameters = {}) {
    const response = await fetch(
      `http://localhost:${sandboxPort}/scenarios/${scenario}`,
      { method: 'POST', body: JSON.stringify(parameters) },
    );
    assert.equal(response.status, 200);
  }

  async function cellOn(replica, component, environmentRef) {
    const { body } = await overview(replica);
    return body.rows
      .find(row => row.component.ref === component)
      ?.cells.find(cell => cell.environmentRef === environmentRef);
  }

  /** When calls on a route came, while something else goes on: one time for each run of the task. */
  function watchRuns(route) {
    const runs = [];
    let known;
    let stopped = false;
    const done = (async () => {
      while (!stopped) {
        const now = await calls(route);
        const at = performance.now();
        const more = known === undefined ? 0 : now - known;
        known = now;
        const last = runs.at(-1);
        if (more > 0) {
          if (
            last &&
            at - last.at < LAG_EVERY_MS / 2 &&
            at - last.until < 4000
          ) {
            last.calls += more;
            last.until = at;
          } else {
            runs.push({ at, until: at, calls: more });
          }
        }
        await pause(500);
      }
    })();
    return {
      runs,
      async stop() {
        stopped = true;
        await done;
      },
    };
  }

  /** Commits of a promotion in Git. */
  function commitsOf(id, name) {
    const clone = path.join(folder, `clone-${id}`);
    const url = new URL(`${env.FAIRWAY_SANDBOX_GITHUB_URL}/${GITOPS}.git`);
    url.username = 'replicas';
    url.password = 'sandbox-github-token';
    execFileSync('git', ['clone', '--quiet', url.href, clone]);
    const log = execFileSync(
      'git',
      ['log', '--format=%B', '--', overlay(name)],
      { cwd: clone, encoding: 'utf8' },
    );
    return log.split('\n').filter(line => line === `Promotion-Id: ${id}`);
  }

  function promote(replica, from, to, idempotencyKey) {
    return ask(replica, 'platform-envs/promotions', {
      method: 'POST',
      body: {
        componentRef: COMPONENT,
        fromEnvironmentRef: environment(from),
        toEnvironmentRef: environment(to),
        reason: `Release to ${to}`,
        idempotencyKey,
      },
    });
  }

  async function promotionOn(replica, id) {
    const { status, body } = await ask(
      replica,
      `platform-envs/promotions/${id}`,
      { token: lead },
    );
    assert.equal(status, 200);
    return body.promotion;
  }

  it('give the same overview', async () => {
    await until('they agree', async () => {
      const [one, other] = await Promise.all([
        overview(first),
        overview(second),
      ]);
      try {
        assert.deepEqual(comparable(other.body), comparable(one.body));
        return true;
      } catch (error) {
        return error.message;
      }
    });
  });

  it('answer 304 to what they gave and nothing else, and never for what has changed', async () => {
    const stale = new Map();
    for (const replica of [first, second]) {
      const { etag } = await overview(replica);
      assert.match(etag, /^W\/".+"$/);
      const again = await overview(replica, { 'if-none-match': etag });
      // a change between the two is no fault
      if (again.status !== 304) assert.notEqual(again.etag, etag);
      stale.set(replica, etag);
    }
    await play('sync-degraded', { application: 'sample-frontend-uat' });
    for (const replica of [first, second]) {
      await until('it is degraded on both', async () => {
        const cell = await cellOn(
          replica,
          'component:default/sample-frontend',
          environment('uat'),
        );
        return cell.state === 'degraded' || cell.sentence;
      });
      for (const etag of stale.values()) {
        const { status } = await overview(replica, { 'if-none-match': etag });
        assert.equal(status, 200);
      }
    }
  });

  it('F62 tell owners of what is degraded once', async () => {
    const told = async replica => {
      const { body } = await ask(replica, 'notifications/?limit=100', {
        token: lead,
      });
      return body.notifications.filter(({ payload }) =>
        /sample-frontend|Sample frontend/.test(JSON.stringify(payload)),
      );
    };
    await until('owners are told', async () => (await told(first)).length > 0);
    // each backend looks every ten seconds
    await pause(25_000);
    assert.equal((await told(first)).length, 1);
    assert.deepEqual(
      (await told(second)).map(({ id }) => id),
      (await told(first)).map(({ id }) => id),
    );
    await play('calm');
  });

  it('F62 ask AWS as often as one does', async () => {
    assert.equal(await calls(BILL_ROUTE), second.billedBefore);
    const leave = lookAt(first, second);
    const watch = watchRuns(LAG_ROUTE);
    await pause(2.2 * LAG_EVERY_MS);
    await watch.stop();
    leave();
    const { runs } = watch;
    assert.ok(runs.length >= 1 && runs.length <= 3, JSON.stringify(runs));
    for (const [i, run] of runs.entries()) {
      assert.equal(run.calls, runs[0].calls, JSON.stringify(runs));
      if (i > 0) {
        assert.ok(run.at - runs[i - 1].at > LAG_EVERY_MS / 2);
      }
    }
    second.callsOfRun = runs[0].calls;
    assert.equal(await calls(BILL_ROUTE), second.billedBefore);
  });

  it('F12 see each other’s promotions, and bring each to Git once', async () => {
    const [one, other] = await Promise.all([
      promote(first, 'dev', 'uat', 'same-key'),
      promote(second, 'dev', 'uat', 'same-key'),
    ]);
    assert.equal(one.body.id, other.body.id, JSON.stringify([one, other]));
    const { id } = one.body;
    for (const replica of [second, first]) {
      await until('it has succeeded', async () => {
        const { state } = await promotionOn(replica, id);
        assert.notEqual(state, 'FAILED');
        return state === 'SUCCEEDED' || state;
      });
    }
    assert.equal(commitsOf(id, 'uat').length, 1);
  });

  it('let a promotion be asked for at one and approved at the other', async () => {
    let asked;
    await until('prod can be asked for', async () => {
      asked = await promote(first, 'uat', 'prod', 'to-prod');
      return asked.status === 201 || JSON.stringify(asked.body);
    });
    const { id, plan } = asked.body;
    assert.equal((await promotionOn(second, id)).state, 'WAITING');
    const decided = await ask(
      second,
      `platform-envs/promotions/${id}/approvals`,
      {
        method: 'POST',
        token: lead,
        body: {
          verdict: 'approve',
          comment: 'Tried in uat.',
          planDigest: plan.planDigest,
        },
      },
    );
    assert.equal(decided.status, 200, JSON.stringify(decided.body));
    assert.notEqual((await promotionOn(first, id)).state, 'WAITING');
    second.promotionInFlight = id;
  });

  it('F14 F63 leave the other right when one is killed: it finishes, follows and polls on', async () => {
    first.child.kill('SIGKILL');
    const id = second.promotionInFlight;
    await until('the promotion succeeds without the first', async () => {
      const { state } = await promotionOn(second, id);
      assert.notEqual(state, 'FAILED');
      return state === 'SUCCEEDED' || state;
    });
    assert.equal(commitsOf(id, 'prod').length, 1);

    const { status, body } = await overview(second);
    assert.equal(status, 200);
    assert.ok(body.sources.every(({ state }) => state !== 'error'));
    await play('sync-degraded', { application: 'sample-frontend-dev' });
    await until('a change is seen', async () => {
      const cell = await cellOn(
        second,
        'component:default/sample-frontend',
        environment('dev'),
      );
      return cell.state === 'degraded' || cell.sentence;
    });
    await play('calm');

    const leave = lookAt(second);
    const watch = watchRuns(LAG_ROUTE);
    await until(
      'the lag is read again',
      async () => watch.runs.length > 0,
      200,
    );
    await pause(5000);
    await watch.stop();
    leave();
    assert.equal(watch.runs[0].calls, second.callsOfRun);
  });
});

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until something holds; what it answers instead of `true` is told in the end. */
async function until(what, holds, seconds = 120) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await holds();
    if (answer === true) return;
    if (performance.now() > deadline) {
      throw new Error(`Not within ${seconds} s: ${what} (${answer})`);
    }
    await pause(250);
  }
}

/** A number that has not changed for three seconds. */
async function settled(read) {
  let last = await read();
  for (let quiet = 0; quiet < 6; quiet++) {
    await pause(500);
    const now = await read();
    if (now !== last) quiet = -1;
    last = now;
  }
  return last;
}

function isSettled({ rows = [], sources = [] }) {
  return rows.length > 0 && sources.every(({ state }) => state !== 'stale');
}

/** What an overview says of the world, without which backend looked and when. */
function comparable(value) {
  if (Array.isArray(value)) return value.map(comparable);
  if (value === null || typeof value !== 'object') return value;
  const { revision, observedAt, generatedAt, ...rest } = value;
  return Object.fromEntries(
    Object.entries(rest).map(([key, one]) => [key, comparable(one)]),
  );
}
