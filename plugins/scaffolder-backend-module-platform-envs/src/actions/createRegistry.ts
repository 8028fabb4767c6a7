import { PermissionsService } from '@backstage/backend-plugin-api';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { plannedThingSchema } from '@fairway/plugin-platform-envs-common';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';
import { plannedStack } from '../plan/plannedStack';
import { assertOwner } from '../platform/assertOwner';
import { assertComponentName } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';
import { imageRepositoryOf } from '../platform/readPlatform';
import {
  applyComponentRegistry,
  ComponentRegistryResult,
} from '../registry/applyComponentRegistry';
import { REPLICATION_STACK } from '../registry/ensureReplication';
import { registryStackName } from '../registry/registryTemplate';

/** Options of {@link createCreateRegistryAction}. */
export interface CreateRegistryOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  awsCredentials: AwsCredentialsManager;
  /** Milliseconds between looks at CloudFormation. */
  pollMs?: number;
}

/**
 * `fairway:registry:create`: the image registry of a component, as a
 * CloudFormation stack in the account that holds the platform's registries. With
 * `wait: false` the stack is made while the run goes on; a second use follows it
 * to its end.
 */
export function createCreateRegistryAction(options: CreateRegistryOptions) {
  return createTemplateAction({
    id: 'fairway:registry:create',
    description:
      'Creates the image registry (ECR) of a component through a CloudFormation stack',
    supportsDryRun: true,
    examples: [
      {
        description:
          'A registry that every environment of the platform may pull from',
        example: `steps:
  - id: registry
    action: fairway:registry:create
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
`,
      },
      {
        description: 'The stack is made while the source is written',
        example: `steps:
  - id: stack
    action: fairway:registry:create
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
      wait: false
  - id: source
    action: fetch:template
    input:
      url: ./skeleton
      targetPath: ./source
  - id: registry
    action: fairway:registry:create
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
        wait: z =>
          z
            .boolean()
            .optional()
            .describe(
              'false: begins the stack where there is none and does not wait for it. A later step with the same input follows it to its end. Default: true',
            ),
      },
      output: {
        repositoryUri: z => z.string(),
        stackId: z => z.string(),
        stackUrl: z => z.string().describe('The stack in the AWS console'),
        accountId: z => z.string(),
        region: z => z.string(),
        replicaRegions: z =>
          z
            .array(z.string())
            .describe('Other regions of the platform that have the repository'),
        notReplicatedTo: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Those of them that images will not reach, because somebody else keeps the replication rules of the account',
            ),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
      },
    },
    async handler(ctx) {
      const { component, owner, system, wait = true } = ctx.input;
      assertComponentName(component);
      const credentials = await ctx.getInitiatorCredentials();
      const [platform] = await Promise.all([
        openPlatform({ ...options, credentials, system }),
        assertOwner({ ...options, credentials, owner }),
      ]);
      const { accountId, region, replicaRegions } = platform.registry;
      ctx.output('accountId', accountId);
      ctx.output('region', region);
      ctx.output('replicaRegions', replicaRegions);
      ctx.output('repositoryUri', imageRepositoryOf(platform, component));
      // the step that waits says what would be made
      if (ctx.isDryRun && !wait) return;
      const result = await applyComponentRegistry({
        awsCredentials: options.awsCredentials,
        platform,
        component,
        owner,
        taskId: ctx.task.id,
        logger: ctx.logger,
        planOnly: ctx.isDryRun,
        beginOnly: !wait,
        signal: ctx.signal,
        pollMs: options.pollMs,
      });
      ctx.logger.info(
        `Registry ${component} in account ${accountId} (${region}): ${
          wait ? outcomeOf(result, ctx.isDryRun) : begunOf(result)
        }`,
      );
      if (result.repositoryUri) {
        ctx.output('repositoryUri', result.repositoryUri);
      }
      if (result.stackId) {
        ctx.output('stackId', result.stackId);
        ctx.output('stackUrl', stackUrl(region, result.stackId));
      }
      const { replicas, replication } = result;
      if (ctx.isDryRun) {
        ctx.output('planned', [
          ...[{ ...result, region }, ...replicas].flatMap(one =>
            one.template
              ? plannedStack({
                  name: registryStackName(component),
                  accountId,
                  region: one.region,
                  template: one.template,
                  outcome: one.outcome,
                  ...(one.stackId && {
                    url: stackUrl(one.region, one.stackId),
                  }),
                })
              : [],
          ),
          ...(replication?.template
            ? plannedStack({
                name: REPLICATION_STACK,
                accountId,
                region,
                template: replication.template,
                outcome: 'created',
              })
            : []),
        ]);
      }
      if (wait) {
        ctx.output('notReplicatedTo', replication?.missingRegions ?? []);
      }
    },
  });
}

function outcomeOf(
  { outcome }: ComponentRegistryResult,
  isDryRun: boolean | undefined,
): string {
  return isDryRun ? `would be ${outcome}` : outcome;
}

function begunOf({ outcome }: ComponentRegistryResult): string {
  return outcome === 'created'
    ? 'begun, and made while the run goes on'
    : 'its stack is there; a later step sees to it';
}

function stackUrl(region: string, stackId: string): string {
  return `https://${region}.console.aws.amazon.com/cloudformation/home?region=${region}#/stacks/stackinfo?stackId=${encodeURIComponent(
    stackId,
  )}`;
}
