import { jsonOf } from '../lib/http.mjs';
import { summarize } from '../lib/statistics.mjs';
import { nameOf } from './boardRequests.mjs';
import { mergeChange } from './changes.mjs';
import { openBoard, whenSeen } from './openBoard.mjs';
import { watchArgocd } from './watchArgocd.mjs';

/** What is not seen by then is lost. */
const PATIENCE_MS = 15_000;
/**
 * From the moment a merge was seen until the next: nobody merges fifty times in
 * a row, and each is to be seen alone. Earlier rollouts still go on meanwhile.
 */
const BETWEEN_MS = 1000;
/** Applications whose pods are made to fail, and heal again. */
const FLIPS = 10;

/**
 * How long it takes until an open board shows what changed: from the answer to
 * a merge, and from Argo CD's own word that an application's health changed,
 * until the frame was drawn.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ changes: import('./changes.mjs').Change[], chromium: string, system: string, environment: string, note: (text: string) => void }} options
 */
export async function measureChangeToPixel(rig, options) {
  const { changes, note } = options;
  note('opening the board');
  const board = await openBoard(rig, options);
  const argocd = watchArgocd(rig);
  try {
    const merge = await mergeAll(rig, board, changes, note);
    const health = await flipHealth(rig, board, argocd, options);
    return { merge, health };
  } finally {
    argocd.close();
    await board.close();
  }
}

async function mergeAll(rig, board, changes, note) {
  const first = [];
  const rolledOut = [];
  for (const [index, change] of changes.entries()) {
    note(`merge ${index + 1} of ${changes.length}`);
    const { version } = change;
    const wanted = { key: keyOf(change), version, patienceMs: PATIENCE_MS };
    const seen = whenSeen(board, wanted);
    const { answeredAt } = await mergeChange(rig, change);
    rolledOut.push(
      whenSeen(board, { ...wanted, state: 'healthy' }).then(
        at => at && at - answeredAt,
      ),
    );
    const at = await seen;
    if (at !== undefined) first.push(Math.max(0, at - answeredAt));
    await pause(BETWEEN_MS);
  }
  note('waiting for the last rollouts');
  const done = (await Promise.all(rolledOut)).filter(ms => ms !== undefined);
  return {
    count: changes.length,
    seen: first.length,
    ...summarize(first),
    rolledOut: summarize(done),
    samples: first,
  };
}

async function flipHealth(rig, board, argocd, { system, environment, note }) {
  const cells = await healthyCells(rig, { system, environment });
  const samples = [];
  let told = 0;
  for (const [index, { key, application }] of cells.entries()) {
    note(`health of ${index + 1} of ${cells.length} applications`);
    for (const [health, state, turn] of [
      ['Degraded', 'degraded', () => start(rig, application)],
      ['Healthy', 'healthy', () => rig.control.ask('POST', '/scenarios/calm')],
    ]) {
      const seen = whenSeen(board, { key, state, patienceMs: PATIENCE_MS });
      const heard = argocd.when(
        application,
        ({ status }) => status?.health?.status === health,
        PATIENCE_MS,
      );
      await turn();
      const [at, from] = await Promise.all([seen, heard]);
      if (from !== undefined) told += 1;
      if (at !== undefined && from !== undefined) {
        samples.push(Math.max(0, at - from));
      }
    }
  }
  return { count: told, seen: samples.length, ...summarize(samples), samples };
}

const start = (rig, application) =>
  rig.control.ask('POST', '/scenarios/sync-degraded', { application });

async function healthyCells({ portal }, { system, environment }) {
  const ask = async path =>
    jsonOf(await portal.client.ask(path, { token: portal.token }), path);
  const environmentRef = `environment:default/${system}-${environment}`;
  const { rows } = await ask(
    `/api/platform-envs/overview?system=${system}&limit=100`,
  );
  const healthy = rows.filter(({ cells }) =>
    cells.some(
      // on the board the usual state goes without saying
      cell => cell.environmentRef === environmentRef && !cell.state,
    ),
  );
  return Promise.all(
    healthy.slice(0, FLIPS).map(async ({ component }) => {
      const { ref } = component;
      const { row } = await ask(
        `/api/platform-envs/components/default/component/${nameOf(
          component,
        )}/delivery`,
      );
      const { application } = row.cells.find(
        cell => cell.environmentRef === environmentRef,
      );
      return {
        key: keyOf({ componentRef: ref, environmentRef }),
        application: application.name,
      };
    }),
  );
}

/** As the board marks its cells. */
const keyOf = ({ componentRef, environmentRef }) =>
  `${componentRef}@${environmentRef}`;

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
