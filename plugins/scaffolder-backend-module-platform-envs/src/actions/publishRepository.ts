import { PermissionsService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ActionContext,
  createTemplateAction,
  getRepoSourceDirectory,
} from '@backstage/plugin-scaffolder-node';
import { plannedThingSchema } from '@fairway/plugin-platform-envs-common';
import { Octokit } from 'octokit';
import {
  assertMadeByTask,
  createRepository,
  getRepository,
  REPOSITORY_BRANCH,
  taskQuery,
  taskTrailer,
} from '../github/componentRepository';
import { createGithubClient } from '../github/createGithubClient';
import { gitWebUrl } from '../github/gitWebUrl';
import { commitFolder, pushFolder } from '../github/pushFolder';
import { assertComponentName } from '../platform/componentName';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';
import { plannedRepository } from '../plan/plannedRepository';
import { openPlatform } from '../platform/openPlatform';
import { refuseLinks } from '../repository/refuseLinks';

/** A skeleton is pushed in seconds; a lost connection is not always noticed. */
const PUSH_TIMEOUT_MS = 120_000;

/** Options of {@link createPublishRepositoryAction}. */
export interface PublishRepositoryOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  config: Config;
  /** Host of the Git server. */
  gitHost: string;
  /** Milliseconds. */
  pushTimeoutMs?: number;
}

/**
 * `fairway:repository:publish`: the workspace as a new repository of the
 * platform's organisation. Unlike `publish:github` it can be run again: a
 * repository that this very task created is finished, any other is refused.
 */
