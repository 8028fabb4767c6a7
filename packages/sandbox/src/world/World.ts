import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BareGitStore } from './BareGitStore';
import { CallCounters } from './CallCounters';
import { DataDir } from './DataDir';
import { FaultTable } from './FaultTable';
import { GithubState } from './GithubState';
import { createImageStore } from './images';
import { PLATFORMS, SeedPlatform } from './platforms';
import { createScenarioTable } from './scenarioTable';
import { catalogOf } from './seed/catalogOf';
import { GeneratedSize, generatePlatforms } from './seed/generatePlatforms';
import { createTimeline } from './timeline';
import { SandboxUrls, World } from './types';

export interface WorldOptions {
  /** Folder that the world owns; created when absent. */
  dataDir: string;
  /** 1 unless told. */
  speed?: number;
  /** As in {@link World}; 100 unless told. */
  renderedAtStart?: number;
  /** The four platforms unless told. */
  platforms?: SeedPlatform[];
  /** How much to generate beside them; kept in the data folder. */
  generate?: GeneratedSize;
  /** Where lines about trouble go; standard error unless told. */
  report?: (message: string, error?: unknown) => void;
}

/** A world and what its owner may do with it. */
export interface OwnedWorld extends World {
  /** Filled in by whoever listens. */
  readonly urls: SandboxUrls;
  /** The folder on disk, which no other sandbox has. */
  readonly folder: DataDir;
  /** Sets the clock back to the machine's. */
  resetClock(): void;
  /** Runs what was registered with `onReset`, in order. */
  runResetTasks(): Promise<void>;
  /** Runs what was registered with `onClose`, then drops all scheduled tasks. */
  close(): Promise<void>;
}

/** Puts the parts of the world together; nothing is seeded and nothing listens yet. */
export async function createWorld(options: WorldOptions): Promise<OwnedWorld> {
  const dataDir = resolve(options.dataDir);
  const speed = options.speed ?? 1;
  if (!(speed > 0 && Number.isFinite(speed))) {
    throw new Error(
      `speed must be a number above 0, not ${options.speed}; 1 is real time`,
    );
  }
  const folder = DataDir.open(dataDir);

  const report =
    options.report ??
    ((message: string, error?: unknown) => {
      const reason = error instanceof Error ? error.stack : error;
      process.stderr.write(
        `sandbox: ${message}${reason === undefined ? '' : `: ${reason}`}\n`,
      );
    });
  const { clock, schedule, toNow, stop } = createTimeline({
    speed,
    report,
    offsetMs: folder.clockOffsetMs,
    onOffset: offsetMs => folder.keepClockOffset(offsetMs),
  });
  const resetTasks: Array<() => void | Promise<void>> = [];
  const closeTasks: Array<() => void | Promise<void>> = [];
  const platforms = [...(options.platforms ?? PLATFORMS)];
  try {
    platforms.push(...generated(folder, options.generate));
  } catch (error) {
    folder.release();
    throw error;
  }
  const git = await BareGitStore.open(dataDir, clock).catch(error => {
    folder.release();
    throw error;
  });
  const scenarios = createScenarioTable({
    file: join(dataDir, 'scenarios.json'),
    clock,
    report,
  });

  const parts = {
    clock,
    renderedAtStart: options.renderedAtStart ?? 100,
    platforms,
    git,
    github: GithubState.open(dataDir),
    urls: {
      control: '',
      github: '',
      argocd: '',
      kubernetes: '',
      aws: '',
      oidc: '',
      grafana: '',
    },
    dataDir,
    speed,
    counters: new CallCounters(),
    faults: new FaultTable(),
    scenarios,
    schedule,
    report,
    onReset: (task: () => void | Promise<void>) => {
      resetTasks.push(task);
    },
    onClose: (task: () => void | Promise<void>) => {
      closeTasks.push(task);
    },
  };

  return Object.assign(parts, {
    folder,
    resetClock: toNow,
    images: createImageStore(parts),
    async runResetTasks() {
      for (const task of resetTasks) {
        await task();
      }
    },
    async close() {
      for (const task of closeTasks) {
        await task();
      }
      stop();
      parts.github.flush();
      scenarios.flush();
      folder.release();
    },
  });
}

/** Generates what the folder is seeded with, and writes its catalog file. */
function generated(folder: DataDir, asked?: GeneratedSize): SeedPlatform[] {
  const size = folder.generatedSize(asked);
  if (!size) {
    return [];
  }
  const platforms = generatePlatforms(size);
  const file = join(folder.path, 'catalog', 'generated.yaml');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, catalogOf(platforms));
  }
  return platforms;
}
