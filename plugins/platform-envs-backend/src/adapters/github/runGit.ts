import { spawn } from 'node:child_process';

/** One run of the `git` executable. */
export interface GitRun {
  args: string[];
  /** Bare repository to work in. */
  gitDir?: string;
  input?: string | Buffer;
  /** Added to the clean environment: never visible in the list of processes. */
  env?: Record<string, string>;
  /** After this (ms) the process and all its children are killed. */
  timeoutMs: number;
  /** Resolve with the exit code instead of throwing for these. */
  acceptExitCodes?: number[];
}

/** What a run printed. */
export interface GitOutput {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
}

/** `git` ended with an exit code that says no. The message holds its own words. */
export class GitCommandError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`git ${command} failed (exit code ${exitCode}): ${stderr.trim()}`);
    this.name = 'GitCommandError';
  }
}

/** `git` was killed because it took too long. */
export class GitTimeoutError extends Error {
  constructor(command: string, timeoutMs: number) {
    super(`git ${command} did not end within ${timeoutMs / 1000} s`);
    this.name = 'GitTimeoutError';
  }
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What git needs of our own environment to reach a host; nothing else goes in. */
const PASSED_ON = [
  'PATH',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
];

/**
 * Runs git without any of the machine's or the person's configuration.
 *
 * @throws GitCommandError | GitTimeoutError
 */
export async function runGit(run: GitRun): Promise<GitOutput> {
  const [command] = run.args;
  const child = spawn('git', run.args, {
    cwd: run.gitDir,
    // A group of its own, so that git's helpers can be killed with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(
        PASSED_ON.flatMap(key =>
          process.env[key] === undefined ? [] : [[key, process.env[key]]],
        ),
      ),
      ...(run.gitDir && { GIT_DIR: run.gitDir }),
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      ...run.env,
    },
  });
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let stopped: Error | undefined;
    const stop = (error: Error) => {
      stopped ??= error;
      killGroup(child.pid);
    };
    const timer = setTimeout(
      () => stop(new GitTimeoutError(command, run.timeoutMs)),
      run.timeoutMs,
    );
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES) {
        stop(new Error(`git ${command} printed more than can be read`));
      } else {
        into.push(chunk);
      }
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A child that ends before it has read everything is judged by its exit code.
    child.stdin.on('error', () => {});
    child.on('error', error => {
      clearTimeout(timer);
      reject(
        new Error(`The git executable could not be started: ${error.message}`),
      );
    });
    child.on('close', code => {
      clearTimeout(timer);
      if (stopped) {
        reject(stopped);
        return;
      }
      const exitCode = code ?? -1;
      const output = {
        exitCode,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      };
      if (exitCode === 0 || run.acceptExitCodes?.includes(exitCode)) {
        resolve(output);
      } else {
        reject(
          new GitCommandError(
            command,
            exitCode,
            output.stdout.toString('utf8'),
            output.stderr,
          ),
        );
      }
    });
    child.stdin.end(run.input ?? '');
  });
}

function killGroup(pid: number | undefined) {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
