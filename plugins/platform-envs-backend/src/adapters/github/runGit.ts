import { CommandProcess } from './CommandProcess';

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

/** All of this process share one, which is there while git is used. */
const commands = new CommandProcess();

/**
 * Runs git without any of the machine's or the person's configuration.
 *
 * @throws GitCommandError | GitTimeoutError
 */
export async function runGit(run: GitRun): Promise<GitOutput> {
  const { args, gitDir, input, timeoutMs, acceptExitCodes } = run;
  const [command] = args;
  const end = await commands.run({
    command: 'git',
    args,
    cwd: gitDir,
    env: {
      ...Object.fromEntries(
        PASSED_ON.flatMap(key => {
          const value = process.env[key];
          return value === undefined ? [] : [[key, value]];
        }),
      ),
      ...(gitDir && { GIT_DIR: gitDir }),
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      ...run.env,
    },
    input,
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if ('failed' in end) {
    const { failed, message } = end;
    if (failed === 'timeout') throw new GitTimeoutError(command, timeoutMs);
    throw new Error(
      {
        output: `git ${command} printed more than can be read`,
        start: `The git executable could not be started: ${message}`,
        lost: `git ${command} was lost with the process that runs it: ${message}`,
      }[failed],
    );
  }
  const { exitCode, stdout } = end;
  const stderr = end.stderr.toString('utf8');
  if (exitCode === 0 || acceptExitCodes?.includes(exitCode)) {
    return { exitCode, stdout, stderr };
  }
  throw new GitCommandError(command, exitCode, stdout.toString('utf8'), stderr);
}
