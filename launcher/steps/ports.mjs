import net from 'node:net';
import { Problem } from '../problem.mjs';

/** What stands at each of the sandbox's ports, counted from the first. */
export const SANDBOX_SERVERS = [
  'sandbox control',
  'sandbox GitHub',
  'sandbox Argo CD',
  'sandbox Kubernetes',
  'sandbox AWS',
  'sandbox sign-in',
  'sandbox Grafana',
];

/**
 * Makes sure that nobody listens where we are about to.
 *
 * @param {Array<{ port: number, name: string, option: string }>} wanted
 * @param {number} [patienceMs] how long to wait for one that is being freed
 * @throws Problem naming the first port that is taken
 */
export async function requireFreePorts(wanted, patienceMs = 0) {
  const deadline = Date.now() + patienceMs;
  const seen = new Map();
  for (const { port, name, option } of wanted) {
    if (seen.has(port)) {
      throw new Problem(
        `Port ${port} is wanted twice: for ${seen.get(port)} and for ${name}.`,
        `move one of them, for example with ${option}.`,
      );
    }
    seen.set(port, name);
    while (!(await isFree(port))) {
      if (Date.now() < deadline) {
        await new Promise(resolve => setTimeout(resolve, 50));
        continue;
      }
      throw new Problem(
        `Port ${port} (${name}) is taken by another program.`,
        `stop that program ("lsof -i :${port}" or "ss -ltnp" names it), or choose another with ${option}.`,
      );
    }
  }
}

/** The ports of one start, with the option that moves each. */
export function portsOf({ port, sandboxPort }) {
  return [
    { port, name: 'the portal', option: optionFor('--port', port, 1) },
    ...SANDBOX_SERVERS.map((name, index) => ({
      port: sandboxPort + index,
      name,
      option: optionFor('--sandbox-port', sandboxPort, SANDBOX_SERVERS.length),
    })),
  ];
}

/** Where `dev` serves the browser app. */
export function appPortOf({ appPort }) {
  return {
    port: appPort,
    name: 'the browser app',
    option: optionFor('--app-port', appPort, 1),
  };
}

// an example that can be typed as it stands
function optionFor(option, port, count) {
  const other = port + 1000 + count > 65_536 ? port - 1000 : port + 1000;
  return `${option} ${other}`;
}

/** @param {number} port */
export async function isFree(port) {
  // both families: "localhost" may mean either
  for (const host of ['127.0.0.1', '::1']) {
    const taken = await new Promise(resolve => {
      const server = net.createServer();
      server.once('error', error => resolve(error.code === 'EADDRINUSE'));
      server.listen(port, host, () => server.close(() => resolve(false)));
    });
    if (taken) return false;
  }
  return true;
}

/** The first of `count` consecutive free ports. */
export async function findFreePorts(count) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    let free = true;
    for (let i = 0; free && i < count; i++) free = await isFree(first + i);
    if (free) return first;
  }
  throw new Problem(
    `No ${count} free ports in a row were found between 20000 and 30000.`,
    'stop what holds them and run this again.',
  );
}
