import { ConfigReader } from '@backstage/config';
import { readObservability } from './readObservability';

const read = (platformEnvs: object = {}) =>
  readObservability(new ConfigReader({ platformEnvs } as never));

const grafana = (main: object) => ({ grafana: { instances: { main } } });
const prometheus = (main: object) => ({ prometheus: { instances: { main } } });

describe('readObservability', () => {
  it('needs nothing', () => {
    expect(read()).toMatchObject({
      grafana: [],
      prometheus: [],
      intervals: {
        grafana: { activeMs: 60_000, idleMs: 86_400_000 },
        prometheus: { activeMs: 60_000, idleMs: 86_400_000 },
      },
      links: { aws: { logGroups: { ecs: '/ecs/{component}' } } },
    });
    expect(read().links.loki).toBeUndefined();
  });

  it('reads everything', () => {
    const found = read({
      grafana: {
        pollInterval: { seconds: 30 },
        idlePollInterval: { hours: 2 },
        instances: {
          main: {
            url: 'https://grafana.internal/',
            frontendUrl: 'https://grafana.example.com/',
            token: 't',
            tags: ['service'],
            folders: ['shop'],
          },
        },
      },
      prometheus: {
        pollInterval: 'PT2M',
        instances: {
          eu: {
            url: 'https://prometheus.example.com/',
            username: 'u',
            password: 'p',
            headers: { 'X-Scope-OrgID': 'shop' },
            convention: 'istio',
            queries: { requests: 'sum by ({labels}) (rate(x[5m]))' },
            labels: { component: 'app', environment: '' },
            matchers: 'cluster=~"a{2}|b"',
            environments: ['prod'],
          },
        },
      },
      links: {
        loki: { datasource: 'loki' },
        aws: {
          accessPortalUrl: 'https://x.awsapps.com/start/',
          roleName: 'ReadOnly',
          logGroups: { ecs: '' },
        },
      },
    });
    expect(found).toMatchObject({
      intervals: {
        grafana: { activeMs: 30_000, idleMs: 7_200_000 },
        prometheus: { activeMs: 120_000 },
      },
      grafana: [
        {
          url: 'https://grafana.internal',
          frontendUrl: 'https://grafana.example.com',
          auth: { token: 't' },
        },
      ],
      prometheus: [
        {
          instance: 'eu',
          auth: { username: 'u', headers: { 'X-Scope-OrgID': 'shop' } },
          labels: { component: 'app', environment: '' },
          environments: ['prod'],
        },
      ],
      links: {
        loki: {
          grafanaUrl: 'https://grafana.example.com',
          selector: '{namespace="{namespace}", app="{component}"}',
        },
        aws: {
          portal: {
            url: 'https://x.awsapps.com/start',
            roleName: 'ReadOnly',
          },
          logGroups: {
            eks: '/aws/containerinsights/{cluster}/application',
            ecs: '',
          },
        },
      },
    });
  });

  it('leaves out an instance whose URL comes from a variable that is not set', () => {
    expect(
      read({ ...grafana({ token: 't' }), ...prometheus({}) }),
    ).toMatchObject({ grafana: [], prometheus: [] });
  });

  const url = 'https://x.example.com';
  it.each([
    [grafana({ url }), 'platformEnvs.grafana.instances.main.token'],
    [
      // eslint-disable-next-line no-script-url
      grafana({ url: 'javascript:alert(1)', token: 't' }),
      'platformEnvs.grafana.instances.main.url',
    ],
    [
      grafana({ url, token: 't', frontendUrl: 'grafana' }),
      'platformEnvs.grafana.instances.main.frontendUrl',
    ],
    [
      { grafana: { pollInterval: { milliseconds: 5 } } },
      'platformEnvs.grafana.pollInterval',
    ],
    [
      prometheus({ url, convention: 'statsd' }),
      'platformEnvs.prometheus.instances.main.convention must be one of prometheus, opentelemetry, istio',
    ],
    [
      prometheus({ url, matchers: '{cluster="a"}' }),
      'platformEnvs.prometheus.instances.main.matchers',
    ],
    [
      prometheus({ url, queries: { errors: 'sum(rate(x[5m]))' } }),
      'platformEnvs.prometheus.instances.main.queries.errors must group by {labels}',
    ],
    [
      prometheus({ url, labels: { component: '' } }),
      'platformEnvs.prometheus.instances.main.labels.component',
    ],
    [
      prometheus({ url, labels: { cluster: 'a b' } }),
      'platformEnvs.prometheus.instances.main.labels.cluster',
    ],
    [
      { links: { loki: { datasource: 'loki' } } },
      'platformEnvs.links.loki.grafanaUrl is missing',
    ],
    [
      { links: { aws: { accessPortalUrl: url } } },
      'platformEnvs.links.aws.roleName',
    ],
  ])('names the key of a bad value: %j', (config, key) => {
    // the reader of durations and of required values words it its own way
    expect(() => read(config)).toThrow(
      new RegExp(
        key.replace(/[.{}]/g, '\\$&').replace('platformEnvs\\.', '.*'),
      ),
    );
  });
});
