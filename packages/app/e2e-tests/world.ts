import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

const run = promisify(execFile);

/** The truth outside the portal, read with the vendors' own clients. */
const GIT = required('FAIRWAY_SANDBOX_GITHUB_URL');
const ARGOCD = required('FAIRWAY_SANDBOX_ARGOCD_URL');
const AWS = required('AWS_ENDPOINT_URL');
const CONTROL = required('FAIRWAY_SANDBOX_CONTROL_URL');

/** A commit with the lines that it changed. */
export interface Commit {
  sha: string;
  subject: string;
  body: string;
  files: string[];
  added: string[];
  removed: string[];
}

/** Commits of a repository's main branch that touched a path, newest first, by `git log`. */
export async function gitLog(
  repository: string,
  file: string,
): Promise<Commit[]> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'fairway-e2e-'));
  try {
    const url = new URL(`${GIT}/${repository}.git`);
    url.username = 'e2e';
    url.password = 'sandbox-github-token';
    await git(folder, 'clone', '--quiet', url.href, '.');
    const { stdout } = await git(folder, 'log', '--format=%H', '--', file);
    const shas = stdout.trim().split('\n').filter(Boolean);
    return Promise.all(
      shas.map(async sha => {
        const [subject, body, names, patch] = await Promise.all([
          git(folder, 'show', '-s', '--format=%s', sha),
          git(folder, 'show', '-s', '--format=%b', sha),
          git(folder, 'show', '--format=', '--name-only', sha),
          git(folder, 'show', '--format=', '--unified=0', sha),
        ]);
        const lines = patch.stdout.split('\n');
        return {
          sha,
          subject: subject.stdout.trim(),
          body: body.stdout.trim(),
          files: names.stdout.trim().split('\n'),
          added: lines.filter(line => /^\+(?!\+\+)/.test(line)),
          removed: lines.filter(line => /^-(?!--)/.test(line)),
        };
      }),
    );
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

function git(cwd: string, ...args: string[]) {
  return run('git', args, {
    cwd,
    env: {
      ...process.env,
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
  });
}

/** A stack, asked of CloudFormation with the AWS SDK. */
export async function describeStack(options: {
  accountId: string;
  region: string;
  name: string;
}) {
  const client = new CloudFormationClient({
    endpoint: AWS,
    region: options.region,
    credentials: {
      accessKeyId: `AKIA${options.accountId}SANDBOX`,
      secretAccessKey: 'sandbox',
    },
  });
  const { Stacks = [] } = await client.send(
    new DescribeStacksCommand({ StackName: options.name }),
  );
  return Stacks[0];
}

/** An application, asked of Argo CD's API. */
export async function getApplication(name: string) {
  const response = await fetch(`${ARGOCD}/api/v1/applications/${name}`, {
    headers: { authorization: 'Bearer sandbox-argocd-token' },
  });
  if (!response.ok) throw new Error(`Argo CD answered ${response.status}`);
  return response.json();
}

/** A file of a repository's main branch, asked of GitHub's API. */
export async function readFile(
  repository: string,
  file: string,
): Promise<string> {
  return (await contentOf(repository, file)).text;
}

/**
 * Changes a file of a repository's main branch as people do: on a branch, by a
 * pull request that is merged.
 */
export async function merge(
  repository: string,
  file: string,
  title: string,
  change: (text: string) => string,
): Promise<void> {
  const ask = (method: string, at: string, body?: object) =>
    askGithub(method, `/repos/${repository}${at}`, body);
  const { text, sha } = await contentOf(repository, file);
  const changed = change(text);
  if (changed === text) throw new Error(`${title}: ${file} is as it was`);
  const main = await ask('GET', '/git/ref/heads/main');
  const branch = `e2e-${main.object.sha.slice(0, 12)}`;
  await ask('POST', '/git/refs', {
    ref: `refs/heads/${branch}`,
    sha: main.object.sha,
  });
  await ask('PUT', `/contents/${file}`, {
    branch,
    message: title,
    content: Buffer.from(changed).toString('base64'),
    sha,
  });
  const { number } = await ask('POST', '/pulls', {
    title,
    head: branch,
    base: 'main',
  });
  await ask('PUT', `/pulls/${number}/merge`, {
    merge_method: 'squash',
    commit_title: title,
  });
  await ask('DELETE', `/git/refs/heads/${branch}`);
}

async function contentOf(repository: string, file: string) {
  const { content, sha } = await askGithub(
    'GET',
    `/repos/${repository}/contents/${file}?ref=main`,
  );
  return {
    text: Buffer.from(content, 'base64').toString('utf8'),
    sha: sha as string,
  };
}

async function askGithub(method: string, at: string, body?: object) {
  const response = await fetch(`${GIT}/api/v3${at}`, {
    method,
    headers: { authorization: 'Bearer sandbox-github-token' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${at}: ${response.status} ${text}`);
  }
  return text ? JSON.parse(text) : undefined;
}

/** Begins a situation of the sandbox, such as `sync-degraded`. */
export async function startScenario(
  name: string,
  parameters: object = {},
): Promise<void> {
  await askControl('POST', `/scenarios/${name}`, parameters);
}

/** Ends every situation of the sandbox. */
export async function endScenarios(): Promise<void> {
  await askControl('POST', '/scenarios/calm', {});
}

/** Calls of each route of each upstream since the sandbox started. */
export async function calls(): Promise<Map<string, number>> {
  const counters: Record<
    string,
    { routes: Record<string, { calls: number }> }
  > = await askControl('GET', '/counters');
  return new Map(
    Object.entries(counters)
      .filter(([upstream]) => upstream !== 'control')
      .flatMap(([upstream, { routes }]) =>
        Object.entries(routes).map(
          ([route, count]) => [`${upstream} ${route}`, count.calls] as const,
        ),
      ),
  );
}

async function askControl(method: string, at: string, body?: object) {
  const response = await fetch(`${CONTROL}${at}`, {
    method,
    body: body && JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${method} ${at}: ${await response.text()}`);
  }
  return response.json();
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run ./fairway e2e`);
  return value;
}
