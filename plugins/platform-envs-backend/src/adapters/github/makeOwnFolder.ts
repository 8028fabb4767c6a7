import { mkdirSync, mkdtempSync, readdirSync, rm, rmSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 'fairway-git-';

/** A fresh folder; those of processes that ended without cleaning up are removed. */
export function makeOwnFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = Number(/^fairway-git-(\d+)-/.exec(name)?.[1]);
    if (pid && pid !== process.pid && !isAlive(pid)) {
      // thousands of files, and nobody waits for it
      rm(path.join(parent, name), { recursive: true, force: true }, () => {});
    }
  }
  const folder = mkdtempSync(path.join(parent, `${FOLDER}${process.pid}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
