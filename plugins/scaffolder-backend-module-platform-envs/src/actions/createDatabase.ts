import { PermissionsService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  PlannedThing,
  plannedThingSchema,
} from '@fairway/plugin-platform-envs-common';
import {
  DatabaseCommit,
  prepareDatabaseCommit,
} from '../database/prepareDatabaseCommit';
import { databaseSecretName, identifierOf } from '../database/renderDatabase';
import { ComponentDatabase, DatabaseEnvironment } from '../database/types';
import { chooseEnvironments } from '../gitops/resolveComponent';
import {
  addFilesInOneCommit,
  AddFilesResult,
  checkFiles,
} from '../github/addFilesInOneCommit';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';
import { assertComponentName } from '../platform/componentName';
import { readComponentRef } from '../platform/readComponentRef';
import { openPlatform } from '../platform/openPlatform';

/** Extensions that need no restart of the cluster, and are trusted or common. */
const EXTENSIONS = [
  'btree_gin',
  'btree_gist',
  'citext',
  'hstore',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'unaccent',
  'uuid-ossp',
  'vector',
] as const;

const DEFAULT_CONNECTION_LIMIT = 20;

/** Options of {@link createCreateDatabaseAction}. */
export interface CreateDatabaseOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:database:create`: a PostgreSQL database of its own for a component,
 * on the clusters that its platform's environments name, as one commit to the
 * GitOps repository.
 */
export function createCreateDatabaseAction(options: CreateDatabaseOptions) {
  return createTemplateAction({
    id: 'fairway:database:create',
    description:
      "Gives a component a PostgreSQL database on its platform's clusters: owner role, password that nobody sees, Secret in its pods; one commit, safe to run again",
    supportsDryRun: true,
    examples: [
      {
        description: 'A database in dev and uat',
        example: `steps:
  - id: database
    action: fairway:database:create
    input:
      system: system:default/sample-platform-ai
      component: greeter
      environments: [dev, uat]
      extensions: [pgcrypto]
