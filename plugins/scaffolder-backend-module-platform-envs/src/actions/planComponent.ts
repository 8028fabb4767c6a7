import { PermissionsService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { prepareOverlayCommit } from '../gitops/prepareOverlayCommit';
import { checkFiles } from '../github/addFilesInOneCommit';
import { assertMadeByTask, getRepository } from '../github/componentRepository';
import { createGithubClient } from '../github/createGithubClient';
import { assertComponentName } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';
import { applyComponentRegistry } from '../registry/applyComponentRegistry';

const ANNOTATION_CREATED_BY_TASK = 'fairway.dev/created-by-task';

/** Options of {@link createPlanComponentAction}. */
export interface PlanComponentOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  awsCredentials: AwsCredentialsManager;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:plan`: says what a run will create, and stops it before anything is
 * created when one of the names is taken by somebody else. Reads only.
 */
export function createPlanComponentAction(options: PlanComponentOptions) {
  return createTemplateAction({
    id: 'fairway:plan',
    description:
      'Says what will be created for a component, and refuses names that are taken, before anything is created',
    supportsDryRun: true,
    examples: [
      {
        description: 'Look before creating',
        example: `steps:
  - id: plan
    action: fairway:plan
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z => z.string().max(40).describe('Name of the component'),
        owner: z =>
          z.string().max(200).describe('Entity ref of the owning group'),
      },
      output: {
        plan: z => z.array(z.string()).describe('One sentence a thing'),
      },
    },
    async handler(ctx) {
      const { component, owner } = ctx.input;
      assertComponentName(component);
      const { catalog, permissions, integrations, gitHost, awsCredentials } =
        options;
      const credentials = await ctx.getInitiatorCredentials();
      const platform = await openPlatform({
        catalog,
        permissions,
        credentials,
        system: ctx.input.system,
      });
      const taskId = ctx.task.id;
      const common = { logger: ctx.logger, signal: ctx.signal };
      const plan: string[] = [];

      const entity = await catalog.getEntityByRef(
        { kind: 'component', namespace: 'default', name: component },
        { credentials },
      );
      if (
        entity &&
        entity.metadata.annotations?.[ANNOTATION_CREATED_BY_TASK] !== taskId
      ) {
        throw new ConflictError(
          `${stringifyEntityRef(
            entity,
          )} is in the catalog already and belongs to ${
            entity.spec?.owner ?? 'nobody'
          }: choose another name`,
        );
      }

      const slug = `${platform.githubOrg}/${component}`;
      const client = await createGithubClient({
        ...common,
        integrations,
        host: gitHost,
        owner: platform.githubOrg,
        repo: component,
      });
      const repository = await getRepository(
        client,
        platform.githubOrg,
        component,
      );
      if (repository) await assertMadeByTask(client, repository, taskId);
      plan.push(
        repository
          ? `Repository ${slug}: was created by this task, gets finished`
          : `Repository ${slug}: gets created, private`,
      );

      const registry = await applyComponentRegistry({
        ...common,
        awsCredentials,
        platform,
        component,
        owner,
        taskId,
        planOnly: true,
      });
      plan.push(
        `Image registry ${component} in account ${
          platform.registry.accountId
        } (${platform.registry.region}): ${
          {
            created: 'gets created by a CloudFormation stack',
            updated: 'its stack gets updated',
            unchanged: 'is there already',
          }[registry.outcome]
        }`,
      );

      const { change } = await prepareOverlayCommit({
        ...common,
        platform,
        component,
        taskId,
        requestedBy: ctx.user?.ref,
        integrations,
        gitHost,
      });
      const { added, present } = await checkFiles(change);
      plan.push(
        `Desired state in ${change.owner}/${
          change.repo
        } for ${platform.environments
          .map(environment => environment.shortName)
          .join(', ')}: ${added.length} files get added in one commit, ${
          present.length
        } are there already`,
      );
      plan.push(
        `Catalog: component:default/${component}, owned by ${owner}, ${
          entity ? 'is there already' : 'gets added'
        }`,
      );
      plan.forEach(line => ctx.logger.info(line));
      ctx.output('plan', plan);
    },
  });
}
