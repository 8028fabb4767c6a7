import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { componentInputSchema } from '../gitops/componentInput';
import { chooseEnvironments } from '../gitops/resolveComponent';
import { gitWebUrl } from '../github/gitWebUrl';
import { assertComponentName } from '../platform/componentName';
import { imageRepositoryOf, readPlatform } from '../platform/readPlatform';

/** Options of {@link createDescribePlatformAction}. */
export interface DescribePlatformOptions {
  catalog: CatalogService;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:platform:describe`: what the catalog knows about the platform that a
 * component is to join, for the steps after it. Reads only.
 */
export function createDescribePlatformAction(options: DescribePlatformOptions) {
  return createTemplateAction({
    id: 'fairway:platform:describe',
    description:
      'Reads a platform from the catalog: its organisation, environments, GitOps repository and image registry',
    supportsDryRun: true,
    examples: [
      {
        description: 'Describe the platform of a new component',
        example: `steps:
  - id: platform
    action: fairway:platform:describe
    input:
      system: system:default/sample-platform-ai
      component: greeter
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z =>
          z.string().max(40).describe('Name of the component to create'),
        environments: componentInputSchema.environments,
        runtimes: z =>
          z
            .array(z.enum(['eks', 'ecs']))
            .min(1)
            .optional()
            .describe(
              'What the template makes components for; a platform of another runtime is refused',
            ),
      },
      output: {
        system: z => z.string().describe('Name of the System'),
        githubOrg: z => z.string().describe('Organisation on the Git host'),
        gitHost: z => z.string().describe('Host of the Git server'),
        repoUrl: z =>
          z
            .string()
            .describe(
              'Where the repository will be, as the publish actions take it',
            ),
        repositoryUrl: z =>
          z.string().describe('Where a person will see the repository'),
        modulePath: z =>
          z.string().describe('Path of the Go module, without port'),
        gitopsRepository: z => z.string().describe('owner/name'),
        gitopsBranch: z => z.string(),
        gitopsPath: z => z.string(),
        runtime: z => z.enum(['eks', 'ecs']),
        environments: z =>
          z
            .string()
            .describe(
              'Short names of the chosen ones in promotion order, with commas',
            ),
        environmentList: z =>
          z
            .array(
              z.object({
                name: z.string(),
                tier: z.string(),
                accountId: z.string().optional(),
                region: z.string().optional().describe('The primary one'),
              }),
            )
            .describe('The chosen ones in promotion order, for `each`'),
        firstEnvironment: z =>
          z.string().describe('Short name of the first of them on the way'),
        registryAccountId: z => z.string(),
        registryRegion: z => z.string(),
        imageRepository: z =>
          z.string().describe('Image repository without tag'),
      },
    },
    async handler(ctx) {
      const { component, system } = ctx.input;
      assertComponentName(component);
      const platform = await readPlatform({
        catalog: options.catalog,
        credentials: await ctx.getInitiatorCredentials(),
        system,
      });
      const { gitops, registry } = platform;
      const environments = chooseEnvironments(
        platform.environments,
        ctx.input.environments,
      );
      const [{ runtime }] = environments;
      const { runtimes = [runtime] } = ctx.input;
      if (!runtimes.includes(runtime)) {
        throw new InputError(
          `${
            platform.systemRef
          } runs on ${runtime.toUpperCase()}, but this template makes components for ${runtimes
            .join(' and ')
            .toUpperCase()}: choose another platform, or another template`,
        );
      }
      const names = environments.map(environment => environment.shortName);
      ctx.logger.info(
        `${component} joins ${platform.systemRef}: repository ${
          platform.githubOrg
        }/${component}, environments ${names.join(', ')}, desired state in ${
          gitops.owner
        }/${gitops.repo}, images in account ${registry.accountId} (${
          registry.region
        })`,
      );
      ctx.output('system', platform.system);
      ctx.output('githubOrg', platform.githubOrg);
      ctx.output('gitHost', options.gitHost);
      ctx.output(
        'repoUrl',
        `${options.gitHost}?owner=${platform.githubOrg}&repo=${component}`,
      );
      ctx.output(
        'repositoryUrl',
        `${gitWebUrl(options)}/${platform.githubOrg}/${component}`,
      );
      ctx.output(
        'modulePath',
        // A module path has no port.
        `${options.gitHost.replace(/:\d+$/, '')}/${
          platform.githubOrg
        }/${component}`,
      );
      ctx.output('gitopsRepository', `${gitops.owner}/${gitops.repo}`);
      ctx.output('gitopsBranch', gitops.branch);
      ctx.output('gitopsPath', gitops.path);
      ctx.output('runtime', runtime);
      ctx.output('environments', names.join(','));
      ctx.output(
        'environmentList',
        environments.map(({ shortName, tier, accountId, primaryRegion }) => ({
          name: shortName,
          tier,
          ...(accountId && { accountId }),
          ...(primaryRegion && { region: primaryRegion }),
        })),
      );
      ctx.output('firstEnvironment', names[0]);
      ctx.output('registryAccountId', registry.accountId);
      ctx.output('registryRegion', registry.region);
      ctx.output('imageRepository', imageRepositoryOf(platform, component));
    },
  });
}
