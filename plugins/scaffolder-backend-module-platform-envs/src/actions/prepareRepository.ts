import {
  isChildPath,
  PermissionsService,
  resolveSafeChildPath,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { lstat } from 'node:fs/promises';
import { gitWebUrl } from '../github/gitWebUrl';
import { assertOwner } from '../platform/assertOwner';
import { assertComponentName } from '../platform/componentName';
import { readPlatform } from '../platform/readPlatform';
import { refuseLinks } from '../repository/refuseLinks';
import { renderRepository } from '../repository/renderRepository';
import { resolveRepository } from '../repository/resolveRepository';
import { SIGNALS } from '../repository/signals';
import { writeRepository } from '../repository/writeRepository';
import { REPOSITORY_NAME_PATTERN } from './proposeFiles';

const SIGNAL_NAMES = Object.keys(SIGNALS) as [
  keyof typeof SIGNALS,
  ...Array<keyof typeof SIGNALS>,
];

/** Name of a metric or a label. */
const METRIC = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;

/** Options of {@link createPrepareRepositoryAction}. */
export interface PrepareRepositoryOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:repository:prepare`: adds to a rendered skeleton what every
 * repository of the platform has. What the skeleton has written stays.
 */
export function createPrepareRepositoryAction(
  options: PrepareRepositoryOptions,
) {
  return createTemplateAction({
    id: 'fairway:repository:prepare',
    description:
      'Writes the catalog entry, code owners, dependency updates, delivery workflow, documentation, runbook, dashboard and alerts of a component into the workspace; files that are there stay',
    supportsDryRun: true,
    examples: [
      {
        description: 'Complete the rendered skeleton of a Go service',
        example: `steps:
  - id: prepare
    action: fairway:repository:prepare
    input:
      targetPath: ./source
      system: system:default/sample-platform-ai
      component: greeter
      description: Greets people
      owner: group:default/sample-platform-ai
      type: service
      language: go
      tags: [go, rest, grpc]
      ecosystems: [gomod]
      apis:
        - type: openapi
          path: openapi.yaml
      metrics: [http, grpc]
`,
      },
    ],
    schema: {
      input: {
        targetPath: z =>
          z
            .string()
            .max(200)
            .optional()
            .describe('Folder of the workspace; all of it by default'),
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z =>
          z.string().max(40).describe('Name of the component and repository'),
        repository: z =>
          z
            .string()
            .regex(REPOSITORY_NAME_PATTERN)
            .optional()
            .describe(
              "Name of the repository in the platform's organisation; that of the component by default",
            ),
        title: z =>
          z
            .string()
            .max(80)
            .optional()
            .describe('What people call it; its name by default'),
        description: z =>
          z
            .string()
            .max(350)
            .optional()
            .describe('One sentence; the catalog has none where it is absent'),
        type: z => z.enum(['service', 'worker', 'website', 'library']),
        lifecycle: z =>
          z.string().max(40).optional().describe('`experimental` by default'),
        owner: z =>
          z.string().max(200).describe('Entity ref of the owning group'),
        language: z =>
          z
            .string()
            .regex(/^[a-z][a-z0-9+#-]{0,19}$/)
            .describe('Lower case, e.g. `go`'),
        tags: z =>
          z
            .array(z.string().regex(/^[a-z0-9+#]([a-z0-9:+#-]{0,62})$/))
            .max(20)
            .optional()
            .describe('Of the entity; the language by default'),
        ecosystems: z =>
          z
            .array(z.string().regex(/^[a-z][a-z-]{1,30}$/))
            .max(10)
            .optional()
            .describe(
              'For Dependabot, e.g. `gomod`; `docker` and `github-actions` are added',
            ),
        apis: z =>
          z
            .array(
              z.object({
                type: z.enum(['openapi', 'grpc', 'graphql', 'asyncapi']),
                path: z
                  .string()
                  .max(200)
                  .regex(/^[\w-][\w./-]*$/)
                  .describe('Of its definition, which the skeleton has'),
                name: z
                  .string()
                  .regex(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/)
                  .optional()
                  .describe(
                    'Of the entity; `<component>-api`, `-grpc`, `-graphql` or `-events` by default',
                  ),
              }),
            )
            .max(10)
            .optional()
            .describe('APIs that the component offers'),
        consumesApis: z => z.array(z.string().max(200)).max(50).optional(),
        dependsOn: z => z.array(z.string().max(200)).max(50).optional(),
        metrics: z =>
          z
            .array(
              z.union([
                z.enum(SIGNAL_NAMES),
                z.object({
                  id: z.string().regex(/^[a-z][a-zA-Z0-9]{0,29}$/),
                  work: z.string().regex(/^[a-z][a-z -]{0,39}$/),
                  total: z.string().regex(METRIC),
                  failed: z.string().regex(/^[a-z_]+=~?"[\w.*+|]*"$/),
                  buckets: z.string().regex(METRIC),
                  by: z.string().regex(METRIC),
                  slowAboveSeconds: z.number().positive(),
                  waiting: z
                    .object({
                      metric: z.string().regex(METRIC),
                      title: z.string().max(80),
                      alertAbove: z.number().nonnegative(),
                    })
                    .optional(),
                }),
              ]),
            )
            .max(5)
            .optional()
            .describe(
              'What is measured of its work: `http`, `grpc`, `consumer`, `jobs`, or the metrics spelled out',
            ),
        port: z =>
          z
            .number()
            .int()
            .min(1024)
            .max(65535)
            .optional()
            .describe('Container port for HTTP; 8080 by default'),
        environments: z =>
          z
            .array(z.string().max(63))
            .max(50)
            .optional()
            .describe('Short names; all of the platform by default'),
        delivery: z =>
          z
            .enum(['gitops', 'own'])
            .optional()
            .describe(
              '`own`: the skeleton has workflows that deliver it, so there is no GitOps delivery, dashboard or alert; `gitops` by default',
            ),
      },
      output: {
        written: z => z.array(z.string()).describe('Paths, with `/`'),
        kept: z =>
          z
            .array(z.string())
            .describe('Paths that the skeleton has written itself'),
        planned: z =>
          z
            .array(z.custom<PlannedThing>())
            .optional()
            .describe('In a dry run: the files'),
      },
    },
    async handler(ctx) {
      const { input, workspacePath } = ctx;
      assertComponentName(input.component);
      const target = safeChild(workspacePath, input.targetPath ?? '.');
      await refuseLinks(target);
      const credentials = await ctx.getInitiatorCredentials();
      const [platform] = await Promise.all([
        readPlatform({
          catalog: options.catalog,
          credentials,
          system: input.system,
        }),
        assertOwner({ ...options, credentials, owner: input.owner }),
      ]);
      const slug = `${platform.githubOrg}/${
        input.repository ?? input.component
      }`;
      const component = resolveRepository({
        input,
        platform,
        repositoryUrl: `${gitWebUrl(options)}/${slug}`,
        taskId: ctx.task.id,
      });
      for (const { path } of component.apis) {
        await assertDefinition(target, path);
      }
      const files = renderRepository(component);
      const { written, kept } = await writeRepository({
        workspace: workspacePath,
        target,
        files,
      });
      // each line of a log is a write to the database
      if (written.length > 0) ctx.logger.info(`Wrote ${written.join(', ')}`);
      if (kept.length > 0) {
        ctx.logger.info(`Kept as the template has it: ${kept.join(', ')}`);
      }
      ctx.output('written', written);
      ctx.output('kept', kept);
      if (ctx.isDryRun) {
        ctx.output(
          'planned',
          written.map(path => plannedFile(slug, path, files.get(path)!)),
        );
      }
    },
  });
}

function safeChild(workspace: string, path: string): string {
  if (/[\\\0]|%2e/i.test(path) || path.split('/').includes('..')) {
    throw new InputError(
      'targetPath must be a folder of the workspace, like ./source',
    );
  }
  const target = resolveSafeChildPath(workspace, path);
  if (!isChildPath(workspace, target)) {
    throw new InputError('targetPath lies outside the workspace');
  }
  return target;
}

async function assertDefinition(target: string, path: string): Promise<void> {
  if (path.split('/').includes('..')) {
    throw new InputError(
      `The API definition ${path} must be in the repository`,
    );
  }
  const file = await lstat(resolveSafeChildPath(target, path)).catch(
    () => undefined,
  );
  if (!file?.isFile()) {
    throw new InputError(
      `The skeleton has no file ${path}, which apis names: add it, or correct the path`,
    );
  }
}

function plannedFile(
  slug: string,
  name: string,
  content: string,
): PlannedThing {
  return {
    kind: 'file',
    name,
    where: `${slug}@main`,
    change: 'create',
    content,
    sizeBytes: Buffer.byteLength(content),
  };
}
