import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import {
  ObservedAlert,
  ObservedDashboard,
} from '@fairway/plugin-platform-envs-node';
import { matchAlerts, problemOfSelector } from './matchAlerts';
import { matchDashboards } from './matchDashboards';
import { monitoringOf } from './monitoringOf';

// eslint-disable-next-line no-script-url
const SCRIPT_URL = 'javascript:alert(1)';

const [dev, prod] = ['dev', 'prod'].map(
  shortName =>
    ({
      ref: `environment:default/shop-${shortName}`,
      name: `shop-${shortName}`,
      shortName,
      namespace: 'shop-apps',
    } as EnvironmentSummary),
);

function alert(
  title: string,
  labels: Record<string, string>,
  more: Partial<ObservedAlert> = {},
) {
  return {
    id: title,
    title,
    state: 'normal' as const,
    labels,
    annotations: {},
    instance: 'main',
    ...more,
  };
}

describe('matchAlerts', () => {
  const subject = { names: ['orders'], environments: [dev, prod] };
  const titles = (alerts: ReturnType<typeof alert>[], more = {}) =>
    matchAlerts(alerts, { ...subject, ...more }).map(a => a.title);

  it('finds alerts by the labels that name the component', () => {
    expect(
      titles([
        alert('a', { service: 'orders' }),
        alert('b', { component: 'orders' }),
        alert('c', { app: 'carts' }),
        alert('d', { team: 'orders' }),
      ]),
    ).toEqual(['a', 'b']);
  });

  it('takes a component of the same name in another system for another', () => {
    const labels = { service: 'orders', system: 'bakery' };
    expect(titles([alert('a', labels)], { system: 'shop' })).toEqual([]);
    expect(titles([alert('a', labels)], { system: 'bakery' })).toEqual(['a']);
  });

  it('goes by the selectors of an annotation instead, each on its own', () => {
    const alerts = [
      alert('a', { service: 'orders' }),
      alert('b', { team: 'shop' }),
      alert('c', { tier: 'gold' }),
    ];
    expect(titles(alerts, { selectors: ['team=shop', 'tier = gold'] })).toEqual(
      ['b', 'c'],
    );
    expect(titles(alerts, { selectors: ['__proto__=x'] })).toEqual([]);
  });

  it('puts the worst first, then the newest', () => {
    const since = (hour: string) => `2026-11-21T${hour}:00:00.000Z`;
    const of = { service: 'orders' };
    expect(
      titles([
        alert('well', of),
        alert('old', of, { state: 'firing', since: since('08') }),
        alert('silent', of, { state: 'no-data' }),
        alert('new', of, { state: 'firing', since: since('09') }),
        alert('soon', of, { state: 'pending' }),
        alert('broken', of, { state: 'error' }),
      ]),
    ).toEqual(['new', 'old', 'broken', 'soon', 'silent', 'well']);
  });

  it('tells the environment, and hides no alert of one that it does not know', () => {
    const of = (environment: string) =>
      matchAlerts([alert('a', { service: 'orders', environment })], subject)[0];
    expect(of('prod').environmentRef).toBe(prod.ref);
    expect(of('shop-dev').environmentRef).toBe(dev.ref);
    expect(of('production')).toMatchObject({ environmentLabel: 'production' });
  });

  it('F53 leaves out a link that is no web page, and keeps HTML as text', () => {
    const [found] = matchAlerts(
      [
        alert(
          '<img src=x onerror=alert(1)>',
          { service: 'orders' },
          {
            url: SCRIPT_URL,
            annotations: { summary: '<script>alert(1)</script>' },
          },
        ),
      ],
      subject,
    );
    expect(found.url).toBeUndefined();
    expect(found.title).toBe('<img src=x onerror=alert(1)>');
    expect(found.summary).toBe('<script>alert(1)</script>');
  });
});

describe('problemOfSelector', () => {
  it('wants a label and a value', () => {
    expect(problemOfSelector('service=orders')).toBeUndefined();
    for (const wrong of ['service', '=x', 'service=', 'a b=c', 'a=b=c']) {
      expect(problemOfSelector(wrong)).toMatch(/not of the form label=value/);
    }
  });
});

describe('matchDashboards', () => {
  function dashboard(
    uid: string,
    tags: string[],
    more: Partial<ObservedDashboard> = {},
  ) {
    return {
      uid,
      title: uid,
      tags,
      url: `https://g.example.com/d/${uid}/slug`,
      folderTitle: 'Shop',
      folderUrl: '',
      instance: 'main',
      ...more,
    };
  }
  const all = [
    dashboard('orders', ['orders']),
    dashboard('deep', ['orders', 'prod']),
    dashboard('platform', ['shop']),
  ];
  const subject = { name: 'orders', environments: [dev, prod] };
  const urlsOf = (found: ReturnType<typeof matchDashboards>, at: number) =>
    found.dashboards[at].links.map(({ url }) => url);

  it('finds dashboards by the tag that is the name, for each environment', () => {
    const found = matchDashboards(all, subject);
    expect(found.problems).toEqual([]);
    expect(found.dashboards.map(d => d.title)).toEqual(['deep', 'orders']);
    expect(urlsOf(found, 1)).toEqual([
      'https://g.example.com/d/orders/slug?var-environment=dev&var-namespace=shop-apps&from=now-1h&to=now',
      'https://g.example.com/d/orders/slug?var-environment=prod&var-namespace=shop-apps&from=now-1h&to=now',
    ]);
  });

  it('shows a dashboard with the tag of an environment for that one alone', () => {
    expect(urlsOf(matchDashboards(all, subject), 0)).toEqual([
      expect.stringContaining('var-environment=prod'),
    ]);
  });

  it('puts the overview first, also one that was not found otherwise', () => {
    const of = (overview: string) =>
      matchDashboards(all, { ...subject, overview }).dashboards.map(d => [
        d.title,
        d.overview,
      ]);
    expect(of('https://g.example.com/d/platform?orgId=1')).toEqual([
      ['platform', true],
      ['deep', false],
      ['orders', false],
    ]);
    expect(of('https://other.example.com/board')[0]).toEqual([
      'Overview',
      true,
    ]);
  });

  it('F54 says what is wrong with an annotation, and shows what else there is', () => {
    const found = matchDashboards(all, {
      ...subject,
      selector: 'tags @>',
      overview: SCRIPT_URL,
    });
    expect(found.dashboards).toEqual([]);
    expect(found.problems).toEqual([
      expect.stringMatching(/grafana\/dashboard-selector cannot be read/),
      expect.stringMatching(/grafana\/overview-dashboard is not an http/),
    ]);
  });
});

describe('monitoringOf', () => {
  it('reads nothing from nothing', () => {
    expect(monitoringOf({}, [dev, prod])).toEqual({});
  });

  it('lets an environment override what holds for all', () => {
    expect(
      monitoringOf(
        {
          'fairway.dev/runbook': 'https://docs.example.com/orders',
          'prod.env.fairway.dev/runbook': 'https://docs.example.com/prod',
          'dev.env.fairway.dev/metrics-name': 'orders-next',
          'grafana/alert-label-selector': 'team=shop, service=orders,',
          'grafana/source-id': 'eu',
        },
        [dev, prod],
      ),
    ).toEqual({
      alertSelectors: ['team=shop', 'service=orders'],
      grafana: 'eu',
      metricsNames: { [dev.ref]: 'orders-next' },
      runbooks: {
        [dev.ref]: 'https://docs.example.com/orders',
        [prod.ref]: 'https://docs.example.com/prod',
      },
    });
  });
});
