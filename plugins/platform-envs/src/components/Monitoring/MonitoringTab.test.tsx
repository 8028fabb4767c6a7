import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  ComponentObservability,
  okReading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { aFakeApi, aSmallOverview, AT } from '../../__testUtils__';
import {
  anAlert,
  anObservability,
} from '../../__testUtils__/observabilityBuilders';
import { address, renderScreen } from '../../__testUtils__/renderScreen';
import { MonitoringTab } from './MonitoringTab';

function renderTab(
  observability: ComponentObservability | undefined,
  at = '/',
) {
  const api = aFakeApi(aSmallOverview(), { observability });
  renderScreen(<MonitoringTab />, api, {
    at,
    entity: { kind: 'Component', name: 'sample-backend' },
  });
  return api;
}

/** The cells of the row of an environment in the table of the present. */
async function present(shortName: string): Promise<string[]> {
  const header = await screen.findByRole('rowheader', { name: shortName });
  return within(header.closest('tr')!)
    .getAllByRole('cell')
    .map(cell => cell.textContent!);
}

describe('MonitoringTab', () => {
  it('shows how each environment is at present, and the charts', async () => {
    renderTab(anObservability());
    expect(await present('dev')).toEqual([
      '10.4/s',
      '0.2 %',
      '20 ms',
      '120 ms',
      'no rule',
    ]);
    expect((await present('prod')).at(-1)).toBe('Normal');
    expect(
      screen.getByRole('figure', { name: /^Requests, requests a second/ }),
    ).toBeInTheDocument();
    expect(screen.getAllByRole('figure')).toHaveLength(4);
  });

  it('keeps environments and range in the address', async () => {
    renderTab(anObservability());
    await userEvent.click(await screen.findByRole('button', { name: 'prod' }));
    await waitFor(() => expect(address()).toBe('/?env=prod'));
    expect(
      screen.queryByRole('rowheader', { name: 'dev' }),
    ).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('radio', { name: '1 h' }));
    await waitFor(() => expect(address()).toBe('/?env=prod&range=1h'));
  });

  it('says not measured in the table, and never zero', async () => {
    renderTab(anObservability(), '/?view=table&env=dev');
    const table = await screen.findByRole('region', {
      name: 'Requests as a table',
    });
    const rows = within(table).getAllByRole('row');
    expect(rows).toHaveLength(182);
    expect(within(table).getAllByText('not measured')).toHaveLength(20);
    expect(within(table).queryByText('0/s')).not.toBeInTheDocument();
  });

  it('says why there are no figures, environment by environment', async () => {
    const observability = anObservability();
    observability.requests[0].series = unavailableReading(
      'Prometheus main has no request metrics of it in dev for 3 h',
    );
    renderTab(observability);
    expect(await present('dev')).toEqual([
      'Prometheus main has no request metrics of it in dev for 3 h',
      'no rule',
    ]);
    expect((await present('uat'))[0]).toBe('20.8/s');
  });

  it('names the keys when nothing is configured, and still links', async () => {
    const observability = anObservability();
    renderTab({
      ...observability,
      sources: [],
      alerts: unavailableReading(
        'Grafana is not configured (platformEnvs.grafana.instances)',
      ),
      dashboards: unavailableReading(
        'Grafana is not configured (platformEnvs.grafana.instances)',
      ),
      requests: observability.requests.map(r => ({
        ...r,
        series: unavailableReading(
          'Prometheus is not configured (platformEnvs.prometheus.instances)',
        ),
      })),
      deployments: [],
    });
    expect(
      await screen.findAllByText(/platformEnvs\.grafana\.instances/),
    ).toHaveLength(2);
    expect(
      screen.getAllByText(/platformEnvs\.prometheus\.instances/),
    ).toHaveLength(3);
    expect(screen.queryByRole('figure')).not.toBeInTheDocument();
    await waitFor(() =>
      expect(screen.getAllByRole('link', { name: 'Argo CD' })).toHaveLength(3),
    );
  });

  it('shows alerts with word, place and summary, and F53 no link that is a script', async () => {
    renderTab(
      anObservability({
        alerts: okReading(
          [
            anAlert({
              id: 'a',
              state: 'firing',
              title: '<b>Errors</b>',
              // eslint-disable-next-line no-script-url
              url: 'javascript:alert(1)',
            }),
            anAlert({ id: 'b', state: 'no-data', title: 'Silent' }),
            anAlert({
              id: 'c',
              title: 'Elsewhere',
              environmentRef: undefined,
              environmentLabel: 'production',
            }),
          ],
          AT,
        ),
      }),
    );
    const alerts = await screen.findByRole('region', { name: 'Alerts' });
    expect(
      within(alerts)
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      expect.stringMatching(
        /^Firing<b>Errors<\/b>More than 5 %.*prod · critical/,
      ),
      expect.stringMatching(/^No dataSilent/),
      expect.stringMatching(/^NormalElsewhereproduction · critical/),
    ]);
    expect(
      within(alerts)
        .getAllByRole('link')
        .map(l => l.textContent),
    ).toEqual(['Silent', 'Elsewhere']);
    expect((await present('prod')).at(-1)).toBe('Firing');
  });

  it('says how to get alerts and dashboards when there are none', async () => {
    renderTab(
      anObservability({
        alerts: okReading([], AT),
        dashboards: okReading([], AT),
      }),
    );
    expect(
      await screen.findByText(/no alert rule with the label/),
    ).toHaveTextContent('service=sample-backend');
    expect(screen.getByText(/no such dashboard/)).toHaveTextContent(
      'grafana/dashboard-selector',
    );
  });

  it('looks around a deployment, and asks for links of that time', async () => {
    const api = renderTab(anObservability());
    const getCellLinks = jest.spyOn(api, 'getCellLinks');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Look around 1.8.2 in uat' }),
    );
    await waitFor(() =>
      expect(address()).toBe('/?around=2026-11-21T09:20:00.000Z'),
    );
    await waitFor(() =>
      expect(getCellLinks).toHaveBeenCalledWith(
        'component:default/sample-backend',
        'environment:default/sample-platform-ai-uat',
        expect.objectContaining({ around: '2026-11-21T09:20:00.000Z' }),
      ),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Show all of the time' }),
    );
    await waitFor(() => expect(address()).toBe('/'));
  });

  it('says how old a stale source is, and why', async () => {
    renderTab(
      anObservability({
        sources: [
          {
            id: 'prometheus:main',
            title: 'Prometheus main',
            state: 'stale',
            observedAt: AT,
            message: 'Prometheus main answered 503',
          },
        ],
      }),
    );
    const sources = await screen.findByRole('list', { name: 'Sources' });
    expect(sources).toHaveTextContent(
      /Prometheus main: stale, last answered .* \(Prometheus main answered 503\)/,
    );
  });

  it('shows nothing of a stale source as well, and says how old it is', async () => {
    const observability = anObservability();
    const silent = 'Grafana main answered 503';
    renderTab({
      ...observability,
      alerts: okReading([anAlert()], AT, silent),
      requests: observability.requests.map(({ environmentRef, series }) => ({
        environmentRef,
        series:
          series.status === 'ok'
            ? okReading(series.value, AT, 'Prometheus main timed out')
            : series,
      })),
    });
    const alerts = await screen.findByRole('region', { name: 'Alerts' });
    expect(within(alerts).getByRole('status')).toHaveTextContent(
      /^How the rules stood .*: Grafana main answered 503$/,
    );
    for (const word of screen.getAllByText('Normal')) {
      expect(word.closest('[data-tone]')).toHaveAttribute(
        'data-tone',
        'unknown',
      );
    }
    const row = screen.getAllByRole('rowheader').at(-1)!.closest('tr')!;
    expect(row).toHaveTextContent(/^prod .+Normal .+/);
  });

  it('shows problems with annotations', async () => {
    renderTab(anObservability({ problems: ['Its annotation is odd.'] }));
    expect(await screen.findByText('Its annotation is odd.')).toBeVisible();
  });

  it('offers to try again when it cannot be loaded', async () => {
    const api = renderTab(undefined);
    const retry = await screen.findByRole(
      'button',
      { name: /again/i },
      { timeout: 5_000 },
    );
    api.answers.observability = anObservability();
    await userEvent.click(retry);
    expect(await present('dev')).toHaveLength(5);
  });
});
