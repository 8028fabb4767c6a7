import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import templateKind from '@backstage/plugin-catalog-backend-module-scaffolder-entity-model';
import permissionPlugin from '@backstage/plugin-permission-backend';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import environmentKind from '@fairway/plugin-catalog-backend-module-platform-envs';
import platformPolicy from '@fairway/plugin-permission-backend-module-platform-policy';
import actions from '@fairway/plugin-scaffolder-backend-module-platform-envs';
import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';

const ROOT = path.resolve(__dirname, '../../../..');

const KINDS = [
  'Component',
  'System',
  'Domain',
  'API',
  'Resource',
  'Location',
  'Environment',
  'Group',
  'User',
  'Template',
];

/** As tokens of plugins that act for a person: they name the plugin, too. */
const authServiceFactory = createServiceFactory({
  service: coreServices.auth,
  deps: { plugin: coreServices.pluginMetadata },
  factory({ plugin }) {
    const auth = mockServices.auth({
      pluginId: plugin.getId(),
      disableDefaultAuthPolicy: false,
    });
    const tokenOf = auth.getPluginRequestToken.bind(auth);
    auth.getPluginRequestToken = async options => {
      const { onBehalfOf } = options;
      if (!auth.isPrincipal(onBehalfOf, 'user')) return tokenOf(options);
      return {
        token: mockCredentials.user.token(onBehalfOf.principal.userEntityRef, {
          actor: { subject: `plugin:${plugin.getId()}` },
        }),
      };
    };
    return auth;
  },
});

/** A portal that only makes things, as one person after the other sees it. */
export interface SelfService {
  sandbox: Sandbox;
  get(where: string, person?: string): request.Test;
  post(where: string, body: object, person?: string): request.Test;
  /** Starts a run, and gives its id. */
  start(template: string, values: object, person?: string): Promise<string>;
  /** Waits until a run has ended, and gives it with its events. */
  ended(taskId: string, person?: string): Promise<{ task: any; events: any[] }>;
  stop(): Promise<void>;
}

/** Who asks when nobody is named: may create on Sample Platform AI. */
export const DEVELOPER = 'user:default/sample-platform-developer';

/**
 * Catalog, permission policy and scaffolder as the portal has them, on the seed
 * catalog, and the sandbox as GitHub and AWS.
 *
 * @param options.templates - folders of templates, absolute, beside the seed's
 * @param options.awaited - entity refs that the catalog must have, beside the
 *   platforms
 */
export async function startSelfService(options: {
  templates?: string[];
  awaited: string[];
}): Promise<SelfService> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-create-'));
  const sandbox = await startSandbox({
    dataDir: folder,
    speed: 50,
    only: ['github', 'aws'],
  });
  const { github, aws } = sandbox.urls;
  const awsBefore = process.env.AWS_ENDPOINT_URL;
  process.env.AWS_ENDPOINT_URL = aws;
  const { host } = new URL(github);
  const backend = await startTestBackend({
    features: [
      catalogPlugin,
      templateKind,
      environmentKind,
      permissionPlugin,
      platformPolicy,
      scaffolderPlugin,
      actions,
      authServiceFactory,
      permissionsServiceFactory,
      mockServices.scheduler.factory({
        includeInitialDelayedTasksOnStartup: true,
      }),
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost' },
          backend: {
            baseUrl: 'http://localhost',
            reading: { allow: [{ host }] },
          },
          permission: { enabled: true },
          platformEnvs: { gitHost: { host } },
          integrations: {
            github: [
              {
                host,
                apiBaseUrl: `${github}/api/v3`,
                rawBaseUrl: `${github}/raw`,
                token: 'sandbox-github-token',
              },
            ],
          },
          aws: sandbox.awsConfig,
          scaffolder: {
            defaultAuthor: { name: 'Fairway', email: 'fairway@localhost' },
          },
          catalog: {
            processingInterval: { seconds: 1 },
            rules: [{ allow: KINDS }],
            locations: [
              path.join(ROOT, 'catalog/all.yaml'),
              path.join(ROOT, 'templates/all.yaml'),
              ...(options.templates ?? []).map(one =>
                path.join(one, 'template.yaml'),
              ),
            ].map(target => ({
              type: 'file',
              target,
              rules: [{ allow: KINDS }],
            })),
          },
        },
      }),
    ],
  });
  const { server } = backend;
  const service: SelfService = {
    sandbox,
    get: (where, person = DEVELOPER) =>
      request(server)
        .get(`/api${where}`)
        .set('authorization', mockCredentials.user.header(person)),
    post: (where, body, person = DEVELOPER) =>
      request(server)
        .post(`/api${where}`)
        .set('authorization', mockCredentials.user.header(person))
        .send(body),
    async start(template, values, person) {
      const { body, status } = await service.post(
        '/scaffolder/v2/tasks',
        { templateRef: `template:default/${template}`, values },
        person,
      );
      expect([status, body.errors]).toEqual([201, undefined]);
      return body.id;
    },
    async ended(taskId, person) {
      const at = `/scaffolder/v2/tasks/${taskId}`;
      let task: any;
      await until(async () => {
        ({ body: task } = await service.get(at, person));
        return !['open', 'processing'].includes(task.status);
      });
      const { body: events } = await service.get(`${at}/events`, person);
      return { task, events };
    },
    async stop() {
      await backend.stop();
      await sandbox.close();
      if (awsBefore === undefined) delete process.env.AWS_ENDPOINT_URL;
      else process.env.AWS_ENDPOINT_URL = awsBefore;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  const entityRefs = [
    ...options.awaited,
    ...PLATFORMS.flatMap(({ system, environments }) => [
      `system:default/${system}`,
      ...environments.map(
        ({ shortName }) => `environment:default/${system}-${shortName}`,
      ),
    ]),
  ];
  await until(async () => {
    const { body } = await service.post('/catalog/entities/by-refs', {
      entityRefs: [DEVELOPER, ...entityRefs],
    });
    return body.items?.every(
      (item: any) =>
        item && (item.kind !== 'User' || item.relations?.length > 0),
    );
  });
  return service;
}

/** Asks until the answer is yes; the test's own time limit ends it. */
export async function until(
  done: () => Promise<unknown>,
  everyMs = 50,
): Promise<void> {
  while (!(await done())) {
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}
