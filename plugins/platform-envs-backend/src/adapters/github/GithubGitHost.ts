import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  GithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import {
  CommitDifference,
  GitChange,
  GitCommit,
  GitFile,
  GitFileSelection,
  GitHost,
  GitWebTarget,
} from '@fairway/plugin-platform-envs-node';
import os from 'node:os';
import path from 'node:path';
import { GitMirror } from './GitMirror';
import { explainGitError } from './explainGitError';
import { makeOwnFolder } from './makeOwnFolder';

const TIMEOUT_MS = 20_000;
/** The first fetch brings all history; a stalled one is cut off by the low-speed limit. */
const CLONE_TIMEOUT_MS = 300_000;

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9._-]+$/;
const COMMIT = /^[0-9a-f]{40}$/;
// Stricter than Git: no leading dash or dot, nothing that means something to a shell or refspec.
const BRANCH =
  /^(?!.*(\.\.|\/\/|\.lock(\/|$)|\/$))[A-Za-z0-9_][A-Za-z0-9._/-]*$/;

/** @see GithubGitHost.fromConfig */
export interface GithubGitHostOptions {
  host: string;
  /** Root of the web pages, and of clone URLs, without trailing slash. */
  baseUrl: string;
  credentials: GithubCredentialsProvider;
  /** Folder for the mirrors; it is created and belongs to this object alone. */
  workingDirectory: string;
  timeoutMs?: number;
}

/**
 * Repositories on GitHub or GitHub Enterprise, through the `git` executable.
 *
 * One bare mirror per repository is kept in the working directory. The token
 * reaches git only through its environment, as an HTTP header for this host.
 */
export class GithubGitHost implements GitHost {
  readonly #mirrors = new Map<string, GitMirror>();

  /**
   * @param host - one of `integrations.github[].host`
   * @throws Error - the configuration has no such integration.
   */
  static fromConfig(
    config: Config,
    options: { host: string; logger?: LoggerService },
  ): GithubGitHost {
    const integrations = ScmIntegrations.fromConfig(config);
    const integration = integrations.github.byHost(options.host);
    if (!integration) {
      const known = integrations.github.list().map(i => i.config.host);
      throw new Error(
        `platformEnvs.gitHost.host is "${
          options.host
        }", but integrations.github has no such host (it has ${known.join(
          ', ',
        )})`,
      );
    }
    const insecure = integration.config.apiBaseUrl?.startsWith('http:');
    const parent =
      config.getOptionalString('backend.workingDirectory') ?? os.tmpdir();
    return new GithubGitHost({
      host: options.host,
      baseUrl: `${insecure ? 'http' : 'https'}://${options.host}`,
      credentials:
        DefaultGithubCredentialsProvider.fromIntegrations(integrations),
      workingDirectory: makeOwnFolder(parent),
    });
  }

  constructor(private readonly options: GithubGitHostOptions) {}

  async head(repository: string, branch: string): Promise<string> {
    checkBranch(branch);
    return this.#call(repository, mirror => mirror.head(branch));
  }

  async follow(
    repository: string,
    branch: string,
    commit: string,
  ): Promise<void> {
    checkBranch(branch);
    checkCommit(commit);
    return this.#call(repository, mirror => mirror.follow(branch, commit));
  }

  async readFiles(
    repository: string,
    ref: string,
    selection: GitFileSelection,
  ): Promise<Map<string, GitFile>> {
    checkBranch(ref);
    return this.#call(repository, mirror => mirror.readFiles(ref, selection));
  }

  async lastChanges(
    repository: string,
    ref: string,
    files: Array<Pick<GitFile, 'path' | 'blobSha'>>,
  ): Promise<Map<string, GitCommit>> {
    checkBranch(ref);
    return this.#call(repository, mirror => mirror.lastChanges(ref, files));
  }

