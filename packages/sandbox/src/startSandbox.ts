import { FastifyInstance } from 'fastify';
import { AddressInfo } from 'node:net';
import { createControlServer } from './servers/control/index';
import { createGithubServer } from './servers/github/index';
import { loadServer, ServerName } from './servers/loadServer';
import { startArgocd } from './world/argocd/startArgocd';
import { PORTAL_AWS_CONFIG } from './world/aws/portalAwsConfig';
import { keepPortalHook, PortalHook } from './world/github/portalHook';
import { createWorld, OwnedWorld, WorldOptions } from './world/World';
import { seedGit } from './world/seed/seedGit';
import { startPlayedCi } from './world/playedCi';
import { registerGitScenarios } from './scenarios/gitScenarios';
import { SandboxUrls, World } from './world/types';

export type { ServerName } from './servers/loadServer';

export interface SandboxOptions extends WorldOptions {
  /**
   * Port of the control server; GitHub, Argo CD, Kubernetes, AWS, OIDC and
   * Grafana follow on the next six. 0 or absent: a free port for each.
   */
  port?: number;
  /** Only loopback is accepted; `127.0.0.1` unless told. */
  host?: string;
  /** Start only these beside the control server; all unless told. */
  only?: ServerName[];
  /** A webhook for pushes that every repository of the platforms has from the start. */
  portalHook?: PortalHook;
}

export interface Sandbox {
  /** Base URL of each server; empty for one that was not asked for. */
  urls: SandboxUrls;
  /** The block `aws` of the configuration of a portal that asks it. */
  awsConfig: typeof PORTAL_AWS_CONFIG;
  world: World;
  close(): Promise<void>;
}

const OFFSETS: Record<ServerName | 'control', number> = {
  control: 0,
  github: 1,
  argocd: 2,
  kubernetes: 3,
  aws: 4,
  oidc: 5,
  grafana: 6,
};

/**
 * Starts the pretend platform: seeds an empty data folder, listens on
 * loopback, and lets the world move.
 *
 * @throws Error - the host is not loopback, a port is taken, or git is missing.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = loopback(options.host);
  const basePort = options.port ?? 0;
  if (!Number.isInteger(basePort) || basePort < 0 || basePort > 65_529) {
    throw new Error(
      `port must be 0 or from 1 to 65529 (seven ports are used), not ${options.port}`,
    );
  }
  const wanted = new Set<ServerName>(
    options.only ?? [
      'github',
      'argocd',
      'kubernetes',
      'aws',
      'oidc',
      'grafana',
    ],
  );
  const world = await createWorld(options);
  const servers: FastifyInstance[] = [];
  const close = async () => {
    await Promise.all(servers.map(server => server.close()));
    await world.close();
  };

  try {
    const listen = async (
      name: ServerName | 'control',
      server: FastifyInstance,
    ) => {
      servers.push(server);
      world.urls[name] = await listenOn(
        server,
        name,
        host,
        basePort && basePort + OFFSETS[name],
      );
    };

    // Argo CD applications in git name GitHub's address: it listens first.
    if (wanted.has('github')) {
      await listen('github', createGithubServer(world));
    }
    const isNew = world.git.list().length === 0;
    if (isNew) {
      world.folder.seeding();
    }
    // While git works, in processes of its own, the other servers are loaded.
    await Promise.all([
      seedGit(world),
      loadAll([...wanted]),
      wanted.has('oidc') && listen('oidc', loadServer('oidc')(world)),
    ]);
    if (options.portalHook) {
      keepPortalHook(world, options.portalHook);
    }
    registerGitScenarios(world);
    if (wanted.has('aws')) {
      await listen('aws', loadServer('aws')(world));
    }
    if (wanted.has('argocd') || wanted.has('kubernetes')) {
      await startArgocd(world);
    }
    for (const name of ['argocd', 'kubernetes', 'grafana'] as const) {
      if (wanted.has(name)) {
        await listen(name, loadServer(name)(world));
      }
    }
    startPlayedCi(world);
    if (isNew) {
      world.github.flush();
      world.folder.seeded();
    }
    await world.scenarios.resume();
    // Last: who can reach the control server finds everything else ready.
    const reset = () => resetWorld(world);
    await listen('control', createControlServer(world, { reset }));
    return { urls: world.urls, awsConfig: PORTAL_AWS_CONFIG, world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One after another; in between, what is under way goes on. */
async function loadAll(names: ServerName[]) {
  for (const name of names) {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    loadServer(name);
  }
}

/** Back to the seed: git and GitHub first, then what the other parts registered. */
async function resetWorld(world: OwnedWorld) {
  await world.scenarios.start('calm');
  world.folder.seeding();
  world.resetClock();
  for (const repository of world.git.list()) {
    await world.git.remove(repository);
  }
  world.github.clear();
  await seedGit(world);
  await world.runResetTasks();
  world.counters.reset();
  world.faults.remove();
  world.github.flush();
  world.folder.seeded();
}

function loopback(host = '127.0.0.1'): string {
  if (host === 'localhost') {
    return '127.0.0.1';
  }
  if (host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) {
    return host;
  }
  throw new Error(
    `the sandbox listens on loopback only, not on "${host}": its tokens are published; leave host out or use 127.0.0.1`,
  );
}

async function listenOn(
  server: FastifyInstance,
  name: string,
  host: string,
  port: number,
): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} of the sandbox's ${name} server is taken; stop what uses it, or choose another first port with --port`,
      );
    }
    throw error;
  }
  return `http://localhost:${(server.server.address() as AddressInfo).port}`;
}
