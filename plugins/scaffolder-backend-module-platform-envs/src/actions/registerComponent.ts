import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { plannedThingSchema } from '@fairway/plugin-platform-envs-common';
import { plannedEntries } from '../plan/plannedEntries';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';

/** Options of {@link createRegisterComponentAction}. */
export interface RegisterComponentOptions {
  catalog: CatalogService;
  integrations: ScmIntegrationRegistry;
}

/**
 * `fairway:catalog:register`: has the catalog read the `catalog-info.yaml` of a
 * new repository. Unlike `catalog:register` it can be run again: a location that
 * is registered already is left as it is.
 */
export function createRegisterComponentAction(
  options: RegisterComponentOptions,
) {
  return createTemplateAction({
    id: 'fairway:catalog:register',
    description:
      'Registers the catalog-info.yaml of a repository in the catalog; safe to run again',
    supportsDryRun: true,
    examples: [
      {
        description: 'Register what was published',
        example: `steps:
  - id: register
    action: fairway:catalog:register
    input:
      repoContentsUrl: \${{ steps.publish.output.repoContentsUrl }}
`,
      },
    ],
    schema: {
      input: {
        repoContentsUrl: z =>
          z
            .string()
            .max(500)
            .describe('URL of the root of the repository, branch included'),
        path: z =>
          z
            .string()
            .max(300)
            .regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[\w./-]+\.ya?ml$/)
            .optional()
            .describe('Of the file; `catalog-info.yaml` by default'),
        isComing: z =>
          z
            .boolean()
            .optional()
            .describe(
              'The file comes with a pull request: the catalog reads it once that is merged',
            ),
      },
      output: {
        catalogInfoUrl: z => z.string(),
        entityRef: z =>
          z
            .string()
            .optional()
            .describe(
              'The component, or what the file describes; absent where its file is still to come',
            ),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
      },
    },
    async handler(ctx) {
      const { catalog, integrations } = options;
      const { repoContentsUrl } = ctx.input;
      const integration = integrations.byUrl(repoContentsUrl);
      if (!integration) {
        throw new InputError(
          `No integration is configured for the host of ${repoContentsUrl}: add it to integrations`,
        );
      }
      const target = integration.resolveUrl({
        base: repoContentsUrl,
        url: `/${ctx.input.path ?? 'catalog-info.yaml'}`,
      });
      ctx.output('catalogInfoUrl', target);
      if (ctx.isDryRun) {
        ctx.logger.info(`Would register ${target}`);
        ctx.output(
          'planned',
          await plannedEntries({
            workspacePath: ctx.workspacePath,
            target,
            catalog,
            credentials: await ctx.getInitiatorCredentials(),
          }),
        );
        return;
      }
      const credentials = await ctx.getInitiatorCredentials();
      const location = { type: 'url', target };
      if (ctx.input.isComing) {
        if (await catalog.getLocationByRef(`url:${target}`, { credentials })) {
          ctx.logger.info(`${target} is registered already`);
        } else {
          await catalog.addLocation(location, { credentials });
          ctx.logger.info(
            `Registered ${target}: the catalog reads it as soon as it is there`,
          );
        }
        return;
      }
      const { entities, exists } = await catalog.addLocation(
        { ...location, dryRun: true },
        { credentials },
      );
      const component =
        entities.find(entity => entity.kind === 'Component') ??
        // the location itself comes first
        (ctx.input.path
          ? entities.find(entity => entity.kind !== 'Location')
          : undefined);
      if (!component) {
        throw new InputError(
          `${target} describes ${ctx.input.path ? 'nothing' : 'no Component'}`,
        );
      }
      if (exists) {
        ctx.logger.info(`${target} is registered already`);
      } else {
        await catalog.addLocation(location, { credentials });
        ctx.logger.info(`Registered ${target}`);
      }
      ctx.output('entityRef', stringifyEntityRef(component));
    },
  });
}