export function createPublishRepositoryAction(
  options: PublishRepositoryOptions,
) {
  return createTemplateAction({
    id: 'fairway:repository:publish',
    description:
      "Creates a repository in the platform's organisation and pushes the workspace to it; safe to run again",
    supportsDryRun: true,
    examples: [
      {
        description: 'Publish the rendered skeleton',
        example: `steps:
  - id: publish
    action: fairway:repository:publish
    input:
      system: system:default/sample-platform-ai
      component: greeter
      description: Greets people
      sourcePath: ./source
      topics: [go, service]
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z =>
          z.string().max(40).describe('Name of the component and repository'),
        description: z => z.string().max(350).optional(),
        sourcePath: z =>
          z
            .string()
            .optional()
            .describe('Folder of the workspace to push; all of it by default'),
        topics: z => z.array(z.string().max(50)).max(20).optional(),
      },
      output: {
        remoteUrl: z => z.string().describe('Where a person sees it'),
        repoContentsUrl: z => z.string(),
        commitHash: z => z.string(),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
      },
    },
    async handler(ctx) {
      const { component } = ctx.input;
      assertComponentName(component);
      const { githubOrg: owner } = await openPlatform({
        catalog: options.catalog,
        permissions: options.permissions,
        credentials: await ctx.getInitiatorCredentials(),
        system: ctx.input.system,
      });
      const source = getRepoSourceDirectory(
        ctx.workspacePath,
        ctx.input.sourcePath,
      );
      await refuseLinks(source);
      const client = await createGithubClient({
        integrations: options.integrations,
        host: options.gitHost,
        owner,
        repo: component,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      if (ctx.isDryRun) {
        const existing = await getRepository(client, owner, component);
        if (existing) await assertMadeByTask(client, existing, ctx.task.id);
        ctx.logger.info(
          `Would ${existing ? 'finish' : 'create'} ${owner}/${component}`,
        );
        const remoteUrl = `${gitWebUrl(options)}/${owner}/${component}`;
        ctx.output('remoteUrl', remoteUrl);
        ctx.output('repoContentsUrl', `${remoteUrl}/blob/${REPOSITORY_BRANCH}`);
        ctx.output(
          'planned',
          await plannedRepository({
            folder: source,
            owner,
            name: component,
            gitHost: options.gitHost,
            description: ctx.input.description,
            topics: ctx.input.topics,
            url: existing?.html_url,
          }),
        );
        return;
      }

      // beside the workspace, which is kept in the database when it changes
      const gitFolder = await ctx.createTemporaryDirectory();
      // It only reads the workspace, and takes as long as what is asked meanwhile.
      const committed = commitFolder({
        folder: source,
        gitFolder,
        branch: REPOSITORY_BRANCH,
        message: `Create ${component}\n\n${taskTrailer(
          ctx.task.id,
        )}\nRequested-By: ${ctx.user?.ref ?? 'unknown'}\n`,
        author: authorOf(ctx.user, options.config),
      });
      const [found] = await Promise.allSettled([
        findOrCreate(client, {
          owner,
          name: component,
          description: ctx.input.description,
          homepage: homepage(options.config, component, ctx.task.id),
        }),
        committed,
      ]);
      if (found.status === 'rejected') throw found.reason;
      const { repository, isNew } = found.value;
      // one that was made just now is empty, and this task's
      const pushedBefore = isNew
        ? undefined
        : await assertMadeByTask(client, repository, ctx.task.id);
      // The push need not wait for them.
      const topics =
        ctx.input.topics &&
        client.rest.repos.replaceAllTopics({
          owner,
          repo: component,
          names: ctx.input.topics.map(topic => topic.toLowerCase()),
        });
      // what it says is heard below, also when the push fails before it
      topics?.catch(() => {});
      const commitHash = pushedBefore ?? (await committed);
      const shown = commitHash.slice(0, 12);
      if (pushedBefore) {
        ctx.logger.info(
          `${owner}/${component} was pushed by this task before (${shown}); leaving it as it is`,
        );
      } else {
        ctx.signal?.throwIfAborted();
        await inTime(
          options.pushTimeoutMs ?? PUSH_TIMEOUT_MS,
          `${owner}/${component} did not take the push`,
          async timeout =>
            pushFolder({
              gitFolder,
              branch: REPOSITORY_BRANCH,
              url: repository.clone_url,
              token: await tokenOf(client),
              logger: ctx.logger,
              // nothing is tried any more once the run has given up
              signal: AbortSignal.any([
                timeout,
                ...(ctx.signal ? [ctx.signal] : []),
              ]),
            }),
        );
        ctx.logger.info(
          `Pushed ${shown} to ${owner}/${component} ${REPOSITORY_BRANCH}`,
        );
      }
      await topics;
      ctx.output('remoteUrl', repository.html_url);
      ctx.output(
        'repoContentsUrl',
        `${repository.html_url}/blob/${REPOSITORY_BRANCH}`,
      );
      ctx.output('commitHash', commitHash);
    },
  });
}

/** The person; the one that the configuration names where it is nobody's run. */
function authorOf(
  user: ActionContext<{}>['user'],
  config: Config,
): { name: string; email: string } {
  const { displayName, email } = user?.entity?.spec.profile ?? {};
  const configured = (key: string) =>
    config.getOptionalString(`scaffolder.defaultAuthor.${key}`);
  return {
    name: displayName ?? configured('name') ?? 'Scaffolder',
    email: email ?? configured('email') ?? 'scaffolder@backstage.io',
  };
}

async function findOrCreate(
  client: Octokit,
  wanted: Parameters<typeof createRepository>[1],
): ReturnType<typeof createRepository> {
  const repository = await getRepository(client, wanted.owner, wanted.name);
  return repository
    ? { repository, isNew: false }
    : createRepository(client, wanted);
}

/**
 * The component's page in the portal. It is set in the same request that
 * creates the repository, so that one that stayed empty still says whose it is.
 */
function homepage(config: Config, component: string, taskId: string): string {
  const baseUrl = config.getString('app.baseUrl').replace(/\/+$/, '');
  return `${baseUrl}/catalog/default/component/${component}${taskQuery(
    taskId,
  )}`;
}

async function tokenOf(client: Octokit): Promise<string> {
  const authentication = (await client.auth()) as { token?: string };
  if (!authentication.token) {
    throw new InputError('The portal has no token to push with');
  }
  return authentication.token;
}

async function inTime(
  timeoutMs: number,
  complaint: string,
  work: (timeout: AbortSignal) => Promise<void>,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    await work(timeout);
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new ServiceUnavailableError(
      `${complaint} within ${timeoutMs / 1000} s: run the task again`,
      error,
    );
  }
}
