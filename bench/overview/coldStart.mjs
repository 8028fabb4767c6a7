import { jsonOf } from '../lib/http.mjs';
import { WHOLE_BOARD } from '../lib/rig.mjs';
import { median } from '../lib/statistics.mjs';

/** The snapshot is saved every thirty seconds, and so is there. */
const SAVED_AFTER_MS = 35_000;

/**
 * Starts on what is kept: the portal with the snapshot of the largest board,
 * and a backend with a peer's plugin, in turn, each alone.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ times: number, note: (text: string) => void }} options
 */
export async function measureColdStart(rig, { times, note }) {
  note('waiting for the snapshot to be kept');
  await new Promise(resolve => setTimeout(resolve, SAVED_AFTER_MS));
  const ours = [];
  const rows = [];
  const peers = Object.fromEntries(
    Object.keys(rig.peers).map(name => [name, []]),
  );
  for (let time = 1; time <= times; time++) {
    note(`start ${time} of ${times}: the portal`);
    const portal = await rig.alone('portal', () => rig.restartPortal());
    const board = jsonOf(
      await portal.client.ask(WHOLE_BOARD, { token: portal.token }),
      'the board',
    );
    ours.push(portal.readyMs);
    rows.push(board.rows.length);
    for (const name of Object.keys(rig.peers)) {
      note(`start ${time} of ${times}: the backend with ${name}`);
      const peer = await rig.alone(name, () => rig.restartPeer(name));
      peers[name].push(peer.readyMs);
    }
  }
  return {
    readyMs: median(ours),
    rowsServed: Math.min(...rows),
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, list]) => [name, median(list)]),
    ),
  };
}
