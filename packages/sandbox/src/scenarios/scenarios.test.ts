import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CostExplorerClient,
  GetCostAndUsageCommand,
} from '@aws-sdk/client-cost-explorer';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { Octokit } from '@octokit/rest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventually,
  startTestSandbox,
} from '../__testUtils__/startTestSandbox';
import { Sandbox } from '../index';
import { GITHUB_TOKEN } from '../world/GithubState';
import { KUBERNETES_TOKEN } from '../servers/kubernetes/createKubernetesServer';

const REPOSITORY = { owner: 'cornjacket', repo: 'platform-infra' };

describe('scenarios over the wire', () => {
  let dataDir: string;
  let sandbox: Sandbox;

  const start = () =>
    startTestSandbox({
      dataDir,
      only: ['github', 'argocd', 'kubernetes', 'aws'],
    });
  const post = async (path: string, body: object = {}) => {
    const reply = await fetch(`${sandbox.urls.control}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const json = await reply.json();
    expect({ status: reply.status, json }).toMatchObject({ status: 200 });
    return json;
  };
  const scenario = (name: string, parameters: object = {}) =>
    post(`/scenarios/${name}`, parameters);
  const restart = async () => {
    await sandbox.close();
    sandbox = await start();
  };
  const account = (id: string, region: string) => ({
    endpoint: sandbox.urls.aws,
    region,
    maxAttempts: 1,
    credentials: {
      accessKeyId: `AKIA${id}SANDBOX`,
      secretAccessKey: 'sandbox',
    },
  });
  const argocd = (path: string, init: RequestInit = {}) =>
    fetch(`${sandbox.urls.argocd}/api/v1${path}`, {
      ...init,
      headers: { authorization: 'Bearer sandbox-argocd-token' },
    });
  const health = async (name: string) =>
    (await (await argocd(`/applications/${name}`)).json()).status.health.status;
  const octokit = () =>
    new Octokit({
      auth: GITHUB_TOKEN,
      baseUrl: `${sandbox.urls.github}/api/v3`,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  const commit = () =>
    octokit().repos.createOrUpdateFileContents({
      ...REPOSITORY,
      path: `notes/${Math.random()}.md`,
      message: 'Note',
      content: Buffer.from('x').toString('base64'),
    });
  /** Average replication lag of uat's secondary, ms, over the last minutes; undefined: no datapoints. */
  const lag = async () => {
    const now = sandbox.world.clock.now().getTime();
    const { Datapoints = [] } = await new CloudWatchClient(
      account('111100000002', 'ap-southeast-4'),
    ).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/RDS',
        MetricName: 'AuroraGlobalDBReplicationLag',
        Dimensions: [
          {
            Name: 'DBClusterIdentifier',
            Value: 'sample-platform-ai-uat-melbourne',
          },
        ],
        StartTime: new Date(now - 300_000),
        EndTime: new Date(now),
        Period: 60,
        Statistics: ['Average'],
      }),
    );
    const [newest] = Datapoints.sort(
      (a, b) => b.Timestamp!.getTime() - a.Timestamp!.getTime(),
    );
    return newest?.Average;
  };
  /** What EC2 instances of one account cost on a day, counted from today (UTC). */
  const computeCost = async (offset: number) => {
    const now = sandbox.world.clock.now();
    const day = (days: number) =>
      new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
    const { ResultsByTime } = await new CostExplorerClient(
      account('111100000003', 'us-east-1'),
    ).send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: day(offset), End: day(offset + 1) },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
        Filter: {
          Dimensions: {
            Key: 'SERVICE',
            Values: ['Amazon Elastic Compute Cloud - Compute'],
          },
        },
      }),
    );
    return Number(ResultsByTime![0].Total!.UnblendedCost.Amount);
  };

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-scenarios-'));
    sandbox = await start();
  });
  afterEach(() => post('/scenarios/calm'));
  afterAll(async () => {
    await sandbox?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('describes each scenario and its parameters', async () => {
    const list = await (
      await fetch(`${sandbox.urls.control}/scenarios`)
    ).json();
    expect(list.map((one: any) => one.name)).toEqual(
      expect.arrayContaining([
        'calm',
        'lag-spike',
        'region-down',
        'sync-degraded',
        'merge-blocked',
        'image-missing',
        'cost-jump',
        'throttled',
        'argo-silent',
      ]),
    );
    for (const { name, description, parameters } of list) {
      expect({ name, description }).toEqual({
        name,
        description: expect.stringMatching(/^[A-Z].+\.$/s),
      });
      for (const parameter of parameters) {
        expect(parameter).toMatchObject({
          name: expect.any(String),
          description: expect.any(String),
        });
      }
    }
  });

  it('lag-spike lets readers trail far behind', async () => {
    expect(await lag()).toBeLessThan(1000);
    await scenario('lag-spike');
    await post('/clock', { advanceSeconds: 300 });
    expect(await lag()).toBeGreaterThan(2000);
    await scenario('calm');
    await post('/clock', { advanceSeconds: 300 });
    expect(await lag()).toBeLessThan(1000);
  });

  it('F42 region-down leaves no datapoints of the secondary region', async () => {
    expect(await lag()).toEqual(expect.any(Number));
    await scenario('region-down');
    await post('/clock', { advanceSeconds: 600 });
    // Silence or a refusal; a number would be made up.
    expect(await lag().catch(() => undefined)).toBeUndefined();
    await scenario('calm');
    await post('/clock', { advanceSeconds: 600 });
    expect(await lag()).toEqual(expect.any(Number));
  });

  it('F57 sync-degraded breaks one application, in Argo CD and in its cluster', async () => {
    await scenario('sync-degraded', { application: 'sample-frontend-uat' });
    await eventually(async () =>
      (await health('sample-frontend-uat')) === 'Degraded' ? true : undefined,
    );
    expect(await health('sample-backend-uat')).toBe('Healthy');
    const pods = await (
      await fetch(
        `${sandbox.urls.kubernetes}/clusters/sample-platform-ai-uat/api/v1/pods`,
        { headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` } },
      )
    ).json();
    expect(JSON.stringify(pods)).toContain('CrashLoopBackOff');
    await scenario('calm');
    await eventually(async () =>
      (await health('sample-frontend-uat')) === 'Healthy' ? true : undefined,
    );
  });

  it('image-missing leaves new pods without their image', async () => {
    await scenario('image-missing', { application: 'campaign-query-staging' });
    const waiting = await eventually(async () => {
      const { items } = await (
        await fetch(
          `${sandbox.urls.kubernetes}/clusters/campaign-lifecycle-platform-staging/api/v1/pods`,
          { headers: { authorization: `Bearer ${KUBERNETES_TOKEN}` } },
        )
      ).json();
      return items.find((pod: any) =>
        JSON.stringify(pod).includes('ImagePullBackOff'),
      );
    });
    expect(waiting.metadata.name).toMatch(/^campaign-query-/);
    await scenario('calm');
    await eventually(async () =>
      (await health('campaign-query-staging')) === 'Healthy' ? true : undefined,
    );
  });

  it('F22 merge-blocked refuses commits to main, and leaves it protected as it was', async () => {
    await expect(commit()).resolves.toMatchObject({ status: 201 });
    const own = {
      owner: 'campaign-platform',
      repo: 'platform-infrastructure',
      branch: 'main',
    };
    await octokit().repos.updateBranchProtection({
      ...own,
      required_status_checks: { strict: false, contexts: ['render'] },
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    await scenario('merge-blocked');
    await expect(commit()).rejects.toMatchObject({ status: 409 });
    expect(
      (await octokit().repos.getBranchProtection(own)).data
        .required_pull_request_reviews,
    ).toBeDefined();
    await scenario('calm');
    await expect(commit()).resolves.toMatchObject({ status: 201 });
    const { data } = await octokit().repos.getBranchProtection(own);
    expect(data.required_status_checks!.contexts).toEqual(['render']);
    expect(data.required_pull_request_reviews).toBeUndefined();
    await octokit().repos.deleteBranchProtection(own);
  });

  it('cost-jump raises what production has cost since three days', async () => {
    const before = await computeCost(-2);
    await scenario('cost-jump');
    const raised = await computeCost(-2);
    expect(raised / before).toBeGreaterThan(1.3);
    await scenario('calm');
    // What was charged stays charged; the days after are as before. Weekends
    // cost less, so that like days are compared.
    await post('/clock', { advanceSeconds: 3 * 86_400 });
    expect(await computeCost(-5)).toBe(raised);
    expect((await computeCost(-2)) / (await computeCost(-9))).toBeLessThan(1.1);
  });

  it('F39 throttled refuses every call of AWS, throttled-github of GitHub', async () => {
    const ecr = () =>
      new ECRClient(account('111100000000', 'ap-southeast-2')).send(
        new DescribeRepositoriesCommand({}),
      );
    await scenario('throttled');
    await scenario('throttled-github');
    await expect(ecr()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(octokit().users.getAuthenticated()).rejects.toMatchObject({
      status: 403,
    });
    const { result } = await scenario('calm');
    expect(result.ended.sort()).toEqual(['throttled', 'throttled-github']);
    await expect(ecr()).resolves.toBeDefined();
    await expect(octokit().users.getAuthenticated()).resolves.toBeDefined();
  });

  it('F48 argo-silent keeps connections open and says nothing', async () => {
    await scenario('argo-silent');
    await expect(
      argocd('/applications', { signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    await scenario('calm');
    expect((await argocd('/applications')).status).toBe(200);
  });

  it('tag-missing releases what does not exist, once however often it is asked for', async () => {
    const tag = async () =>
      /newTag: (\S+)/.exec(
        (await sandbox.world.git.readFile(
          'sample-platform-ai/sample-platform-ai',
          'main',
          'gitops/overlays/dev/sample-backend/kustomization.yaml',
        )) ?? '',
      )?.[1];
    const before = await tag();
    await scenario('tag-missing');
    await scenario('tag-missing');
    expect(await tag()).toContain('99.0.0');
    await restart();
    expect(await tag()).toContain('99.0.0');
    await scenario('calm');
    expect(await tag()).toBe(before);
  });

  it('adds scenarios up and keeps them over a restart, until calm', async () => {
    await scenario('lag-spike');
    await scenario('sync-degraded', { application: 'sample-frontend-uat' });
    await scenario('argo-silent');
    await scenario('throttled-github');
    await restart();
    const active = async () =>
      (await (await fetch(`${sandbox.urls.control}/scenarios`)).json())
        .filter((one: any) => one.active)
        .map((one: any) => one.name)
        .sort();
    expect(await active()).toEqual([
      'argo-silent',
      'lag-spike',
      'sync-degraded',
      'throttled-github',
    ]);
    await expect(
      argocd('/applications', { signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(octokit().users.getAuthenticated()).rejects.toMatchObject({
      status: 403,
    });
    await fetch(`${sandbox.urls.control}/scenarios/argo-silent`, {
      method: 'DELETE',
    });
    await eventually(async () =>
      (await health('sample-frontend-uat')) === 'Degraded' ? true : undefined,
    );
    await scenario('calm');
    expect(await active()).toEqual(['calm']);
    await eventually(async () =>
      (await health('sample-frontend-uat')) === 'Healthy' ? true : undefined,
    );
    await restart();
    expect(await active()).toEqual(['calm']);
  });

  it('refuses parameters that mean nothing', async () => {
    const refused = async (name: string, parameters: unknown) => {
      const reply = await fetch(`${sandbox.urls.control}/scenarios/${name}`, {
        method: 'POST',
        body: JSON.stringify(parameters),
      });
      return `${reply.status} ${(await reply.json()).error}`;
    };
    expect(await refused('calmm', {})).toMatch(/^404 .*did you mean "calm"/);
    expect(await refused('sync-degraded', { app: 'x' })).toMatch(
      /^400 .*"app"/,
    );
    expect(await refused('sync-degraded', { application: {} })).toMatch(
      /^400 .*is text/,
    );
    expect(await refused('merge-blocked', { hard: 'yes' })).toMatch(
      /^400 .*takes no parameters/,
    );
    expect(await refused('sync-degraded', [])).toMatch(/^400/);
  });
});
