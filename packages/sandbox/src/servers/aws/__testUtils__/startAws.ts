import { mkdtempSync, rmSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeedPlatform } from '../../../world/platforms';
import { createWorld, OwnedWorld } from '../../../world/World';
import { createAwsServer } from '../index';

// A hundred seconds of the world's time; the longest wait in the tests is three.
const MOST_ATTEMPTS = 200;

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
  /** Lets half a second of the world's time pass and asks, again and again until the answer will do. */
  soon<T>(ask: () => Promise<T>, willDo: (answer: T) => boolean): Promise<T>;
  /** Stops the server and the world and starts both again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the AWS endpoint on a world of its own, in which nothing moves by itself: time passes with `soon` or the clock. */
export async function startAws(
  options: { platforms?: SeedPlatform[] } = {},
): Promise<AwsRig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairway-aws-'));
  const start = async () => {
    const world = await createWorld({
      dataDir,
      speed: 0.01,
      platforms: options.platforms,
    });
    const server = createAwsServer(world);
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    world.urls.aws = `http://127.0.0.1:${port}`;
    return { world, server, endpoint: world.urls.aws };
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
    async soon(ask, willDo) {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        running.world.clock.advance(500);
        const answer = await ask();
        if (willDo(answer)) {
          return answer;
        }
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      throw new Error(`never came true: ${willDo}`);
    },
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
