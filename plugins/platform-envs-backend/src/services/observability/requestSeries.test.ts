import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import {
  MeasuredRequests,
  MetricsSubject,
} from '@fairway/plugin-platform-envs-node';
import { RequestHistory } from './RequestHistory';
import { environmentOf, requestSeriesOf } from './requestSeries';

const MINUTE = 60_000;
const END = Date.parse('2026-11-21T10:00:00Z');

function environment(
  shortName: string,
  more: Partial<EnvironmentSummary> = {},
): EnvironmentSummary {
  return {
    ref: `environment:default/shop-${shortName}`,
    name: `shop-${shortName}`,
    shortName,
    runtime: 'eks',
    namespace: 'shop',
    clusterRef: `resource:default/shop-${shortName}`,
    ...more,
  } as EnvironmentSummary;
}

const [dev, uat, prod] = ['dev', 'uat', 'prod'].map(name => environment(name));
const orders = {
  names: ['orders', 'order-service'],
  metricsNames: {},
  environments: [dev, uat, prod],
};

describe('environmentOf', () => {
  const in3 = (subject: MetricsSubject, source = {}, component = orders) =>
    environmentOf(subject, source, component)?.shortName;

  it.each<[string, MetricsSubject, string | undefined]>([
    ['the short name', { component: 'orders', environment: 'uat' }, 'uat'],
    ['the whole name', { component: 'orders', environment: 'shop-uat' }, 'uat'],
    [
      'its name in Git',
      { component: 'order-service', environment: 'dev' },
      'dev',
    ],
    ['another service', { component: 'carts', environment: 'uat' }, undefined],
    [
      'an unknown environment',
      { component: 'orders', environment: 'qa' },
      undefined,
    ],
    ['the cluster', { component: 'orders', cluster: 'shop-prod' }, 'prod'],
    ['an unknown cluster', { component: 'orders', cluster: 'x' }, undefined],
    [
      'the environment rather than the namespace',
      { component: 'orders', environment: 'uat', namespace: 'other' },
      'uat',
    ],
    [
      'a namespace that all share',
      { component: 'orders', namespace: 'shop' },
      undefined,
    ],
    ['nothing at all', { component: 'orders' }, undefined],
  ])('goes by %s', (_, subject, expected) => {
    expect(in3(subject)).toBe(expected);
  });

  it('takes a source of one environment to be of that', () => {
    const subject = { component: 'orders', namespace: 'shop' };
    expect(in3(subject, { environments: ['prod'] })).toBe('prod');
    expect(in3(subject, { environments: ['shop-dev'] })).toBe('dev');
    expect(
      in3(
        { component: 'orders', environment: 'dev' },
        { environments: ['prod'] },
      ),
    ).toBeUndefined();
  });

  it('tells environments by namespace where each has its own', () => {
    const component = {
      ...orders,
      environments: [
        environment('dev', { namespace: 'shop-dev' }),
        environment('uat', { namespace: 'shop-uat' }),
      ],
    };
    expect(
      in3({ component: 'orders', namespace: 'shop-uat' }, {}, component),
    ).toBe('uat');
  });

  it('goes by the annotation where metrics have another name', () => {
    const component = { ...orders, metricsNames: { [uat.ref]: 'orders-v2' } };
    expect(
      in3({ component: 'orders-v2', environment: 'uat' }, {}, component),
    ).toBe('uat');
    expect(
      in3({ component: 'orders', environment: 'uat' }, {}, component),
    ).toBeUndefined();
    expect(
      in3({ component: 'orders-v2', environment: 'dev' }, {}, component),
    ).toBeUndefined();
  });
});

