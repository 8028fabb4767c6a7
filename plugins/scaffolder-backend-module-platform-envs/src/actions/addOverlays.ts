import { PermissionsService } from '@backstage/backend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { prepareOverlayCommit } from '../gitops/prepareOverlayCommit';
import { addFilesInOneCommit, checkFiles } from '../github/addFilesInOneCommit';
import { assertComponentName } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';

/** Options of {@link createAddOverlaysAction}. */
export interface AddOverlaysOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:gitops:overlays`: the desired state of a new component in every
 * environment of its platform, as one commit to the GitOps repository.
 */
export function createAddOverlaysAction(options: AddOverlaysOptions) {
  return createTemplateAction({
    id: 'fairway:gitops:overlays',
    description:
      "Adds a component to every environment of its platform, as one commit to the platform's GitOps repository",
    supportsDryRun: true,
    examples: [
      {
        description: 'Prepare every environment for a new service',
        example: `steps:
  - id: overlays
    action: fairway:gitops:overlays
    input:
      system: system:default/sample-platform-ai
      component: greeter
      port: 8080
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z => z.string().max(40).describe('Name of the component'),
        port: z =>
          z
            .number()
            .int()
            .min(1024)
            .max(65535)
            .optional()
            .describe('Port that the container listens on; 8080 by default'),
      },
      output: {
        repository: z => z.string().describe('GitOps repository, owner/name'),
        repositoryUrl: z => z.string().describe('Where a person sees it'),
        commitSha: z =>
          z
            .string()
            .optional()
            .describe('The commit; absent when nothing had to be added'),
        commitUrl: z => z.string().optional(),
        environments: z =>
          z.array(z.string()).describe('Short names, in promotion order'),
      },
    },
    async handler(ctx) {
      const { component } = ctx.input;
      assertComponentName(component);
      const platform = await openPlatform({
        catalog: options.catalog,
        permissions: options.permissions,
        credentials: await ctx.getInitiatorCredentials(),
        system: ctx.input.system,
      });
      const { change, webUrl } = await prepareOverlayCommit({
        platform,
        component,
        port: ctx.input.port,
        taskId: ctx.task.id,
        requestedBy: ctx.user?.ref,
        integrations: options.integrations,
        gitHost: options.gitHost,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      const { owner, repo, branch, files } = change;
      ctx.output('repository', `${owner}/${repo}`);
      ctx.output('repositoryUrl', webUrl);
      ctx.output(
        'environments',
        platform.environments.map(environment => environment.shortName),
      );

      if (ctx.isDryRun) {
        const { added, present } = await checkFiles(change);
        present.forEach(file => ctx.logger.info(`Would keep ${file}`));
        added.forEach(file =>
          ctx.logger.info(`Would add ${file}:\n${files.get(file)}`),
        );
        return;
      }

      const { commitSha, added, present } = await addFilesInOneCommit(change);
      if (!commitSha) {
        ctx.logger.info(
          `All ${present.length} files of ${component} are in ${owner}/${repo} already; nothing to add`,
        );
        return;
      }
      added.forEach(file => ctx.logger.info(`Added ${file}`));
      ctx.logger.info(
        `One commit on ${owner}/${repo} ${branch}: ${commitSha.slice(0, 12)}`,
      );
      ctx.output('commitSha', commitSha);
      ctx.output('commitUrl', `${webUrl}/commit/${commitSha}`);
    },
  });
}
