import { execFile, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KUBERNETES_TOKEN, KUBERNETES_TOKEN_WITHOUT_LOGS } from './access';
import {
  KubernetesRig,
  startKubernetes,
} from './__testUtils__/startKubernetes';

const run = promisify(execFile);

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    // eslint-disable-next-line no-console
    console.warn(
      'SKIPPED: kubectl is not on PATH; nothing was proved of get, describe, top, logs, watch, rollout, explain and auth',
    );
    return false;
  }
}

(hasKubectl() ? describe : describe.skip)('kubectl', () => {
  let rig: KubernetesRig;
  let config: string;
  beforeAll(async () => {
    rig = await startKubernetes();
    config = join(rig.sandbox.dataDir, 'kubeconfig');
    // No token in a header: kubectl sends none over plain http.
    const cluster = (name: string, token: string) => ({
      name,
      cluster: {
        server: `${rig.url}/token/${token}/clusters/sample-platform-ai-uat`,
      },
    });
    const context = (name: string) => ({
      name,
      context: { cluster: name, namespace: 'sample-platform-ai' },
    });
    writeFileSync(
      config,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          cluster('reader', KUBERNETES_TOKEN),
          cluster('without-logs', KUBERNETES_TOKEN_WITHOUT_LOGS),
        ],
        contexts: [context('reader'), context('without-logs')],
        'current-context': 'reader',
      }),
    );
  }, 30_000);
  afterAll(() => rig.close());

  const options = () => ({
    env: { ...process.env, HOME: rig.sandbox.dataDir, KUBECONFIG: config },
  });
  const kubectl = async (...args: string[]) =>
    (await run('kubectl', args, options())).stdout;
  /** Lets it run until what it has written will do, then stops it. */
  const kubectlUntil = (
    willDo: (written: string) => boolean,
    ...args: string[]
  ) => {
    const child = spawn('kubectl', args, options());
    let written = '';
    const wait = (enough: (text: string) => boolean) =>
      new Promise<string>((resolve, reject) => {
        const look = () => enough(written) && resolve(written);
        child.stdout.on('data', look);
        child.on('exit', () => reject(new Error(`ended with: ${written}`)));
        look();
      });
    child.stdout.on('data', chunk => {
      written += chunk;
    });
    return {
      begun: wait(text => text.includes('\n')),
      done: wait(willDo).finally(() => child.kill()),
    };
  };
  const refusal = async (...args: string[]): Promise<string> =>
    kubectl(...args).then(
      () => '',
      error => error.stderr,
    );

  it('gets tables of every kind', async () => {
    const table = await kubectl('get', 'pods,deploy,svc');
    expect(table).toMatch(/pod\/sample-backend-\S+ +1\/1 +Running +0 /);
    expect(table).toMatch(/deployment\.apps\/sample-backend +2\/2 +2 +2 /);
    expect(table).toMatch(/service\/sample-backend +ClusterIP +172\./);
    const rest = await kubectl('get', 'hpa,ing,netpol,pdb,cm,sa,es,limits,ep');
    expect(rest).toMatch(
      /horizontalpodautoscaler\.autoscaling\/sample-backend +Deployment\/sample-backend +cpu: \d+%\/70% +2 +6 +2 /,
    );
    expect(rest).toMatch(
      /poddisruptionbudget.policy\/sample-backend +N\/A +1 +1 /,
    );
    expect(rest).toMatch(/externalsecret.*\/database .*SecretSynced +True/);
    expect(await kubectl('get', 'nodes', '-o', 'wide')).toMatch(
      /Ready +<none> +118d +v1\.33\.\S+ +10\.20\./,
    );
    expect(
      JSON.parse(await kubectl('get', 'deploy', '-o', 'json')).items,
    ).toHaveLength(2);
  }, 60_000);

  it('describes, tops and logs', async () => {
    expect(await kubectl('describe', 'deploy', 'sample-backend')).toContain(
      'NewReplicaSetAvailable',
    );
    expect(await kubectl('describe', 'ingress')).not.toContain('error');
    expect(await kubectl('describe', 'nodes')).toContain('MemoryPressure');
    expect(await kubectl('describe', 'hpa', 'sample-backend')).toContain(
      'ValidMetricFound',
    );
    expect(await kubectl('top', 'pods')).toMatch(
      /sample-backend-\S+ +\d+m +\d+Mi/,
    );
    expect(await kubectl('top', 'nodes')).toMatch(/compute\.internal +\d+m/);
    expect(
      await kubectl(
        'logs',
        'deploy/sample-backend',
        '--tail=1',
        '--timestamps',
      ),
    ).toMatch(/^\S+Z \{.*"msg":"request"/);
    expect(
      await refusal('logs', 'deploy/sample-backend', '--previous'),
    ).toMatch(/previous terminated container .* not found/);
  }, 60_000);

  it('explains and discovers', async () => {
    expect(await kubectl('explain', 'deployment')).toContain(
      'KIND:       Deployment',
    );
    expect(await kubectl('api-resources', '-o', 'name')).toContain(
      'deployments.apps',
    );
  }, 60_000);

  it('is told who it is and what it may do', async () => {
    expect(await kubectl('auth', 'whoami')).toContain(
      'system:serviceaccount:fairway:fairway',
    );
    expect(await kubectl('auth', 'can-i', 'list', 'pods')).toBe('yes\n');
    const refused = await run(
      'kubectl',
      ['auth', 'can-i', 'delete', 'pods'],
      options(),
    ).catch(error => error);
    expect(refused.stdout).toBe('no\n');
    expect(await refusal('delete', 'pod', 'x')).toContain(
      'cannot delete resource "pods"',
    );
    expect(await refusal('get', 'secrets')).toContain(
      'cannot list resource "secrets"',
    );
    expect(
      await refusal(
        '--context',
        'without-logs',
        'logs',
        'deploy/sample-backend',
      ),
    ).toContain('cannot get resource "pods/log"');
  }, 60_000);

  it('watches a rollout to its end, and follows a log', async () => {
    const names = (table: string) =>
      new Set(
        table
          .trim()
          .split('\n')
          .slice(1)
          .map(row => row.split(/\s+/)[0]),
      );
    const watched = kubectlUntil(
      table => names(table).size >= 6,
      'get',
      'pods',
      '-w',
    );
    const followed = kubectlUntil(
      log => log.includes('"msg":"request"'),
      'logs',
      '-f',
      'deploy/sample-frontend',
      '--since=1s',
    );
    await watched.begun;
    await rig.release('sample-backend', '1.8.3');
    expect(
      await kubectl('rollout', 'status', 'deploy/sample-backend'),
    ).toContain('successfully rolled out');
    expect(
      await kubectl('rollout', 'history', 'deploy/sample-backend'),
    ).toMatch(/\n2 +<none>/);
    expect(await followed.done).toContain('"path":');
    expect(await watched.done).toMatch(/sample-backend-\S+ +1\/1 +Running/);
  }, 60_000);

  it('F57 shows an image that does not exist', async () => {
    await rig.release('sample-frontend', '99.0.0');
    await rig.sandbox.until(
      'sample-frontend-uat',
      application => application.status.health.status === 'Degraded',
    );
    expect(await kubectl('get', 'pods')).toMatch(
      /sample-frontend-\S+ +0\/1 +ImagePullBackOff +0 /,
    );
    expect(
      await kubectl(
        'describe',
        'pods',
        '-l',
        'backstage.io/kubernetes-id=sample-frontend',
      ),
    ).toMatch(/Warning +Failed .*99\.0\.0: not found/);
    expect(await kubectl('get', 'deploy', 'sample-frontend')).toMatch(
      /sample-frontend +2\/2 +1 +2 /,
    );
  }, 60_000);
});
