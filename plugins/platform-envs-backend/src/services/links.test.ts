import { builtInLinks, DEFAULT_LOG_GROUPS } from './builtInLinks';
import { dashboardUrl } from './grafanaLinks';
import { fillLinks, isPortalPath, isWebUrl, LinkValues } from './links';

const ON_EKS: LinkValues = {
  component: 'orders',
  environment: 'prod',
  system: 'shop',
  runtime: 'eks',
  account: '111100000003',
  region: 'ap-southeast-2',
  namespace: 'shop-apps',
  cluster: 'shop-prod',
  database: 'shop-prod-db',
};
const ON_ECS: LinkValues = { ...ON_EKS, runtime: 'ecs', namespace: undefined };
const { component: _, ...ENVIRONMENT } = ON_EKS;

const withLoki = (selector = '{namespace="{namespace}", app="{component}"}') =>
  builtInLinks({
    loki: {
      grafanaUrl: 'https://grafana.example.com',
      datasource: 'loki',
      selector,
    },
    aws: { logGroups: DEFAULT_LOG_GROUPS },
  });

const byTitle = (values: LinkValues, templates = withLoki()) =>
  Object.fromEntries(fillLinks(templates, values).map(l => [l.title, l]));

describe('isWebUrl', () => {
  it.each([
    // eslint-disable-next-line no-script-url
    'javascript:alert(1)',
    // eslint-disable-next-line no-script-url
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example.com',
    '/catalog',
    'not a url',
    '',
  ])('F53 takes %j for no web page', url => {
    expect(isWebUrl(url)).toBe(false);
  });

  it('takes http and https', () => {
    expect(isWebUrl('https://example.com/x')).toBe(true);
    expect(isWebUrl('HTTP://example.com')).toBe(true);
  });
});

describe('isPortalPath', () => {
  it('F53 takes a path, and nothing that a browser reads as another host', () => {
    expect(isPortalPath('/docs/default/component/a')).toBe(true);
    for (const url of [
      '//evil.example.com',
      '/\\evil.example.com',
      'docs',
      '',
    ]) {
      expect(isPortalPath(url)).toBe(false);
    }
  });
});