`,
      },
    ],
    schema: {
      input: {
        system: z => z.string().max(200).describe('Entity ref of the System'),
        component: z =>
          z
            .string()
            .max(200)
            .describe('Entity ref or name of a component that exists'),
        environments: z =>
          z
            .array(z.string().max(63))
            .max(50)
            .optional()
            .describe('Short names; all of the platform by default'),
        extensions: z =>
          z
            .array(z.enum(EXTENSIONS))
            .max(EXTENSIONS.length)
            .optional()
            .describe('PostgreSQL extensions; none by default'),
        connectionLimit: z =>
          z
            .number()
            .int()
            .min(1)
            .max(500)
            .optional()
            .describe(
              `Connections that it may hold in each environment; ${DEFAULT_CONNECTION_LIMIT} by default`,
            ),
      },
      output: {
        repositoryUrl: z => z.string().describe('The GitOps repository'),
        repoContentsUrl: z => z.string().describe('Its root, branch included'),
        entityPath: z => z.string().describe('Of the catalog entry in it'),
        environments: z => z.array(z.string()).describe('Short names'),
        secretName: z => z.string().describe('Kubernetes Secret in its pods'),
        commitSha: z =>
          z.string().optional().describe('Absent when nothing had to be done'),
        commitUrl: z => z.string().optional(),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
      },
    },
    async handler(ctx) {
      const { system, connectionLimit, extensions } = ctx.input;
      const { name: component, namespace } = readComponentRef(
        ctx.input.component,
      );
      if (namespace.toLowerCase() !== 'default') {
        throw new InputError(
          `${ctx.input.component} is in the namespace ${namespace}, and services of platforms are in default: choose one of them`,
        );
      }
      assertComponentName(component);
      const credentials = await ctx.getInitiatorCredentials();
      const platform = await openPlatform({ ...options, credentials, system });
      const entity = await options.catalog.getEntityByRef(
        { kind: 'component', namespace: 'default', name: component },
        { credentials },
      );
      if (!entity) {
        throw new NotFoundError(
          `There is no component:default/${component} in the catalog, or you may not see it: choose one that exists`,
        );
      }
      if (entity.spec?.system !== platform.system) {
        throw new InputError(
          `${stringifyEntityRef(entity)} belongs to ${
            entity.spec?.system ?? 'no platform'
          }, not to ${platform.system}: choose its own platform`,
        );
      }
      const database: ComponentDatabase = {
        component,
        system: platform.system,
        owner: String(entity.spec?.owner ?? platform.ownerRef),
        connectionLimit: connectionLimit ?? DEFAULT_CONNECTION_LIMIT,
        extensions: [...new Set(extensions ?? [])].sort(),
      };
      const prepared = await prepareDatabaseCommit({
        platform,
        environments: chooseEnvironments(
          platform.environments,
          ctx.input.environments,
        ),
        database,
        taskId: ctx.task.id,
        requestedBy: ctx.user?.ref,
        integrations: options.integrations,
        gitHost: options.gitHost,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      const { change, webUrl, entityPath, environments } = prepared;
      const slug = `${change.owner}/${change.repo}`;
      ctx.output('repositoryUrl', webUrl);
      ctx.output('repoContentsUrl', `${webUrl}/blob/${change.branch}`);
      ctx.output('entityPath', entityPath);
      ctx.output('secretName', `${component}-database`);
      ctx.output(
        'environments',
        environments.map(({ name }) => name),
      );
      if (ctx.isDryRun) {
        const found = await checkFiles(change);
        found.added.forEach(path => ctx.logger.info(`Would add ${path}`));
        ctx.output('planned', plannedDatabase(database, prepared, found));
        return;
      }
      const { commitSha, added, edited, together } = await addFilesInOneCommit(
        change,
      );
      if (!commitSha) {
        ctx.logger.info(`${slug} has everything already; nothing to do`);
        return;
      }
      added.forEach(path => ctx.logger.info(`Added ${path}`));
      [...edited.keys()].forEach(path => ctx.logger.info(`Extended ${path}`));
      ctx.logger.info(
        `One commit on ${slug} ${change.branch}: ${commitSha.slice(0, 12)}${
          together ? `; it is also about ${together.join(', ')}` : ''
        }`,
      );
      ctx.output('commitSha', commitSha);
      ctx.output('commitUrl', `${webUrl}/commit/${commitSha}`);
    },
  });
}

function plannedDatabase(
  database: ComponentDatabase,
  { change, environments }: DatabaseCommit,
  { added, edited }: AddFilesResult,
): PlannedThing[] {
  const where = `${change.owner}/${change.repo}@${change.branch}`;
  const file = (
    name: string,
    content: string,
    state: PlannedThing['change'],
  ): PlannedThing => {
    const environment = environments.find(({ overlay }) =>
      name.startsWith(`${overlay}/`),
    );
    return {
      kind: 'file',
      name,
      where,
      change: state,
      content,
      sizeBytes: Buffer.byteLength(content),
      ...(environment && { environment: environment.name }),
    };
  };
  const identifier = identifierOf(database.component);
  const isNew = ({ overlay }: DatabaseEnvironment) =>
    added.some(path => path.startsWith(`${overlay}/`));
  return [
    ...(added.length + edited.size > 0
      ? [
          {
            kind: 'commit' as const,
            name: change.subject,
            where,
            change: 'create' as const,
            note: `${added.length} files are added, ${edited.size} extended`,
          },
        ]
      : []),
    ...[...change.files].map(([name, content]) =>
      file(name, content, added.includes(name) ? 'create' : 'keep'),
    ),
    ...[...edited].map(([name, content]) => file(name, content, 'update')),
    ...environments.map(
      (environment): PlannedThing => ({
        kind: 'awsResource',
        name: databaseSecretName(database, environment.name),
        where: environment.secretsIn,
        change: isNew(environment) ? 'create' : 'keep',
        environment: environment.name,
        resourceType: 'AWS::SecretsManager::Secret',
        properties: [
          { name: 'Keys', value: 'password' },
          {
            name: 'Made by',
            value: 'External Secrets, with a random password',
          },
          { name: 'Deleted', value: 'never: it stays when the files go' },
        ],
      }),
    ),
    ...environments.map(
      (environment): PlannedThing => ({
        kind: 'deployment',
        name: `PostgreSQL database ${identifier}`,
        where: environment.cluster,
        change: isNew(environment) ? 'create' : 'keep',
        environment: environment.name,
        properties: [
          { name: 'Owner role', value: identifier },
          { name: 'Connections', value: String(database.connectionLimit) },
          {
            name: 'Extensions',
            value: database.extensions.join(', ') || 'none',
          },
          {
            name: 'Password',
            value: `made in the cluster, kept in ${databaseSecretName(
              database,
              environment.name,
            )}`,
          },
        ],
        note: 'It shares the capacity of the cluster, and costs nothing of its own until it fills storage',
        estimate: {
          status: 'unavailable',
          reason: `${identifier} shares ${environment.cluster}: what it stores is paid with the cluster`,
        },
      }),
    ),
  ];
}
