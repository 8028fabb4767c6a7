import { mkdtempSync, rmSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeedPlatform } from '../../../world/platforms';
import { createWorld, OwnedWorld } from '../../../world/World';
import { createAwsServer } from '../index';

/** Options that every SDK client takes. */
export interface ClientOptions {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
}

/** A pretend AWS on a port of its own. */
export interface AwsRig {
  world: OwnedWorld;
  endpoint: string;
  /** Options of a client of an account in a region; it does not retry. */
  as(accountId: string, region?: string): ClientOptions;
  /** Stops the server and the world and starts both again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the AWS endpoint on a world of its own; time runs twenty times as fast unless told. */
export async function startAws(
  options: { speed?: number; platforms?: SeedPlatform[] } = {},
): Promise<AwsRig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairway-aws-'));
  const start = async () => {
    const world = await createWorld({
      dataDir,
      speed: options.speed ?? 20,
      platforms: options.platforms,
    });
    const server = createAwsServer(world);
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    return { world, server, endpoint: `http://127.0.0.1:${port}` };
  };
  let running = await start();
  const stop = async () => {
    await running.server.close();
    await running.world.close();
  };
  return {
    get world() {
      return running.world;
    },
    get endpoint() {
      return running.endpoint;
    },
    as: (accountId, region = 'ap-southeast-2') => ({
      endpoint: running.endpoint,
      region,
      credentials: {
        accessKeyId: `AKIA${accountId}SANDBOX`,
        secretAccessKey: 'sandbox',
      },
      maxAttempts: 1,
    }),
    async restart() {
      await stop();
      running = await start();
    },
    async close() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer will do; for what takes the world's time. */
export async function eventually<T>(
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
  timeoutMs = 5_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (willDo(answer)) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`still ${JSON.stringify(answer)} after ${timeoutMs} ms`);
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
