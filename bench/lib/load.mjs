/**
 * Asks at a steady rate, whether earlier answers are there or not, as people
 * do who do not know of each other. (Load generators that hold a number of
 * connections busy wait for a slow server, and so measure less of it.)
 *
 * @param {object} options
 * @param {number} options.rate requests per second
 * @param {number} options.seconds how long
 * @param {(index: number) => Promise<import('./http.mjs').Answer>} options.send
 * @returns {Promise<{ answers: Array<import('./http.mjs').Answer>, failures: number }>}
 *   what was refused, or never answered, counts as a failure and has no time
 */
export async function atRate({ rate, seconds, send }) {
  const count = Math.max(1, Math.round(rate * seconds));
  const gap = 1000 / rate;
  const started = performance.now();
  const sent = [];
  for (let index = 0; index < count; index++) {
    const wait = started + index * gap - performance.now();
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
    sent.push(send(index).catch(() => undefined));
  }
  const all = await Promise.all(sent);
  const answers = all.filter(answer => answer && answer.status === 200);
  return { answers, failures: all.length - answers.length };
}
