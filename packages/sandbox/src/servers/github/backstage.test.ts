import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { mockServices } from '@backstage/backend-test-utils';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import {
  GithubEntityProvider,
  GithubOrgEntityProvider,
} from '@backstage/plugin-catalog-backend-module-github';
import { createCatalogRegisterAction } from '@backstage/plugin-scaffolder-backend';
import {
  createPublishGithubAction,
  createPublishGithubPullRequestAction,
} from '@backstage/plugin-scaffolder-backend-module-github';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { CheckedFetch, checkedFetch } from './__testUtils__/checkedFetch';

const ORG = 'sample-platform-ai';
const REPOSITORY = 'sample-platform-ai/sample-platform-ai';

describe("Backstage's own clients, unmodified, agree with the Git host", () => {
  let sandbox: Sandbox;
  let workspacePath: string;
  let checked: CheckedFetch;
  const plainFetch = globalThis.fetch;
  const settings = () => ({
    integrations: {
      github: [
        {
          host: new URL(sandbox.urls.github).host,
          apiBaseUrl: `${sandbox.urls.github}/api/v3`,
          token: GITHUB_TOKEN,
        },
      ],
    },
  });
  const config = (more: object = {}) =>
    mockServices.rootConfig({ data: { ...settings(), ...more } });
  const integrations = () => ScmIntegrations.fromConfig(config());
  const write = (path: string, content: string) => {
    const file = join(workspacePath, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
  };
  const run = async (action: any, input: object) => {
    const outputs: Record<string, unknown> = {};
    const context = createMockActionContext({
      workspacePath,
      input: input as any,
    });
    await action.handler({
      ...context,
      output: (name: string, value: unknown) => {
        outputs[name] = value;
      },
    });
    return outputs;
  };
  const repoUrl = (owner: string, repo: string) =>
    `${new URL(sandbox.urls.github).host}?owner=${owner}&repo=${repo}`;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    checked = checkedFetch(`${sandbox.urls.github}/api/v3`);
    globalThis.fetch = checked.fetch;
  });
  beforeEach(() => {
    workspacePath = mkdtempSync(join(tmpdir(), 'sandbox-workspace-'));
  });
  afterEach(() => {
    rmSync(workspacePath, { recursive: true, force: true });
  });
  afterAll(async () => {
    globalThis.fetch = plainFetch;
    await sandbox.close();
  });

  it('publish:github creates, pushes and protects a repository with everything it can ask for', async () => {
    write('README.md', '# orders\n');
    write('catalog-info.yaml', 'kind: Component\n');
    const outputs = await run(
      createPublishGithubAction({
        integrations: integrations(),
        config: config(),
        githubCredentialsProvider:
          DefaultGithubCredentialsProvider.fromIntegrations(integrations()),
      }),
      {
        repoUrl: repoUrl(ORG, 'orders'),
        description: 'Takes orders',
        access: `${ORG}/${ORG}`,
        collaborators: [{ user: 'sample-platform-lead', access: 'push' }],
        topics: ['Go'],
        repoVariables: { REGION: 'ap-southeast-2' },
        secrets: { TOKEN: 'sealed' },
        oidcCustomization: { useDefault: true },
        requireCodeOwnerReviews: true,
        requiredStatusCheckContexts: ['build'],
        requiredCommitSigning: true,
        subscribe: true,
        gitAuthorName: 'Template',
        gitAuthorEmail: 'template@example.com',
      },
    );
    const head = await sandbox.world.git.resolve(`${ORG}/orders`, 'main');
    expect(outputs).toEqual({
      commitHash: head,
      remoteUrl: `${sandbox.urls.github}/${ORG}/orders.git`,
      repoContentsUrl: `${sandbox.urls.github}/${ORG}/orders/blob/main`,
    });
    expect(await sandbox.world.git.listFiles(`${ORG}/orders`, 'main')).toEqual([
      'README.md',
      'catalog-info.yaml',
    ]);
    expect(sandbox.world.github.repository(`${ORG}/orders`)).toMatchObject({
      topics: ['go'],
      teams: { [ORG]: 'admin' },
      collaborators: { 'sample-platform-lead': 'push' },
      variables: { REGION: { value: 'ap-southeast-2' } },
      secrets: { TOKEN: {} },
      protection: {
        main: {
          requiredSignatures: true,
          requiredReviews: { requireCodeOwnerReviews: true },
          requiredStatusChecks: { contexts: ['build'] },
        },
      },
    });
  });

  it('publish:github fails with the words of the Git host when the name is taken', async () => {
    write('README.md', '# again\n');
    await expect(
      run(
        createPublishGithubAction({
          integrations: integrations(),
          config: config(),
        }),
        { repoUrl: repoUrl(ORG, ORG) },
      ),
    ).rejects.toThrow(/name already exists on this account/);
  });

  const pullRequest = (input: object) =>
    run(
      createPublishGithubPullRequestAction({
        integrations: integrations(),
        githubCredentialsProvider:
          DefaultGithubCredentialsProvider.fromIntegrations(integrations()),
      }),
      { repoUrl: repoUrl(ORG, ORG), description: 'Why', ...input },
    );

  it('publish:github:pull-request opens one, asks for reviews, and updates it', async () => {
    write('docs/added.md', 'one\n');
    const outputs = await pullRequest({
      branchName: 'add-docs',
      title: 'Add docs',
      reviewers: ['sample-platform-lead'],
      teamReviewers: [`${ORG}-leads`],
      assignees: ['sample-platform-developer'],
      filesToDelete: ['README.md', 'not-there.md'],
    });
    const repository = sandbox.world.github.repository(REPOSITORY)!;
    const pull = repository.pulls.find(({ head }) => head === 'add-docs')!;
    expect(outputs).toEqual({
      targetBranchName: 'main',
      remoteUrl: `${sandbox.urls.github}/${REPOSITORY}/pull/${pull.number}`,
      pullRequestNumber: pull.number,
    });
    expect(pull).toMatchObject({
      title: 'Add docs',
      requestedReviewers: expect.arrayContaining(['sample-platform-lead']),
      requestedTeams: expect.arrayContaining([`${ORG}-leads`]),
      assignees: ['sample-platform-developer'],
    });
    const files = await sandbox.world.git.listFiles(REPOSITORY, 'add-docs');
    expect(files).toContain('docs/added.md');
    expect(files).not.toContain('README.md');

    await expect(
      pullRequest({ branchName: 'add-docs', title: 'Add docs' }),
    ).rejects.toThrow(/Pull request creation failed/);
    write('docs/added.md', 'two\n');
    const updated = await pullRequest({
      branchName: 'add-docs',
      title: 'Add more docs',
      update: true,
    });
    expect(updated.pullRequestNumber).toBe(pull.number);
    expect(pull.title).toBe('Add more docs');
  });

  it('publish:github:pull-request works from a fork', async () => {
    write('docs/forked.md', 'from a fork\n');
    const { pullRequestNumber } = await pullRequest({
      branchName: 'forked',
      title: 'From a fork',
      forceFork: true,
    });
    const repository = sandbox.world.github.repository(REPOSITORY)!;
    const fork = sandbox.world.github.repository(`fairway-portal/${ORG}`)!;
    expect(fork.parentId).toBe(repository.id);
    expect(
      repository.pulls.find(({ number }) => number === pullRequestNumber),
    ).toMatchObject({ head: 'forked', headRepositoryId: fork.id });
    expect(
      await sandbox.world.git.readFile(
        REPOSITORY,
        `refs/pull/${pullRequestNumber}/head`,
        'docs/forked.md',
      ),
    ).toBe('from a fork\n');
  });

  const reader = () =>
    UrlReaders.default({
      logger: mockServices.logger.mock(),
      config: mockServices.rootConfig({
        data: {
          ...settings(),
          backend: {
            reading: { allow: [{ host: new URL(sandbox.urls.github).host }] },
          },
        },
      }),
    });

  it('catalog:register finds the file that publish:github pushed', async () => {
    const added: string[] = [];
    const outputs = await run(
      createCatalogRegisterAction({
        integrations: integrations(),
        catalog: {
          addLocation: async ({ target }: { target: string }) => {
            added.push(target);
            // As the catalog does: what cannot be read is refused.
            await reader().readUrl(target);
            return { entities: [] };
          },
        } as any,
      }),
      {
        repoContentsUrl: `${sandbox.urls.github}/${ORG}/orders/blob/main`,
        catalogInfoPath: '/catalog-info.yaml',
      },
    );
    const url = `${sandbox.urls.github}/${ORG}/orders/tree/main/catalog-info.yaml`;
    expect(added).toContain(url);
    expect(outputs.catalogInfoUrl).toBe(url);
  });

  it('URL readers read a file, know it unchanged, and read trees and globs', async () => {
    const root = `${sandbox.urls.github}/${REPOSITORY}`;
    const path = 'gitops/overlays/dev/sample-backend/kustomization.yaml';
    const file = await reader().readUrl(`${root}/blob/main/${path}`);
    const content = await sandbox.world.git.readFile(REPOSITORY, 'main', path);
    expect((await file.buffer()).toString()).toBe(content);
    expect(file.lastModifiedAt).toBeInstanceOf(Date);
    await expect(
      reader().readUrl(`${root}/blob/main/${path}`, { etag: file.etag }),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });
    await expect(
      reader().readUrl(`${root}/blob/main/none.yaml`),
    ).rejects.toMatchObject({ name: 'NotFoundError' });

    const tree = await reader().readTree(`${root}/tree/main/gitops/overlays`);
    const files = await tree.files();
    const below = await sandbox.world.git.listFiles(
      REPOSITORY,
      'main',
      'gitops/overlays',
    );
    expect(files.map(entry => `gitops/overlays/${entry.path}`).sort()).toEqual(
      [...below].sort(),
    );
    await expect(
      reader().readTree(`${root}/tree/main`, { etag: tree.etag }),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });

    const found = await reader().search(
      `${root}/blob/main/gitops/overlays/*/sample-backend/kustomization.yaml`,
    );
    expect(found.files.map(entry => entry.url).sort()).toEqual(
      ['dev', 'prod', 'uat'].map(
        environment =>
          `${root}/blob/main/gitops/overlays/${environment}/sample-backend/kustomization.yaml`,
      ),
    );
    expect((await found.files[0].content()).toString()).toContain('kustomize');
  });

  const connected = async (provider: {
    connect(connection: any): Promise<void>;
  }) => {
    const mutations: any[] = [];
    const refreshed: string[] = [];
    await provider.connect({
      applyMutation: async (mutation: any) => {
        mutations.push(mutation);
      },
      refresh: async ({ keys }: { keys: string[] }) => {
        refreshed.push(...keys);
      },
    });
    return { mutations, refreshed };
  };
  const now = { run: async ({ fn }: any) => fn(new AbortController().signal) };

  it('the entity provider discovers repositories, page by page, and follows pushes', async () => {
    const [provider] = GithubEntityProvider.fromConfig(
      config({
        catalog: {
          providers: {
            github: {
              host: new URL(sandbox.urls.github).host,
              organization: ORG,
              catalogPath: '/catalog-info.yaml',
              validateLocationsExist: true,
              pageSizes: { repositories: 1 },
              filters: { topic: { include: ['go'] }, allowForks: false },
            },
          },
        },
      }),
      { logger: mockServices.logger.mock(), schedule: now as any },
    );
    const { mutations, refreshed } = await connected(provider);
    expect(mutations).toHaveLength(1);
    expect(
      mutations[0].entities.map(({ entity }: any) => entity.spec.target),
    ).toEqual([
      `${sandbox.urls.github}/${ORG}/orders/blob/main/catalog-info.yaml`,
    ]);

    // Nobody listens there: what was to be delivered can be read all the same.
    const hooks = `${sandbox.urls.github}/api/v3/repos/${ORG}/orders/hooks`;
    const call = async (url: string, init: RequestInit = {}) => {
      const headers = { authorization: `token ${GITHUB_TOKEN}` };
      return (await fetch(url, { ...init, headers })).json();
    };
    const hook = await call(hooks, {
      method: 'POST',
      body: JSON.stringify({ config: { url: 'http://127.0.0.1:9/' } }),
    });
    await sandbox.world.git.commit(`${ORG}/orders`, {
      branch: 'main',
      message: 'Describe',
      author: { name: 'A', email: 'a@example.com' },
      files: [
        { path: 'catalog-info.yaml', content: 'kind: Component\nspec: {}\n' },
      ],
    });
    const delivery = await eventually(async () =>
      (
        await call(`${hooks}/${hook.id}/deliveries`)
      ).find(({ event }: { event: string }) => event === 'push'),
    );
    const { request } = await call(
      `${hooks}/${hook.id}/deliveries/${delivery.id}`,
    );
    await provider.onEvent({
      topic: 'github.push',
      eventPayload: request.payload,
    });
    expect(refreshed).toContain(
      `url:${sandbox.urls.github}/${ORG}/orders/blob/main/catalog-info.yaml`,
    );
  });

  it('the organisation provider discovers people, groups, and who is in which', async () => {
    const provider = GithubOrgEntityProvider.fromConfig(config(), {
      id: 'test',
      orgUrl: `${sandbox.urls.github}/${ORG}`,
      logger: mockServices.logger.mock(),
      schedule: now as any,
      pageSizes: { teamMembers: 2 },
    });
    const { mutations } = await connected(provider);
    const entities = mutations[0].entities.map(({ entity }: any) => entity);
    const group = entities.find(
      ({ kind, metadata }: any) => kind === 'Group' && metadata.name === ORG,
    );
    expect(group.spec.children).toEqual([`${ORG}-leads`]);
    const lead = entities.find(
      ({ metadata }: any) => metadata.name === 'sample-platform-lead',
    );
    expect(lead.spec.memberOf.sort()).toEqual([ORG, `${ORG}-leads`]);
  });

  it("all of them were answered as GitHub's description says", () => {
    expect(checked.disagreements).toEqual([]);
    expect([...checked.agreed]).toEqual(
      expect.arrayContaining([
        'POST /orgs/{org}/repos',
        'PUT /repos/{owner}/{repo}/branches/{branch}/protection',
        'POST /repos/{owner}/{repo}/pulls',
        'POST /repos/{owner}/{repo}/forks',
      ]),
    );
  });
});