  async history(
    repository: string,
    branch: string,
    file: string,
    limit: number,
  ): Promise<GitCommit[]> {
    checkBranch(branch);
    return this.#call(repository, mirror =>
      mirror.history(branch, file, limit),
    );
  }

  async isAncestor(
    repository: string,
    ancestor: string,
    descendant: string,
  ): Promise<boolean> {
    return this.#call(repository, mirror =>
      mirror.isAncestor(ancestor, descendant),
    );
  }

  async commitChange(change: GitChange): Promise<{ sha: string }> {
    checkBranch(change.branch);
    return this.#call(change.repository, mirror => mirror.commit(change));
  }

  async findCommitByTrailer(
    repository: string,
    branch: string,
    trailer: { key: string; value: string },
    since?: string,
  ): Promise<GitCommit | undefined> {
    checkBranch(branch);
    return this.#call(repository, mirror =>
      mirror.findByTrailer(branch, trailer, since),
    );
  }

  async update(repository: string): Promise<void> {
    return this.#call(repository, mirror => mirror.update());
  }

  async findTag(
    repository: string,
    names: string[],
  ): Promise<string | undefined> {
    const usable = names.filter(name => BRANCH.test(name));
    return this.#call(repository, mirror => mirror.findTag(usable));
  }

  async compareCommits(
    repository: string,
    base: string,
    head: string,
    options: { folder?: string; without?: string[]; limit: number },
  ): Promise<CommitDifference> {
    checkCommit(base);
    checkCommit(head);
    return this.#call(repository, mirror =>
      mirror.compare(base, head, options),
    );
  }

  webUrl(repository: string, target: GitWebTarget): string {
    const base = `${this.options.baseUrl}/${repository}`;
    if ('commit' in target) {
      return `${base}/commit/${encodeURIComponent(target.commit)}`;
    }
    if ('base' in target) {
      return `${base}/compare/${encodeURIComponent(
        target.base,
      )}...${encodeURIComponent(target.head)}`;
    }
    return `${base}/blob/${target.branch}/${target.path
      .split('/')
      .map(encodeURIComponent)
      .join('/')}`;
  }

  async #call<T>(
    repository: string,
    call: (mirror: GitMirror) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(this.#mirror(repository));
    } catch (error) {
      throw explainGitError(error, repository);
    }
  }

  #mirror(repository: string): GitMirror {
    if (!REPOSITORY.test(repository) || repository.includes('..')) {
      throw new InputError(
        `"${repository}" is not a repository; write it as owner/name`,
      );
    }
    let mirror = this.#mirrors.get(repository);
    if (!mirror) {
      const url = `${this.options.baseUrl}/${repository}.git`;
      mirror = new GitMirror({
        repository,
        directory: path.join(
          this.options.workingDirectory,
          `${repository.replace('/', '__')}.git`,
        ),
        remote: { url, env: () => this.#environment(repository) },
        timeoutMs: this.options.timeoutMs ?? TIMEOUT_MS,
        cloneTimeoutMs: this.options.timeoutMs ?? CLONE_TIMEOUT_MS,
      });
      this.#mirrors.set(repository, mirror);
    }
    return mirror;
  }

  async #environment(repository: string): Promise<Record<string, string>> {
    const url = `${this.options.baseUrl}/${repository}`;
    const { token } = await this.options.credentials.getCredentials({ url });
    const settings: Array<[string, string]> = [
      ['gc.auto', '0'],
      // a process after each fetch that would find nothing to do
      ['maintenance.auto', 'false'],
      ['http.followRedirects', 'initial'],
      ['http.lowSpeedLimit', '100'],
      ['http.lowSpeedTime', '20'],
      ['protocol.allow', 'never'],
      ['protocol.http.allow', 'always'],
      ['protocol.https.allow', 'always'],
      ['credential.helper', ''],
    ];
    if (token) {
      const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
      settings.push([
        `http.${this.options.baseUrl}/.extraHeader`,
        `Authorization: Basic ${basic}`,
      ]);
    }
    return Object.fromEntries([
      ['GIT_CONFIG_COUNT', String(settings.length)],
      ...settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ]);
  }
}

function checkBranch(ref: string) {
  if (!BRANCH.test(ref)) {
    throw new InputError(`"${ref}" is not the name of a branch or commit`);
  }
}

function checkCommit(commit: string) {
  if (!COMMIT.test(commit)) {
    throw new InputError(`"${commit}" is not the full SHA of a commit`);
  }
}
