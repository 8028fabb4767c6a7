import { PermissionsService } from '@backstage/backend-plugin-api';
import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  createTemplateAction,
  getRepoSourceDirectory,
} from '@backstage/plugin-scaffolder-node';
import { plannedThingSchema } from '@fairway/plugin-platform-envs-common';
import { createGithubClient, statusOf } from '../github/createGithubClient';
import { proposeFiles, sortProposal } from '../github/proposeFiles';
import { readWorkspaceFiles } from '../github/readWorkspaceFiles';
import { PLANNED_DESCRIPTION } from '../plan/plannedOutput';
import { assertComponentName, printable } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';

/**
 * Name of a repository on GitHub.
 *
 * @see https://docs.github.com/en/rest/repos/repos
 */
export const REPOSITORY_NAME_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** Options of {@link createProposeFilesAction}. */
export interface ProposeFilesActionOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:repository:propose`: files of the workspace as a pull request to a
 * repository that exists. What is there already stays as it is.
 */
export function createProposeFilesAction(options: ProposeFilesActionOptions) {
  return createTemplateAction({
    id: 'fairway:repository:propose',
    description:
      "Proposes files to an existing repository of the platform's organisation as a pull request; what is there already stays; safe to run again",
    supportsDryRun: true,
    examples: [
      {
        description: 'Bring an existing repository into the catalog',
        example: `steps:
  - id: propose
    action: fairway:repository:propose
    input:
      system: system:default/sample-platform-ai
      component: greeter
      repository: greeter
      sourcePath: ./source
      paths: [catalog-info.yaml, mkdocs.yml, docs/index.md]
      title: Describe the service in the catalog
      description: Lets people find it, its documentation and who looks after it.
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z => z.string().max(40).describe('Name of the component'),
        repository: z =>
          z
            .string()
            .max(100)
            .describe("Name of the repository in the platform's organisation"),
        sourcePath: z =>
          z
            .string()
            .max(200)
            .optional()
            .describe('Folder of the workspace; all of it by default'),
        paths: z =>
          z
            .array(z.string().max(200))
            .max(100)
            .optional()
            .describe('Files of the folder to propose; all by default'),
        title: z => z.string().max(200).describe('Of the pull request'),
        description: z =>
          z.string().max(4000).optional().describe('Markdown; why'),
      },
      output: {
        remoteUrl: z => z.string().describe('Where a person sees it'),
        repoContentsUrl: z =>
          z.string().describe('Its root, on the default branch'),
        defaultBranch: z => z.string(),
        pullRequestUrl: z =>
          z
            .string()
            .optional()
            .describe('Absent when nothing had to be proposed'),
        proposed: z => z.array(z.string()).describe('Paths'),
        kept: z => z.array(z.string()).describe('Paths that are there already'),
        planned: () =>
          plannedThingSchema.array().optional().describe(PLANNED_DESCRIPTION),
      },
    },
    async handler(ctx) {
      const { component, repository: repo, title } = ctx.input;
      assertComponentName(component);
      if (!REPOSITORY_NAME_PATTERN.test(repo)) {
        throw new InputError(
          `"${printable(
            repo,
          )}" cannot be the name of a repository: give its name without the organisation`,
        );
      }
      const { githubOrg: owner } = await openPlatform({
        catalog: options.catalog,
        permissions: options.permissions,
        credentials: await ctx.getInitiatorCredentials(),
        system: ctx.input.system,
      });
      const files = await readWorkspaceFiles(
        getRepoSourceDirectory(ctx.workspacePath, ctx.input.sourcePath),
        ctx.input.paths,
      );
      const client = await createGithubClient({
        integrations: options.integrations,
        host: options.gitHost,
        owner,
        repo,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      const slug = `${owner}/${repo}`;
      const { data } = await client.rest.repos
        .get({ owner, repo })
        .catch(error => {
          if (statusOf(error) !== 404) throw error;
          throw new NotFoundError(
            `There is no repository ${slug}, or the portal may not see it: check the name, and that its GitHub App is installed there`,
          );
        });
      if (data.archived) {
        throw new InputError(
          `The repository ${slug} is archived: unarchive it first`,
        );
      }
      const base = data.default_branch;
      const place = { client, owner, repo, base, files };
      ctx.output('remoteUrl', data.html_url);
      ctx.output('repoContentsUrl', `${data.html_url}/blob/${base}`);
      ctx.output('defaultBranch', base);

      if (ctx.isDryRun) {
        const { added, kept } = await sortProposal(place);
        const where = `${slug}@${base}`;
        ctx.output('proposed', added);
        ctx.output('kept', kept);
        ctx.output('planned', [
          {
            kind: 'repository',
            name: slug,
            where: options.gitHost,
            change: 'keep',
            url: data.html_url,
          },
          ...(added.length
            ? [
                {
                  kind: 'pullRequest' as const,
                  name: title,
                  where,
                  change: 'create' as const,
                  note: 'Nothing changes before somebody of the repository merges it',
                },
              ]
            : []),
          ...[...files].map(([name, content]) => ({
            kind: 'file' as const,
            name,
            where,
            change: kept.includes(name)
              ? ('keep' as const)
              : ('create' as const),
            content,
            sizeBytes: Buffer.byteLength(content),
            ...(kept.includes(name) && {
              note: 'The repository has a file of that name, which stays as it is',
            }),
          })),
        ]);
        return;
      }

      const { added, kept, pullRequest } = await proposeFiles({
        ...place,
        branch: `fairway/register-${component}`,
        title,
        body: `${ctx.input.description ?? ''}\n\nRequested by ${
          ctx.user?.ref ?? 'somebody unknown'
        }.`.trim(),
        trailers: [
          ['Fairway-Component', component],
          ['Fairway-Task', ctx.task.id],
          ['Requested-By', ctx.user?.ref ?? 'unknown'],
        ],
        ownedBy: ['Fairway-Component', component],
        logger: ctx.logger,
        signal: ctx.signal,
      });
      kept.forEach(path => ctx.logger.info(`${slug} has ${path} already`));
      added.forEach(path => ctx.logger.info(`Proposed ${path}`));
      ctx.logger.info(
        pullRequest
          ? `Pull request ${pullRequest.number} of ${slug}: ${pullRequest.url}`
          : `${slug} has everything already; nothing to propose`,
      );
      ctx.output('proposed', added);
      ctx.output('kept', kept);
      if (pullRequest) ctx.output('pullRequestUrl', pullRequest.url);
    },
  });
}
