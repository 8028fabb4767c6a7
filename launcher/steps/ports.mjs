import net from 'node:net';
import { Problem } from '../problem.mjs';

/** What stands at each port, counted from the first of the sandbox's. */
export const SANDBOX_SERVERS = [
  'sandbox control',
  'sandbox GitHub',
  'sandbox Argo CD',
  'sandbox Kubernetes',
  'sandbox AWS',
];

/**
 * Makes sure that nobody listens where we are about to.
 *
 * @param {Array<{ port: number, name: string, option: string }>} wanted
 * @throws Problem naming the first port that is taken
 */
export async function requireFreePorts(wanted) {
  for (const { port, name, option } of wanted) {
    if (!(await isFree(port))) {
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
    { port, name: 'the portal', option: `--port ${port + 1000}` },
    ...SANDBOX_SERVERS.map((name, index) => ({
      port: sandboxPort + index,
      name,
      option: `--sandbox-port ${sandboxPort + 1000}`,
    })),
  ];
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
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    let free = true;
    for (let i = 0; free && i < count; i++) free = await isFree(first + i);
    if (free) return first;
  }
  throw new Problem(
    `No ${count} free ports in a row were found between 20000 and 40000.`,
    'stop what holds them and run this again.',
  );
}
