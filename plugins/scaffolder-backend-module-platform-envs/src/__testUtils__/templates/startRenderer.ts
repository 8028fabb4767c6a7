import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { AddressInfo } from 'node:net';
import { scaffolderModulePlatformEnvs } from '../../module';
import {
  PlayedServers,
  SandboxPlatform,
  seedComponents,
  seedEntities,
} from '../sandboxPlatform';
import { ProvenTemplate } from './readTemplates';

/** A file that a run has written into its workspace. */
export interface RenderedFile {
  path: string;
  content: Buffer;
  executable: boolean;
  symlink: boolean;
}

/** What a dry run answered. */
export interface Rendered {
  /** HTTP status. */
  status: number;
  /** Message of the error, when it was refused. */
  error?: string;
  /** Everything that was logged. */
  log: string;
  /** The whole workspace. */
  workspace: RenderedFile[];
  /** What the actions say they would do. */
  planned: PlannedThing[];
}

/** The scaffolder with its real actions, on the sandbox. */
export interface Renderer {
  /** Dry run of a template with the values of a form. */
  render(template: ProvenTemplate, values: object): Promise<Rendered>;
  /** Names of the repositories that are there. */
  repositories(): unknown;
  /** What stands in the branch of a repository, by path; `where` as plans say it, `owner/name@branch`. */
  readBranch(
    where: string,
    wanted: (path: string) => boolean,
  ): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

/** Servers that play GitHub and AWS, with a list of the repositories they hold. */
interface ListedServers extends PlayedServers {
  world: {
    git: {
      list(): unknown;
      listFiles(repository: string, revision: string): Promise<string[]>;
      readFile(
        repository: string,
        revision: string,
        path: string,
      ): Promise<string | undefined>;
    };
  };
}

/** Starts one backend on the servers it is given, for all templates. */
export async function startRenderer(
  platform: SandboxPlatform<ListedServers>,
): Promise<Renderer> {
  const backend = await startTestBackend({
    features: [
      mockServices.rootConfig.factory({ data: platform.config.get() }),
      catalogServiceMock.factory({
        entities: [...seedEntities(), ...seedComponents()],
      }),
      scaffolderPlugin,
      scaffolderModulePlatformEnvs,
    ],
  });
  const { port } = backend.server.address() as AddressInfo;
  return {
    async render(template, values) {
      const response = await fetch(
        `http://localhost:${port}/api/scaffolder/v2/dry-run`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: mockCredentials.user.header(
              'user:default/sample-platform-developer',
            ),
          },
          body: JSON.stringify({
            template: withPlanAsOutput(template.entity),
            values: withDefaults(template.entity, values),
            directoryContents: template.files.map(
              ({ path, base64Content }) => ({ path, base64Content }),
            ),
          }),
        },
      );
      const body: any = await response.json();
      return {
        status: response.status,
        error: body.error?.message ?? body.errors?.[0]?.stack,
        log: (body.log ?? [])
          .map((entry: any) => entry.body.message)
          .join('\n'),
        workspace: (body.directoryContents ?? []).map((file: any) => ({
          path: file.path,
          content: Buffer.from(file.base64Content, 'base64'),
          executable: Boolean(file.executable),
          symlink: Boolean(file.symlink),
        })),
        planned: plannedIn(body.output),
      };
    },
    repositories: () => platform.world.git.list(),
    async readBranch(where, wanted) {
      const [repository, branch] = where.split('@');
      const { git } = platform.world;
      const found = new Map<string, string>();
      for (const path of await git.listFiles(repository, branch)) {
        if (!wanted(path)) continue;
        found.set(path, (await git.readFile(repository, branch, path)) ?? '');
      }
      return found;
    },
    async stop() {
      await backend.stop();
      await platform.stop();
    },
  };
}

const PLANNED = 'planned-by-';

/** What the actions plan is no output of the run; a dry run is asked for it. */
function withPlanAsOutput(entity: any): object {
  const planned = Object.fromEntries(
    entity.spec.steps
      .filter((step: any) => step.action.startsWith('fairway:') && step.id)
      .map(({ id }: any) => [
        `${PLANNED}${id}`,
        `\${{ steps[${JSON.stringify(id)}].output.planned | dump }}`,
      ]),
  );
  return {
    ...entity,
    spec: { ...entity.spec, output: { ...entity.spec.output, ...planned } },
  };
}

function plannedIn(output: object = {}): PlannedThing[] {
  return Object.entries(output)
    .filter(([key, value]) => key.startsWith(PLANNED) && value)
    .flatMap(([, value]) =>
      typeof value === 'string' ? JSON.parse(value) : value,
    );
}

/** As the form fills them in before a person does. */
function withDefaults(entity: any, values: any): object {
  const properties = Object.assign(
    {},
    ...[entity.spec.parameters].flat().map((page: any) => page.properties),
  );
  const defaults = Object.entries<any>(properties)
    .filter(([, schema]) => schema.default !== undefined)
    .map(([key, schema]) => [key, schema.default]);
  const filled = { ...Object.fromEntries(defaults), ...values };
  if (properties.owner && !filled.owner && typeof filled.system === 'string') {
    filled.owner = filled.system.replace(/^system:/, 'group:');
  }
  return filled;
}
