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

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run ./fairway e2e`);
  return value;
}
