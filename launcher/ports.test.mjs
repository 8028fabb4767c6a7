import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import {
  findFreePorts,
  isFree,
  portsOf,
  requireFreePorts,
} from './steps/ports.mjs';

async function listening(host) {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  return { port: server.address().port, close: () => server.close() };
}

describe('ports', () => {
  it('sees a port that is taken, on either family', async t => {
    for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
      let server;
      try {
        server = await listening(host);
      } catch {
        t.diagnostic(`this machine has no ${host}`);
        continue;
      }
      assert.equal(await isFree(server.port), false, host);
      server.close();
    }
  });

  it('leaves a port free after looking at it', async () => {
    const port = await findFreePorts(1);
    assert.equal(await isFree(port), true);
    assert.equal(await isFree(port), true);
  });

  it('names the port, what wants it, and the option', async () => {
    const server = await listening('127.0.0.1');
    const wanted = portsOf({ port: server.port, sandboxPort: 40_000 });
    await assert.rejects(requireFreePorts(wanted), error => {
      assert.equal(
        error.message,
        `Port ${server.port} (the portal) is taken by another program.`,
      );
      assert.match(error.nextStep, /--port \d+/);
      return true;
    });
    server.close();
  });

  it('waits for a port that is being freed, when asked to', async () => {
    const server = await listening('127.0.0.1');
    const wanted = [{ port: server.port, name: 'x', option: '--port 1' }];
    setTimeout(server.close, 200);
    await requireFreePorts(wanted, 5000);
  });

  it('refuses a portal among the ports of the sandbox', async () => {
    const sandboxPort = await findFreePorts(5);
    const wanted = portsOf({ port: sandboxPort + 2, sandboxPort });
    await assert.rejects(
      requireFreePorts(wanted),
      /wanted twice: for the portal and for sandbox Argo CD/,
    );
  });

  it('suggests a port that exists', () => {
    const [{ option }] = portsOf({ port: 65_535, sandboxPort: 7100 });
    assert.equal(option, '--port 64535');
  });

  it('has seven ports for the sandbox, after one another', () => {
    assert.deepEqual(
      portsOf({ port: 7007, sandboxPort: 7100 }).map(({ port }) => port),
      [7007, 7100, 7101, 7102, 7103, 7104, 7105, 7106],
    );
  });
});
