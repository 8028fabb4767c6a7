import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedWorld, createWorld } from '../../World';
import { PLATFORMS, SeedPlatform } from '../../platforms';
import { seedGit } from '../../seed/seedGit';
import { ArgocdEngine } from '../ArgocdEngine';
import { startArgocd } from '../startArgocd';
import { Application } from '../types';

/** The platform that most tests need: six applications and three roots. */
export const SAMPLE = PLATFORMS.filter(p => p.system === 'sample-platform-ai');
export const SAMPLE_REPOSITORY = 'sample-platform-ai/sample-platform-ai';

/** Sync and health, as in `Synced Healthy`. */
export function healthOf({ status }: Application): string {
  return `${status.sync.status} ${status.health.status}`;
}

/** Whether an application rests in the state that {@link healthOf} words. */
export function rests(what: string): (application: Application) => boolean {
  return application =>
    healthOf(application) === what && !application.operation;
}

export interface ArgocdWorld {
  world: OwnedWorld;
  engine: ArgocdEngine;
  dataDir: string;
  /** Changes the image line of an overlay on main; returns the commit. */
  setTag(
    environment: string,
    component: string,
    newTag: string,
  ): Promise<string>;
  /** The image line's tag of an overlay on main. */
  tagOf(environment: string, component: string): Promise<string>;
  /** Waits until the application is as told, 25 seconds at most. */
  until(
    name: string,
    is: (application: Application) => boolean,
  ): Promise<Application>;
  /** Closes the world; its folder stays. */
  stop(): Promise<void>;
  /** Closes the world and deletes its folder. */
  remove(): Promise<void>;
}

/** A world with real git and a running Argo CD, twenty times as fast as life. */
export async function startArgocdWorld(
  options: {
    dataDir?: string;
    platforms?: SeedPlatform[];
    speed?: number;
    /** The others are rendered behind. */
    renderedAtStart?: number;
  } = {},
): Promise<ArgocdWorld> {
  const dataDir =
    options.dataDir ?? mkdtempSync(join(tmpdir(), 'fairway-argocd-'));
  const world = await createWorld({
    dataDir,
    platforms: options.platforms ?? SAMPLE,
    speed: options.speed ?? 20,
    renderedAtStart: options.renderedAtStart,
  });
  await seedGit(world);
  const { engine } = await startArgocd(world);
  const file = (environment: string, component: string) =>
    `gitops/overlays/${environment}/${component}/kustomization.yaml`;
  const read = async (environment: string, component: string) =>
    (await world.git.readFile(
      SAMPLE_REPOSITORY,
      'main',
      file(environment, component),
    ))!;
  let stopped = false;
  const stop = async () => {
    if (!stopped) {
      stopped = true;
      await world.close();
    }
  };
  return {
    world,
    engine,
    dataDir,
    async setTag(environment, component, newTag) {
      const content = await read(environment, component);
      return world.git.commit(SAMPLE_REPOSITORY, {
        branch: 'main',
        message: `Release ${component} to ${environment}`,
        author: { name: 'Lead', email: 'lead@example.com' },
        files: [
          {
            path: file(environment, component),
            content: content.replace(/newTag: .*/, `newTag: ${newTag}`),
          },
        ],
      });
    },
    async tagOf(environment, component) {
      return (await read(environment, component)).match(/newTag: (.*)/)![1];
    },
    until: (name, is) => until(engine, name, is),
    stop,
    async remove() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function until(
  engine: ArgocdEngine,
  name: string,
  is: (application: Application) => boolean,
): Promise<Application> {
  const deadline = Date.now() + 25_000;
  for (;;) {
    const application = engine.store.get(name);
    if (application && is(application)) {
      return application;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${name} did not become what was awaited; it is ${JSON.stringify(
          application?.status,
        )}`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
