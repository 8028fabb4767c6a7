import * as community from '../peers/community.mjs';
import * as roadie from '../peers/roadie.mjs';
import { createClient } from '../lib/http.mjs';
import { atRate } from '../lib/load.mjs';
import { seededRandom } from '../lib/random.mjs';
import { median, summarize } from '../lib/statistics.mjs';
import { boardRequests } from './boardRequests.mjs';

/** Requests per second, one after the other. */
export const RATES = [5, 20, 50];

/** What a peer's card asks, for a row of the board. */
const CARDS = {
  roadie: roadie.overviewCard,
  community: community.summaryCard,
};

/** Connections of all who look together. */
const CONNECTIONS = 20;
/** Of each rate in a round, so that one that was held up does not decide it. */
const LEAST_PAGES = 100;
/**
 * Before each round: just-in-time compilers need some, and what the backend was not
 * let do while it was held.
 */
const WARM_UP = { rate: 20, seconds: 5 };

/**
 * How long a page of the board takes, at several rates, and the same rows
 * through the cards of the peers: our side, then each peer, then our side
 * again, as many rounds as asked for.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ tokens: string[], components: string[], rounds: number, seconds: number, note: (text: string) => void }} options
 */
export async function measureBoardTimes(rig, options) {
  const { tokens, components, rounds, seconds, note } = options;
  const paths = await boardRequests(rig.portal);
  const random = seededRandom(rig.size);
  const client = createClient(rig.portal.url, { connections: CONNECTIONS });
  const send = index =>
    client.ask(paths[Math.floor(random() * paths.length)], {
      token: tokens[index % tokens.length],
    });
  const ours = [];
  const peers = Object.fromEntries(
    Object.keys(rig.peers).map(name => [name, []]),
  );
  let failures = 0;
  for (let round = 1; round <= rounds; round++) {
    await rig.alone('portal', async () => {
      note(`round ${round} of ${rounds}: warming up`);
      await atRate({ ...WARM_UP, send });
      for (const rate of RATES) {
        note(`round ${round} of ${rounds}: ${rate} pages a second`);
        const result = await atRate({
          rate,
          seconds: Math.max(seconds, LEAST_PAGES / rate),
          send,
        });
        failures += result.failures;
        ours.push({ rate, ...summarize(result.answers.map(({ ms }) => ms)) });
      }
    });
    for (const [name, peer] of Object.entries(rig.peers)) {
      note(
        `round ${round} of ${rounds}: ${components.length} cards of ${name}`,
      );
      peers[name].push(
        await rig.alone(name, () => timeCards(peer, CARDS[name], components)),
      );
    }
  }
  note('unchanged pages');
  const floor = await rig.alone('portal', () =>
    timeUnchanged(client, paths, { tokens, seconds }),
  );
  client.close();
  const middle = (rate, key) =>
    median(ours.filter(one => one.rate === rate).map(one => one[key]));
  return {
    failures,
    rounds: ours,
    requests: ours.reduce((sum, { count }) => sum + count, 0),
    floor,
    rates: Object.fromEntries(
      RATES.map(rate => [
        rate,
        {
          p50: middle(rate, 'p50'),
          p95: middle(rate, 'p95'),
          p99: middle(rate, 'p99'),
        },
      ]),
    ),
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, runs]) => [
        name,
        {
          ms: median(runs.map(({ ms }) => ms)),
          bytes: median(runs.map(({ bytes }) => bytes)),
          requests: runs[0]?.requests,
        },
      ]),
    ),
  };
}

// what is left when there is nothing to send: who asks, and whether they may
async function timeUnchanged(client, [path], { tokens, seconds }) {
  const [rate] = RATES;
  const answered = [];
  await atRate({
    rate,
    seconds,
    send: async index => {
      const token = tokens[index % tokens.length];
      const { etag } = (await client.ask(path, { token })).headers;
      const answer = await client.ask(path, {
        token,
        headers: { 'if-none-match': etag },
      });
      if (answer.status === 304) answered.push(answer.ms);
      return answer;
    },
  });
  return summarize(answered);
}

// one browser: its connections limit how many are asked for at a time
async function timeCards(peer, card, components) {
  let bytes = 0;
  let requests = 0;
  const ask = async path => {
    const answer = await peer.client.ask(path, { token: peer.token });
    bytes += answer.bytes;
    requests += 1;
    return answer;
  };
  const started = performance.now();
  await Promise.all(components.map(component => card(ask, component)));
  return { ms: performance.now() - started, bytes, requests };
}
