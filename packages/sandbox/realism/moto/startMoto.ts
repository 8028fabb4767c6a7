import { ChildProcess, spawn } from 'node:child_process';
import { AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, REGION } from './Step';

const READY_SECONDS = 60;

/** Starts moto as a server on a free port of loopback. @throws Error - it does not come up. */
export async function startMoto(
  bin: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const server = spawn(
    join(bin, 'moto_server'),
    ['-H', '127.0.0.1', '-p', `${port}`],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        MOTO_ACCOUNT_ID: ACCOUNT,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = () => stopped(server);
  for (let second = 0; second < READY_SECONDS; second += 1) {
    if (server.exitCode !== null) {
      break;
    }
    const ready = await fetch(`${url}/moto-api/data.json`).catch(
      () => undefined,
    );
    if (ready?.ok) {
      return { url, stop };
    }
    await sleep(1000);
  }
  await stop();
  throw new Error('moto did not come up');
}

/** Moto takes only subnets that its own EC2 has. */
export async function anySubnet(url: string): Promise<string> {
  const reply = await fetch(url, {
    method: 'POST',
    body: 'Action=DescribeSubnets&Version=2016-11-15',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });
  const [, subnet] = /<subnetId>([^<]+)</.exec(await reply.text()) ?? [];
  if (!subnet) {
    throw new Error('moto has no subnets');
  }
  return subnet;
}

function stopped(server: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (server.exitCode !== null) {
      resolve();
      return;
    }
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve =>
    server.listen(0, '127.0.0.1', () => resolve()),
  );
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
