import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';

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
      },
      output: {
        catalogInfoUrl: z => z.string(),
        entityRef: z => z.string().describe('The component'),
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
        url: '/catalog-info.yaml',
      });
      ctx.output('catalogInfoUrl', target);
      if (ctx.isDryRun) {
        ctx.logger.info(`Would register ${target}`);
        return;
      }
      const credentials = await ctx.getInitiatorCredentials();
      const location = { type: 'url', target };
      const { entities, exists } = await catalog.addLocation(
        { ...location, dryRun: true },
        { credentials },
      );
      const component = entities.find(entity => entity.kind === 'Component');
      if (!component) {
        throw new InputError(`${target} describes no Component`);
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
