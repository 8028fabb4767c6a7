import { PermissionsService } from '@backstage/backend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  PlannedThing,
  plannedThingSchema,
} from '@fairway/plugin-platform-envs-common';
import {
  componentInputOf,
  componentInputSchema,
} from '../gitops/componentInput';
import { prepareOverlayCommit } from '../gitops/prepareOverlayCommit';
import {
  addFilesInOneCommit,
  AddFilesOptions,
  checkFiles,
} from '../github/addFilesInOneCommit';
import { Proposal, proposeFiles } from '../github/proposeFiles';
import { plannedDesiredState } from '../plan/plannedDesiredState';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';
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
`,
      },
      {
        description:
          'Two environments, of which prod is larger, a public address, gRPC and a secret',
        example: `steps:
  - id: overlays
    action: fairway:gitops:overlays
    input:
      system: system:default/sample-platform-ai
      component: greeter
      environments: [dev, prod]
      sizes:
        prod: { size: large, replicas: 4, maxReplicas: 12 }
      ports: { http: 8080, grpc: 9090 }
      exposure: public
      secrets: [GREETING_API_KEY]
`,
      },
      {
        description: 'A queue worker without an address',
        example: `steps:
  - id: overlays
    action: fairway:gitops:overlays
    input:
      system: system:default/campaign-lifecycle-platform
      component: greeting-sender
      kind: worker
      command: [consume, greetings]
`,
      },
      {
        description:
          'A service on ECS with two workers, a queue of jobs for them, and a setting, switched blue/green',
        example: `steps:
  - id: overlays
    action: fairway:gitops:overlays
    input:
      system: system:default/mobilytics
      component: greeter
      exposure: internal
      blueGreen: true
      workers:
        - { name: mailer, command: [work, mail] }
        - { name: reports, command: [work, reports] }
      queue: true
      environmentVariables:
        CONCURRENCY: '10'
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z => z.string().max(40).describe('Name of the component'),
        asPullRequest: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Propose it instead of committing it; nothing runs before somebody merges',
            ),
        ...componentInputSchema,
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
        pullRequestUrl: z =>
          z.string().optional().describe('With `asPullRequest`'),
        environments: z =>
          z.array(z.string()).describe('Short names, in promotion order'),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
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
      const {
        change,
        webUrl,
        component: prepared,
      } = await prepareOverlayCommit({
        platform,
        component,
        input: componentInputOf(ctx.input),
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
        prepared.environments.map(environment => environment.shortName),
      );

      if (ctx.isDryRun) {
        const found = await checkFiles(change);
        const { added, present } = found;
        present.forEach(file => ctx.logger.info(`Would keep ${file}`));
        added.forEach(file =>
          ctx.logger.info(`Would add ${file}:\n${files.get(file)}`),
        );
        const planned = plannedDesiredState({
          change,
          component: prepared,
          found,
        });
        ctx.output(
          'planned',
          ctx.input.asPullRequest ? planned.map(asProposed) : planned,
        );
        return;
      }
      if (ctx.input.asPullRequest) {
        const { pullRequest } = await proposeOverlays(change, ctx.user?.ref);
        ctx.logger.info(
          pullRequest
            ? `Pull request ${pullRequest.number} of ${owner}/${repo}: ${pullRequest.url}`
            : `All files of ${component} are in ${owner}/${repo} already; nothing to propose`,
        );
        if (pullRequest) ctx.output('pullRequestUrl', pullRequest.url);
        return;
      }

      const { commitSha, added, present, together } = await addFilesInOneCommit(
        change,
      );
      if (!commitSha) {
        ctx.logger.info(
          `All ${present.length} files of ${component} are in ${owner}/${repo} already; nothing to add`,
        );
        return;
      }
      added.forEach(file => ctx.logger.info(`Added ${file}`));
      ctx.logger.info(
        `One commit on ${owner}/${repo} ${branch}: ${commitSha.slice(0, 12)}${
          together ? `; it is also about ${together.join(', ')}` : ''
        }`,
      );
      ctx.output('commitSha', commitSha);
      ctx.output('commitUrl', `${webUrl}/commit/${commitSha}`);
    },
  });
}

/** The same files as {@link addFilesInOneCommit} would add, as a pull request. */
async function proposeOverlays(
  change: AddFilesOptions,
  requestedBy: string | undefined,
): Promise<Proposal> {
  const [, component] = change.ownedBy;
  // what is there and somebody else's is refused, not passed over
  await checkFiles(change);
  return proposeFiles({
    ...change,
    base: change.branch,
    branch: `fairway/add-${component}`,
    title: change.subject,
    body: `Desired state of ${component}. Nothing of it runs before this is merged.\n\nRequested by ${
      requestedBy ?? 'somebody unknown'
    }.`,
  });
}

function asProposed(thing: PlannedThing): PlannedThing {
  return thing.kind === 'commit'
    ? {
        ...thing,
        kind: 'pullRequest',
        note: `${thing.note}; nothing of it runs before somebody merges it`,
      }
    : thing;
}