describe('requestSeriesOf', () => {
  const live = {
    state: 'live' as const,
    observedAt: '2026-11-21T10:00:05.000Z',
  };

  function measured(
    subject: MetricsSubject,
    figures: Partial<
      Record<'requests' | 'errors' | 'latencyP50' | 'latencyP95', number[]>
    >,
  ): MeasuredRequests {
    const of = (values: number[] = []) =>
      Array.from({ length: 4 }, (_, i) => values[i] ?? NaN);
    return {
      subject,
      requests: of(figures.requests),
      errors: of(figures.errors),
      latencyP50: of(figures.latencyP50),
      latencyP95: of(figures.latencyP95),
    };
  }

  async function sourceOf(all: MeasuredRequests[], condition = live as any) {
    const history = new RequestHistory(MINUTE, 4);
    if (all.length) await history.put(END - 3 * MINUTE, END, all);
    return { source: { title: 'Prometheus main' }, history, condition };
  }

  it('gives shares and gaps, and never a zero for what is not known', async () => {
    const source = await sourceOf([
      measured(
        { component: 'orders', environment: 'prod' },
        {
          requests: [10, NaN, 0, 20.123456],
          errors: [1, NaN, 0, NaN],
          latencyP50: [0.01234567, NaN, NaN, 0.02],
        },
      ),
    ]);
    expect(requestSeriesOf([source], orders, prod)).toEqual({
      status: 'ok',
      observedAt: live.observedAt,
      value: {
        startAt: '2026-11-21T09:57:00.000Z',
        stepSeconds: 60,
        requestRate: [10, null, 0, 20.12],
        errorRatio: [0.1, null, null, null],
        latencyP50: [0.01235, null, null, 0.02],
        latencyP95: [null, null, null, null],
      },
    });
  });

  it('says why figures are not the present ones while the source is silent', async () => {
    const source = await sourceOf([
      measured({ component: 'orders', environment: 'prod' }, { requests: [1] }),
    ]);
    const condition = {
      state: 'stale' as const,
      observedAt: '2026-11-21T09:50:00.000Z',
      message: 'Prometheus main answered 503',
    };
    expect(
      requestSeriesOf([{ ...source, condition }], orders, prod),
    ).toMatchObject({
      status: 'ok',
      observedAt: condition.observedAt,
      stale: condition.message,
    });
  });

  it('adds up what runs in two clusters, and takes the slowest', async () => {
    const figures = { requests: [10], errors: [1], latencyP95: [0.2] };
    const source = await sourceOf([
      measured(
        { component: 'orders', environment: 'prod', cluster: 'a' },
        figures,
      ),
      measured(
        { component: 'orders', environment: 'prod', cluster: 'b' },
        { requests: [30], errors: [3], latencyP95: [0.5] },
      ),
    ]);
    expect(requestSeriesOf([source], orders, prod)).toMatchObject({
      value: {
        requestRate: [40, null, null, null],
        errorRatio: [0.1, null, null, null],
        latencyP95: [0.5, null, null, null],
      },
    });
  });

  it('does not count the same requests twice when two sources measure them', async () => {
    const one = () =>
      sourceOf([
        measured(
          { component: 'orders', environment: 'prod' },
          { requests: [10] },
        ),
      ]);
    expect(
      requestSeriesOf([await one(), await one()], orders, prod),
    ).toMatchObject({
      value: { requestRate: [10, null, null, null] },
    });
  });

  it('says why there is nothing, and where to look instead', async () => {
    const reason = (sources: any[], of = prod) => {
      const reading = requestSeriesOf(sources, orders, of);
      return reading.status === 'unavailable' && reading.reason;
    };
    expect(reason([])).toBe(
      'Prometheus is not configured (platformEnvs.prometheus.instances)',
    );
    expect(reason([await sourceOf([])])).toBe(
      'Prometheus main has no request metrics of it in prod for 3 h',
    );
    expect(
      reason([await sourceOf([])], environment('prod', { runtime: 'ecs' })),
    ).toMatch(/Amazon ECS reports to CloudWatch/);
    expect(
      reason([
        await sourceOf([], { state: 'error', message: 'It refuses the token' }),
      ]),
    ).toBe('It refuses the token');
  });
});
