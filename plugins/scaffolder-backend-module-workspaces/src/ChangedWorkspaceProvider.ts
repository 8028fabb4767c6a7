import {
  restoreWorkspace,
  WorkspaceProvider,
} from '@backstage/plugin-scaffolder-node/alpha';
import { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { pack } from './pack';
import { FolderState, readFolder } from './readFolder';

const TABLE = 'scaffolder_task_workspaces';

/** A repository to begin with is less than one; more would weigh on the database. */
const MAX_BYTES = 50 * 1024 * 1024;

/** Runs that are remembered; of one that is forgotten the files are saved once more. */
const MAX_REMEMBERED = 1_000;

/**
 * File systems count time in ticks of up to 10 ms: what is written in the same
 * tick in which the folder was looked at would not be seen later.
 */
const TICK_MS = 20;

/** What is in the database of one run, as this process knows it. */
interface Remembered {
  /** Of the folder at the time when its files were saved or restored. */
  fingerprint?: string;
  /** One thing at a time. */
  turn: pLimit.Limit;
}

/**
 * Keeps the files of runs in the database, and leaves it alone while they stay
 * as they are. Several backends may use one database: each remembers only what
 * it has saved or restored itself, and a backend that takes up a run restores it
 * first.
 *
 * @internal
 */
export class ChangedWorkspaceProvider implements WorkspaceProvider {
  private readonly runs = new LRUCache<string, Remembered>({
    max: MAX_REMEMBERED,
  });

  constructor(
    private readonly db: Knex,
    private readonly maxBytes: number = MAX_BYTES,
  ) {}

  /** @throws Error - there is more than can be kept. */
  serializeWorkspace(options: { path: string; taskId: string }): Promise<void> {
    const { path, taskId } = options;
    return this.inTurn(taskId, async run => {
      const began = Date.now();
      // Before the files are read: what changes meanwhile is a change to the next look.
      const state = await readFolder(path);
      if (state.fingerprint === run.fingerprint) return;
      // Whether a write that failed is in the database nobody knows.
      run.fingerprint = undefined;
      await this.keep(taskId, path, state);
      await sleep(Math.max(0, began + TICK_MS - Date.now()));
      run.fingerprint = state.fingerprint;
    });
  }

  /** What a killed run left in the folder goes: half a file is worse than none. */
  rehydrateWorkspace(options: {
    taskId: string;
    targetPath: string;
  }): Promise<void> {
    const { taskId, targetPath } = options;
    return this.inTurn(taskId, async run => {
      run.fingerprint = undefined;
      await rm(targetPath, { recursive: true, force: true });
      await mkdir(targetPath, { recursive: true });
      const row = await this.db(TABLE)
        .where({ task_id: taskId })
        .first('workspace');
      if (row) {
        await restoreWorkspace({ path: targetPath, buffer: row.workspace });
      }
      run.fingerprint = (await readFolder(targetPath)).fingerprint;
    });
  }

  cleanWorkspace({ taskId }: { taskId: string }): Promise<void> {
    return this.inTurn(taskId, async () => {
      this.runs.delete(taskId);
      await this.remove(taskId);
    });
  }

  private async keep(
    taskId: string,
    path: string,
    { isEmpty, bytes }: FolderState,
  ): Promise<void> {
    if (isEmpty) {
      await this.remove(taskId);
      return;
    }
    if (bytes > this.maxBytes) throw tooMuch(bytes, this.maxBytes);
    await this.db(TABLE)
      .insert({ task_id: taskId, workspace: await pack(path) })
      .onConflict('task_id')
      .merge(['workspace']);
  }

  private async remove(taskId: string): Promise<void> {
    await this.db(TABLE).where({ task_id: taskId }).delete();
  }

  private inTurn(
    taskId: string,
    work: (run: Remembered) => Promise<void>,
  ): Promise<void> {
    const run = this.runs.get(taskId) ?? { turn: pLimit(1) };
    this.runs.set(taskId, run);
    return run.turn(() => work(run));
  }
}

function tooMuch(bytes: number, maxBytes: number): Error {
  const megabytes = (count: number) => Math.ceil(count / 1024 / 1024);
  return new Error(
    `The run has written ${megabytes(bytes)} MB; no more than ${megabytes(
      maxBytes,
    )} MB can be kept for it to go on after an interruption. Let the template fetch less, or delete in a step what no later step needs`,
  );
}
