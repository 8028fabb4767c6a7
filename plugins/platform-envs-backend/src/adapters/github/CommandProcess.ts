import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { ChildProcess, fork } from 'node:child_process';

/** A program and what it is given. */
export interface Command {
  command: string;
  args: string[];
  cwd?: string;
  /** All that it gets of an environment. */
  env: Record<string, string>;
  input?: string | Buffer;
  /** After this (ms) it is killed with all its children. */
  timeoutMs: number;
  /** Of both outputs together; it is killed when it prints more. */
  maxOutputBytes: number;
}

/** How a command ended: by itself, or not. */
export type CommandEnd =
  | { exitCode: number; stdout: Buffer; stderr: Buffer }
  | { failed: 'start' | 'timeout' | 'output' | 'lost'; message: string };

type Answer = CommandEnd & { id: number };

/** A process that nobody has asked for so long (ms) ends; the next command has a new one. */
const IDLE_MS = 300_000;

/**
 * Starts commands in a small process of its own.
 *
 * A backend with a large heap stands still for tens of milliseconds each time it
 * starts a program, because the system copies its page tables for that.
 *
 * @see processes/runCommands.cjs
 */
export class CommandProcess {
  readonly #waiting = new Map<number, (end: CommandEnd) => void>();
  #process?: ChildProcess;
  #idle?: NodeJS.Timeout;
  #lastId = 0;

  /** Never throws. */
  run(command: Command): Promise<CommandEnd> {
    return new Promise(resolve => {
      const id = ++this.#lastId;
      const child = this.#get();
      this.#waiting.set(id, resolve);
      child.channel?.ref();
      clearTimeout(this.#idle);
      child.send({ id, ...command }, error => {
        if (error) this.#take({ id, failed: 'lost', message: error.message });
      });
    });
  }

  #get(): ChildProcess {
    if (this.#process?.connected) return this.#process;
    const child = fork(
      resolvePackagePath(
        '@fairway/plugin-platform-envs-backend',
        'processes/runCommands.cjs',
      ),
      {
        // keys of a terminal are for the backend, which ends this one
        detached: true,
        env: { PATH: process.env.PATH ?? '' },
        execArgv: ['--max-semi-space-size=1'],
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    this.#process = child;
    child.unref();
    child.on('message', answer => this.#take(answer as Answer));
    child.on('error', error => this.#lose(child, error.message));
    child.on('exit', (code, signal) =>
      this.#lose(child, `it ended with ${signal ?? code}`),
    );
    return child;
  }

  #take({ id, ...end }: Answer): void {
    this.#waiting.get(id)?.(end);
    this.#waiting.delete(id);
    if (this.#waiting.size > 0) return;
    const child = this.#process;
    child?.channel?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (child?.connected) child.disconnect();
    }, IDLE_MS).unref();
  }

  /** What it was doing has ended with it. */
  #lose(child: ChildProcess, message: string): void {
    if (this.#process !== child) return;
    this.#process = undefined;
    for (const id of [...this.#waiting.keys()]) {
      this.#take({ id, failed: 'lost', message });
    }
  }
}
