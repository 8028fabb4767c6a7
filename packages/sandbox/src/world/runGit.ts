import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** git ended with an error. */
export class GitError extends Error {
  constructor(
    readonly args: string[],
    readonly exitCode: number | null,
    readonly stderr: string,
  ) {
    super(
      `git ${args
        .slice(0, 3)
        .join(' ')} ended with ${exitCode}: ${stderr.trim()}`,
    );
  }
}

/** An environment in which no configuration of the machine or its user counts. */
export function gitEnvironment(
  extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    // The data folder may belong to another user than the one who runs us.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    // Detached maintenance would outlive the sandbox.
    GIT_CONFIG_KEY_1: 'gc.auto',
    GIT_CONFIG_VALUE_1: '0',
    ...extra,
  };
}

/**
 * Runs git and returns what it printed.
 *
 * @throws GitError - git is missing or ended with an error.
 */
export function runGit(
  args: string[],
  options: {
    cwd?: string;
    input?: string | Buffer;
    env?: Record<string, string>;
  } = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: options.cwd,
      env: gitEnvironment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    child.on('error', error =>
      reject(
        new GitError(
          args,
          null,
          (error as NodeJS.ErrnoException).code === 'ENOENT'
            ? 'git is not on PATH; the sandbox needs git 2.30 or newer'
            : error.message,
        ),
      ),
    );
    child.on('close', code => {
      if (code === 0) {
        resolve(Buffer.concat(out));
      } else {
        reject(new GitError(args, code, Buffer.concat(err).toString()));
      }
    });
    // git may end before it has read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