describe('fillLinks', () => {
  const template = (urlTemplate: string) => [
    { title: 'T', type: 'other' as const, urlTemplate },
  ];

  it('encodes what it fills in', () => {
    expect(
      fillLinks(template('https://x.example.com/{component}?e={environment}'), {
        component: 'a/../b?c#d',
        environment: '<prod>&"',
      })[0].url,
    ).toBe('https://x.example.com/a%2F..%2Fb%3Fc%23d?e=%3Cprod%3E%26%22');
  });

  it('leaves out a link with a place that is not known', () => {
    expect(
      fillLinks(template('https://x.example.com/{cluster}'), {
        component: 'a',
      }),
    ).toEqual([]);
  });

  it('opens logs on the range that is asked for', () => {
    const links = fillLinks(withLoki(), ON_EKS, {
      fromMs: Date.UTC(2026, 2, 10, 11),
      toMs: Date.UTC(2026, 2, 10, 12),
    });
    const urlOf = (title: string) =>
      new URL(links.find(link => link.title === title)!.url);
    const panes = urlOf('Logs in Loki').searchParams.get('panes')!;
    expect(JSON.parse(panes).fairway.range).toEqual({
      from: `${Date.UTC(2026, 2, 10, 11)}`,
      to: `${Date.UTC(2026, 2, 10, 12)}`,
    });
    const [, detail] = urlOf('Logs in CloudWatch').hash.split('queryDetail$3D');
    expect(
      decodeURIComponent(decodeURIComponent(detail.replace(/\$/g, '%'))),
    ).toMatch(
      /^~\(end~'2026-03-10T12\*3A00\*3A00.000Z~start~'2026-03-10T11\*3A00\*3A00.000Z~timeType~'ABSOLUTE~tz~'UTC~/,
    );
  });

  it('F53 leaves out a link that is filled to something else than a web page', () => {
    const made = {
      makeLink: () => ({
        title: 'M',
        type: 'other' as const,
        // eslint-disable-next-line no-script-url
        url: 'javascript:alert(1)',
      }),
    };
    expect(
      fillLinks([...template('{component}'), made], {
        // eslint-disable-next-line no-script-url
        component: 'javascript:alert(1)',
      }),
    ).toEqual([]);
  });
});

describe('builtInLinks', () => {
  it('leads from a component on EKS to its logs, metrics and cluster', () => {
    expect(Object.keys(byTitle(ON_EKS))).toEqual([
      'Logs in Loki',
      'Logs in CloudWatch',
      'CloudWatch metrics',
      'EKS cluster',
    ]);
    expect(byTitle(ON_EKS)['EKS cluster']).toEqual({
      title: 'EKS cluster',
      type: 'aws',
      url: 'https://ap-southeast-2.console.aws.amazon.com/eks/clusters/shop-prod?region=ap-southeast-2',
      detail: 'account 111100000003, ap-southeast-2',
    });
  });

  it('opens Explore with the selector of the component, in the notation of Grafana 10', () => {
    const url = new URL(byTitle(ON_EKS)['Logs in Loki'].url);
    expect(url.pathname).toBe('/explore');
    expect(url.searchParams.get('schemaVersion')).toBe('1');
    const [pane] = Object.values<any>(
      JSON.parse(url.searchParams.get('panes')!),
    );
    expect(pane).toEqual({
      datasource: 'loki',
      queries: [
        {
          refId: 'A',
          expr: '{namespace="shop-apps", app="orders"}',
          datasource: { type: 'loki', uid: 'loki' },
        },
      ],
      range: { from: 'now-1h', to: 'now' },
    });
  });

  it.each([
    ['{namespace="{namespace}", app="{component}"}', '{namespace="shop-apps"}'],
    ['{app="{component}", cluster="{cluster}"}', '{cluster="shop-prod"}'],
    [
      '{cluster="{cluster}", app=~"{component}-.*", namespace="{namespace}"}',
      '{cluster="shop-prod", namespace="shop-apps"}',
    ],
  ])(
    'selects all of an environment by what %s says besides the component',
    (selector, expr) => {
      const url = new URL(
        byTitle(ENVIRONMENT, withLoki(selector))['Logs in Loki'].url,
      );
      const [pane] = Object.values<any>(
        JSON.parse(url.searchParams.get('panes')!),
      );
      expect(pane.queries[0].expr).toBe(expr);
    },
  );

  it('lets no value out of the quotes of a selector', () => {
    const url = new URL(
      byTitle({ ...ON_EKS, namespace: 'a"} or {b="\\' })['Logs in Loki'].url,
    );
    const [pane] = Object.values<any>(
      JSON.parse(url.searchParams.get('panes')!),
    );
    expect(pane.queries[0].expr).toBe(
      '{namespace="a\\"} or {b=\\"\\\\", app="orders"}',
    );
  });

  it('leads from a service on ECS to its log group and its metrics, and not to Loki', () => {
    const links = byTitle(ON_ECS);
    expect(Object.keys(links)).toEqual([
      'Logs in CloudWatch',
      'CloudWatch metrics',
    ]);
    expect(links['CloudWatch metrics'].url).toBe(
      "https://ap-southeast-2.console.aws.amazon.com/cloudwatch/home?region=ap-southeast-2#metricsV2:graph=~(metrics~(~(~'AWS*2FECS~'CPUUtilization~'ServiceName~'orders~'ClusterName~'shop-prod)~(~'AWS*2FECS~'MemoryUtilization~'ServiceName~'orders~'ClusterName~'shop-prod))~view~'timeSeries~stacked~false~region~'ap-southeast-2~start~'-PT3H~end~'P0D)",
    );
    const insights = links['Logs in CloudWatch'].url;
    expect(insights).toMatch(
      /#logsV2:logs-insights\$3FqueryDetail\$3D\$257E\$2528end\$257E0\$257Estart\$257E-3600/,
    );
    // decoded twice it is what the console reads
    const [, detail] = insights.split('queryDetail$3D');
    expect(
      decodeURIComponent(decodeURIComponent(detail.replace(/\$/g, '%'))),
    ).toBe(
      "~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20*40timestamp*2C*20*40message*0A*7C*20sort*20*40timestamp*20desc*0A*7C*20limit*20200~source~(~'*2Fecs*2Forders))",
    );
  });

  it('leads from an environment to its cluster, databases, stacks and all its logs', () => {
    expect(
      Object.values(byTitle(ENVIRONMENT)).map(l => [l.title, l.type]),
    ).toEqual([
      ['Logs in Loki', 'logs'],
      ['EKS cluster', 'aws'],
      ['RDS databases', 'aws'],
      ['CloudFormation stacks', 'aws'],
    ]);
    expect(byTitle(ENVIRONMENT)['CloudFormation stacks'].url).toMatch(
      /#\/stacks\?filteringText=shop-prod&/,
    );
  });

  it('carries the account through the access portal', () => {
    const templates = builtInLinks({
      aws: {
        logGroups: { eks: '', ecs: '' },
        portal: { url: 'https://x.awsapps.com/start', roleName: 'ReadOnly' },
      },
    });
    const { url } = byTitle(ON_EKS, templates)['EKS cluster'];
    const query = new URLSearchParams(url.split('#/console?')[1]);
    expect(Object.fromEntries(query)).toEqual({
      account_id: '111100000003',
      role_name: 'ReadOnly',
      destination:
        'https://ap-southeast-2.console.aws.amazon.com/eks/clusters/shop-prod?region=ap-southeast-2',
    });
    expect(byTitle(ON_EKS, templates)['Logs in CloudWatch']).toBeUndefined();
  });

  it('goes to the consoles of China and GovCloud', () => {
    const host = (region: string) =>
      new URL(byTitle({ ...ON_EKS, region })['EKS cluster'].url).host;
    expect(host('cn-north-1')).toBe('cn-north-1.console.amazonaws.cn');
    expect(host('us-gov-west-1')).toBe(
      'us-gov-west-1.console.amazonaws-us-gov.com',
    );
  });

  it('has no AWS link for what runs on a developer’s machine', () => {
    expect(
      byTitle({ component: 'orders', environment: 'local', runtime: 'local' }),
    ).toEqual({});
  });
});

describe('dashboardUrl', () => {
  it('sets variables and range, and keeps what the URL has', () => {
    expect(
      dashboardUrl(
        'https://g.example.com/d/a/b?var-environment=dev&orgId=2',
        { environment: 'prod', namespace: 'a&b', cluster: undefined },
        { from: '1000', to: '2000' },
      ),
    ).toBe(
      'https://g.example.com/d/a/b?var-environment=prod&orgId=2&var-namespace=a%26b&from=1000&to=2000',
    );
  });
});
