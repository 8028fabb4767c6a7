import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { JsonObject } from '@backstage/types';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

const CATALOG = resolve(__dirname, '../../../../catalog');

/** Servers that play GitHub and AWS; the URL of one that was not started is empty. */
export interface PlayedServers {
  urls: { github: string; aws: string };
  /** The block `aws` of the configuration of a portal that asks them. */
  awsConfig: JsonObject;
  close(): Promise<void>;
}

/** Played servers, and everything that the actions are given, pointing at them. */
export type SandboxPlatform<S extends PlayedServers> = Awaited<
  ReturnType<typeof openSandboxPlatform<S>>
>;

/** Starts the servers on a folder of their own, with the seed catalog beside them. */
export async function openSandboxPlatform<S extends PlayedServers>(
  start: (options: { dataDir: string; speed: number }) => Promise<S>,
) {
  const dataDir = await mkdtemp(join(tmpdir(), 'fairway-sandbox-'));
  const sandbox = await start({ dataDir, speed: 50 });
  const { github, aws } = sandbox.urls;
  const gitHost = github ? new URL(github).host : 'git.invalid';
  const config = new ConfigReader({
    app: { baseUrl: 'http://portal.test' },
    integrations: {
      github: [
        {
          host: gitHost,
          apiBaseUrl: `${github || 'http://git.invalid'}/api/v3`,
          token: 'sandbox-github-token',
        },
      ],
    },
    scaffolder: {
      defaultAuthor: { name: 'Fairway', email: 'fairway@localhost' },
    },
    aws: sandbox.awsConfig,
    platformEnvs: { gitHost: { host: gitHost } },
  });
  const awsEndpointBefore = process.env.AWS_ENDPOINT_URL;
  if (aws) process.env.AWS_ENDPOINT_URL = aws;
  return {
    ...sandbox,
    config,
    gitHost,
    integrations: ScmIntegrations.fromConfig(config),
    awsCredentials: DefaultAwsCredentialsManager.fromConfig(config),
    catalog: catalogServiceMock({ entities: seedEntities() }),
    permissions: mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(() => ({ result: AuthorizeResult.ALLOW })),
    }),
    async stop() {
      if (awsEndpointBefore === undefined) delete process.env.AWS_ENDPOINT_URL;
      else process.env.AWS_ENDPOINT_URL = awsEndpointBefore;
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Systems and environments of the four platforms, as the catalog folder has them. */
export function seedEntities(): Entity[] {
  return readCatalog(['system.yaml', 'environments.yaml']);
}

/** Components of the four platforms, as the catalog folder has them. */
export function seedComponents(): Entity[] {
  return readCatalog(['components.yaml']);
}

function readCatalog(files: string[]): Entity[] {
  return [
    'sample-platform-ai',
    'campaign-lifecycle-platform',
    'cornjacket-platform',
    'mobilytics',
  ].flatMap(platform =>
    files.flatMap(file =>
      parseAllDocuments(
        readFileSync(join(CATALOG, platform, file), 'utf8'),
      ).map(document => document.toJS() as Entity),
    ),
  );
}

/** Options of {@link runAction}. */
export interface RunActionOptions {
  input: JsonObject;
  taskId?: string;
  workspacePath?: string;
  /** Where folders are made that a step asks for. */
  temporaryPath?: string;
  isDryRun?: boolean;
  credentials?: BackstageCredentials;
  /** Of the person whose run it is. */
  displayName?: string;
  signal?: AbortSignal;
}

/** Runs an action as the scaffolder would; what it logged and put out. */
export async function runAction(
  action: TemplateAction<any, any, any>,
  options: RunActionOptions,
): Promise<{ output: Record<string, any>; log: string[] }> {
  const output: Record<string, any> = {};
  const log: string[] = [];
  const logger: LoggerService = mockServices.logger.mock();
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.mocked(logger[level]).mockImplementation(line => {
      log.push(String(line));
    });
  }
  await action.handler({
    input: options.input,
    workspacePath: options.workspacePath ?? '/nowhere',
    task: { id: options.taskId ?? 'task-1' },
    user: {
      ref: 'user:default/sample-platform-developer',
      ...(options.displayName && {
        entity: { spec: { profile: { displayName: options.displayName } } },
      }),
    },
    logger,
    isDryRun: options.isDryRun,
    signal: options.signal,
    output: (key: string, value: unknown) => {
      output[key] = value;
    },
    checkpoint: async ({ fn }: any) => fn(),
    getInitiatorCredentials: async () =>
      options.credentials ?? mockCredentials.user(),
    createTemporaryDirectory: async () =>
      mkdtemp(join(options.temporaryPath ?? tmpdir(), 'fairway-')),
  } as any);
  return { output, log };
}
