import { ConfigReader } from '@backstage/config';
import { readConfig } from './readConfig';

// eslint-disable-next-line no-script-url
const SCRIPT_URL = 'javascript:alert(1)';

const read = (platformEnvs?: object, rest: object = {}) =>
  readConfig(
    new ConfigReader({
      ...rest,
      ...(platformEnvs && { platformEnvs }),
    } as never),
  );

const argocd = (main: object) => ({ argocd: { instances: { main } } });

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(read()).toMatchObject({
      git: {
        untold: { activeMs: 30_000, idleMs: 10_800_000 },
        told: { activeMs: 300_000, idleMs: 10_800_000 },
      },
      ecs: { pollIntervalMs: 20_000, idlePollIntervalMs: 1_800_000 },
      infrastructure: {
        clusters: { activeMs: 60_000, idleMs: 86_400_000 },
        stacks: { activeMs: 600_000, idleMs: 86_400_000 },
        replicationLag: { activeMs: 60_000, idleMs: 86_400_000 },
      },
      argocd: [],
      linkTemplates: [],
      aws: false,
    });
  });

  it('reads everything', () => {
    expect(
      read(
        {
          gitHost: { host: 'github.com' },
          gitPollInterval: { seconds: 10 },
          gitIdlePollInterval: { minutes: 30 },
          gitToldPollInterval: { minutes: 2 },
          ecs: { idlePollInterval: { hours: 1 } },
          ...argocd({
            url: 'https://argocd.example.com/',
            token: 't',
            relistInterval: { minutes: 2 },
            idleTimeout: 'PT1M',
            projects: ['shop'],
            namespaces: [],
          }),
          links: { grafanaUrl: 'https://g.example.com/d/1?var-c={component}' },
        },
        { aws: { mainAccount: {} } },
      ),
    ).toMatchObject({
      gitHost: { host: 'github.com' },
      git: {
        untold: { activeMs: 10_000, idleMs: 1_800_000 },
        told: { activeMs: 120_000, idleMs: 1_800_000 },
      },
      ecs: { pollIntervalMs: 20_000, idlePollIntervalMs: 3_600_000 },
      argocd: [
        {
          instance: 'main',
          url: 'https://argocd.example.com',
          frontendUrl: 'https://argocd.example.com',
          token: 't',
          projects: ['shop'],
          relistIntervalMs: 120_000,
          idleTimeoutMs: 60_000,
        },
      ],
      linkTemplates: [
        {
          title: 'Grafana',
          type: 'grafana',
          urlTemplate: 'https://g.example.com/d/1?var-c={component}',
        },
      ],
      aws: true,
    });
  });

  it('leaves out an instance whose URL comes from an environment variable that is not set', () => {
    expect(read(argocd({ token: 't' })).argocd).toEqual([]);
  });

  it.each([
    [
      argocd({ url: 'argocd', token: 't' }),
      'platformEnvs.argocd.instances.main.url',
    ],
    [argocd({ url: 'http://a' }), 'platformEnvs.argocd.instances.main.token'],
    [
      argocd({ url: 'http://a', token: 7 }),
      'platformEnvs.argocd.instances.main.token',
    ],
    [
      argocd({ url: 'http://a', token: 't', idleTimeout: { milliseconds: 1 } }),
      'platformEnvs.argocd.instances.main.idleTimeout',
    ],
    [
      argocd({ url: 'http://a', token: 't', projects: 'shop' }),
      'platformEnvs.argocd.instances.main.projects',
    ],
    [
      argocd({ url: 'http://a', token: 't', relistInterval: 'soon' }),
      'platformEnvs.argocd.instances.main.relistInterval',
    ],
    [
      { argocd: { instances: { 'a/b': { url: 'http://a' } } } },
      'platformEnvs.argocd.instances.a/b',
    ],
    [{ links: { grafanaUrl: SCRIPT_URL } }, 'platformEnvs.links.grafanaUrl'],
    [{ gitPollInterval: 'often' }, 'platformEnvs.gitPollInterval'],
  ])('F53 stops the start on %j with the path of the key', (config, path) => {
    expect(() => read(config)).toThrow(path);
  });
});
