import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GeneratedSize } from './seed/generatePlatforms';

/** Of the folder as a whole. Raise it when older state cannot be taken up any more. */
const FORMAT = 2;
const LOCK = 'sandbox.lock';
const MARK = 'sandbox.json';

interface Mark {
  format: number;
  /** False while the seed is being written: what is there then is half of it. */
  seeded: boolean;
  /** How far the world's clock is ahead of the machine's, ms. */
  clockOffsetMs?: number;
  /** What was generated beside the seeded platforms. */
  generated?: GeneratedSize;
}

interface Holder {
  pid: number;
  /** Start of the process in the kernel's ticks; process ids are given again. */
  born?: string;
}

/**
 * The folder that a sandbox keeps its state in: one process at a time, of a
 * format that this version knows, and never half of a seed.
 */
export class DataDir {
  private mark: Mark = { format: FORMAT, seeded: true };
  private isFresh = false;

  /**
   * Takes the folder, creating it when it is absent. What an interrupted seed
   * left in it is removed.
   *
   * @throws Error - another sandbox has it, or a newer version wrote it.
   */
  static open(path: string): DataDir {
    mkdirSync(path, { recursive: true });
    const dir = new DataDir(path);
    dir.lock();
    try {
      dir.read();
    } catch (error) {
      dir.release();
      throw error;
    }
    return dir;
  }

  private constructor(readonly path: string) {}

  /** How far the world's clock is ahead, ms. */
  get clockOffsetMs(): number {
    return this.mark.clockOffsetMs ?? 0;
  }

  keepClockOffset(clockOffsetMs: number): void {
    this.write({ ...this.mark, clockOffsetMs });
  }

  /**
   * What is generated beside the seeded platforms. It is settled when the
   * folder is seeded.
   *
   * @param asked - as the sandbox was asked to, if it was
   * @throws Error - the folder was seeded with something else.
   */
  generatedSize(asked?: GeneratedSize): GeneratedSize | undefined {
    const { generated } = this.mark;
    if (this.isFresh && asked) {
      this.write({ ...this.mark, generated: asked });
      return asked;
    }
    const tell = (size?: GeneratedSize) =>
      size ? `${size.services}x${size.environments}` : 'nothing';
    if (asked && tell(asked) !== tell(generated)) {
      throw new Error(
        `the data folder ${this.path} was seeded with ${tell(
          generated,
        )} generated, not with ${tell(
          asked,
        )}; name another folder with --data-dir, or remove this one`,
      );
    }
    return generated;
  }

  /** From now until {@link seeded}, a restart begins from the seed. */
  seeding(): void {
    this.write({ ...this.mark, seeded: false });
  }

  /** The seed is complete. */
  seeded(): void {
    this.write({ ...this.mark, seeded: true });
  }

  /** Gives the folder back. */
  release(): void {
    rmSync(join(this.path, LOCK), { force: true });
  }

  private lock() {
    const file = join(this.path, LOCK);
    const holder: Holder = { pid: process.pid, born: birthOf(process.pid) };
    for (let attempt = 0; ; attempt += 1) {
      try {
        writeFileSync(file, JSON.stringify(holder), { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw error;
        }
      }
      const other = readJson<Holder>(file);
      if (attempt > 2 || (other && isAlive(other))) {
        throw new Error(
          `another sandbox (process ${other?.pid}) has the data folder ${this.path}; stop it, or name another folder with --data-dir`,
        );
      }
      rmSync(file, { force: true });
    }
  }

  private read() {
    const file = join(this.path, MARK);
    const found = existsSync(file) ? readJson<Mark>(file) : undefined;
    if (found && found.format > FORMAT) {
      throw new Error(
        `the data folder ${this.path} was written by a newer sandbox (format ${found.format}; this one reads up to ${FORMAT}); use that version, or remove the folder to begin from the seed`,
      );
    }
    if (found?.seeded === false) {
      this.isFresh = true;
      this.empty();
    } else if (!found) {
      // Format 1 had no mark; what its parts wrote is still read by them.
      const isOld = ['git', 'github.json'].every(name =>
        existsSync(join(this.path, name)),
      );
      const others = readdirSync(this.path).filter(name => name !== LOCK);
      if (!isOld && others.length > 0) {
        throw new Error(
          `the folder ${this.path} holds something else than a sandbox (${others[0]}); name an empty one with --data-dir`,
        );
      }
      this.isFresh = !isOld;
    }
    this.write({ ...found, format: FORMAT, seeded: true });
  }

  // The folder was empty before it was marked: all that is in it is ours.
  private empty() {
    for (const name of readdirSync(this.path)) {
      if (name !== LOCK && name !== MARK) {
        rmSync(join(this.path, name), { recursive: true, force: true });
      }
    }
  }

  private write(mark: Mark) {
    this.mark = mark;
    const draft = join(this.path, `${MARK}.next`);
    writeFileSync(draft, JSON.stringify(mark));
    renameSync(draft, join(this.path, MARK));
  }
}

/** Undefined when the file is gone or was cut off. */
function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive({ pid, born }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') {
      return false;
    }
  }
  return born === undefined || birthOf(pid) === born;
}

/** Field 22 of /proc/<pid>/stat; undefined where there is no /proc. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
