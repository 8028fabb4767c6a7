import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { HelmSource } from './types';

const runFile = promisify(execFile);

/** The oldest helm that charts are rendered with. */
const OLDEST = [3, 12];

/** What one call of `helm template` needs. */
export interface HelmRequest {
  /** Folder of the chart. */
  chart: string;
  /** Release name unless the source has its own. */
  name: string;
  namespace?: string;
  helm: HelmSource;
  /** Absolute paths, later ones win. */
  valueFiles: string[];
}

/**
 * The real helm on PATH (3.12 or later). It is looked for when a chart is to
 * be rendered, so that it may be installed while the sandbox runs.
 */
export class Helm {
  private found: Promise<string> | undefined;

  /** @param directory - Takes helm's caches and value files. */
  constructor(private readonly directory: string) {}

  /**
   * Version with leading `v`.
   *
   * @throws Error - there is no helm, in the words of a repo server without
   *   one, or it is older than 3.12.
   */
  version(): Promise<string> {
    if (!this.found) {
      this.found = this.look();
      this.found.catch(() => {
        this.found = undefined;
      });
    }
    return this.found;
  }

  /**
   * The manifests of a chart, as YAML documents.
   *
   * @throws Error - helm's own message.
   */
  async template(request: HelmRequest): Promise<string> {
    await this.version();
    const { helm } = request;
    await mkdir(this.directory, { recursive: true });
    const scratch = await mkdtemp(join(this.directory, 'values-'));
    try {
      const values = helm.valuesObject
        ? stringify(helm.valuesObject)
        : helm.values;
      const extra = join(scratch, 'values.yaml');
      if (values) {
        await writeFile(extra, values);
      }
      const namespace = helm.namespace ?? request.namespace;
      const args = [
        'template',
        '.',
        '--name-template',
        helm.releaseName ?? request.name,
        ...(namespace ? ['--namespace', namespace] : []),
        ...(helm.parameters ?? []).flatMap(p => [
          p.forceString ? '--set-string' : '--set',
          `${p.name}=${escapeSet(p.value)}`,
        ]),
        ...request.valueFiles.flatMap(file => ['--values', file]),
        ...(values ? ['--values', extra] : []),
        ...(helm.skipCrds ? [] : ['--include-crds']),
      ];
      try {
        return await this.run(args, request.chart);
      } catch (error) {
        if (!/missing in charts\/ directory/.test((error as Error).message)) {
          throw error;
        }
        await this.run(['dependency', 'build'], request.chart);
        return await this.run(args, request.chart);
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  private async look(): Promise<string> {
    const version = (
      await this.run(['version', '--template={{.Version}}'], '.')
    ).trim();
    const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
      throw new Error(
        `helm ${version} on PATH is older than v${OLDEST.join('.')}`,
      );
    }
    return version;
  }

  private async run(args: string[], cwd: string): Promise<string> {
    try {
      const { stdout } = await runFile('helm', args, {
        cwd,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        timeout: 60_000,
        env: {
          ...process.env,
          HELM_CACHE_HOME: join(this.directory, 'cache'),
          HELM_CONFIG_HOME: join(this.directory, 'config'),
          HELM_DATA_HOME: join(this.directory, 'data'),
        },
      });
      return stdout;
    } catch (error) {
      const { code, stderr, message } = error as NodeJS.ErrnoException & {
        stderr?: string;
      };
      const reason =
        code === 'ENOENT'
          ? 'exec: "helm": executable file not found in $PATH'
          : stderr?.trim() || message;
      throw new Error(`\`helm ${args.join(' ')}\` failed: ${reason}`);
    }
  }
}

/** A value for `--set`, in which a comma separates unless it is within braces. */
function escapeSet(value: string): string {
  return /^\{.*\}$/.test(value) ? value : value.replace(/(?<!\\),/g, '\\,');
}
