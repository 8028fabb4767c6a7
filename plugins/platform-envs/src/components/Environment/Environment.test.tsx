import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  okReading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  aFakeApi,
  aReplication,
  aReplicationLag,
  aSmallOverview,
  AT,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { FindingsCard } from './FindingsCard';
import { PassportCard } from './PassportCard';
import { ReplicationCard } from './ReplicationCard';
import { RunsHereCard } from './RunsHereCard';

const entity = { kind: 'Environment', name: 'sample-platform-ai-prod' };

describe('PassportCard', () => {
  it('says who and where the environment is', async () => {
    renderScreen(<PassportCard />, aFakeApi(aSmallOverview()), { entity });
    expect(await screen.findByText('111100000003')).toBeInTheDocument();
    expect(screen.getByText('Gated: 1 approval by others')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'sample-platform-ai-leads' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/group/sample-platform-ai-leads',
    );
    expect(screen.getByText('Sydney')).toBeInTheDocument();
    expect(screen.getByText('$4,150 a month')).toBeInTheDocument();
  });

  it('never follows a link that is none', async () => {
    const overview = aSmallOverview();
    overview.environments[0].links = [
      // eslint-disable-next-line no-script-url
      { title: 'Bad', url: 'javascript:alert(1)', type: 'other' },
    ];
    renderScreen(<PassportCard />, aFakeApi(overview), { entity });
    expect(
      await screen.findByText('No links are configured.'),
    ).toBeInTheDocument();
  });

  it('says what failed', async () => {
    renderScreen(<PassportCard />, aFakeApi(aSmallOverview()), {
      entity: { kind: 'Environment', name: 'gone' },
    });
    expect(
      await screen.findByText(
        'The environment could not be loaded',
        undefined,
        {
          timeout: 5000,
        },
      ),
    ).toBeInTheDocument();
  });
});

describe('RunsHereCard', () => {
  it('lists services, worst first', async () => {
    renderScreen(<RunsHereCard />, aFakeApi(aSmallOverview()), { entity });
    const rows = await screen.findAllByRole('row');
    expect(rows[1]).toHaveTextContent('sample-backend1.8.0Degraded');
    expect(rows[2]).toHaveTextContent('sample-frontend2.3.1Healthy');
  });

  it('says how something comes to run here when nothing does', async () => {
    const overview = aSmallOverview();
    overview.rows = [];
    renderScreen(<RunsHereCard />, aFakeApi(overview), { entity });
    expect(await screen.findByText(/Nothing runs here/)).toBeInTheDocument();
  });
});

describe('FindingsCard', () => {
  it('says so when everything agrees', async () => {
    renderScreen(<FindingsCard />, aFakeApi(aSmallOverview()), { entity });
    expect(
      await screen.findByText(/Catalog, Git and what runs agree/),
    ).toBeInTheDocument();
  });
});

describe('ReplicationCard', () => {
  const render = (replication = aReplication()) =>
    renderScreen(
      <ReplicationCard />,
      aFakeApi(aSmallOverview(), { replication }),
      { entity },
    );

  it('shows writer, reader, lag and RPO lag', async () => {
    render();
    expect(await screen.findByText('Sydney writer')).toBeInTheDocument();
    expect(screen.getByText('Melbourne reader')).toBeInTheDocument();
    expect(screen.getAllByText('180 ms')).toHaveLength(2);
    expect(screen.getByText('212 ms')).toBeInTheDocument();
    expect(
      await screen.findByRole('figure', { name: /Replication lag of/ }),
    ).toBeInTheDocument();
  });

  it('gives the chart as a table', async () => {
    render();
    await userEvent.click(await screen.findByRole('button', { name: 'Table' }));
    const table = within(screen.getByRole('region', { name: 'Lag' }));
    expect(table.getAllByRole('row').length).toBe(
      aReplicationLag().series.length + 1,
    );
  });

  it('says why a figure is missing, and shows no zero', async () => {
    render(
      aReplication({
        lag: okReading(
          [
            aReplicationLag({
              lagMs: unavailableReading('No datapoint for 6 minutes'),
              series: [],
            }),
          ],
          AT,
        ),
      }),
    );
    expect(
      await screen.findByText('Unavailable: No datapoint for 6 minutes'),
    ).toBeInTheDocument();
    expect(screen.queryByText('0 ms')).toBeNull();
    expect(
      screen.getByText(/no datapoint of the last 3 hours/),
    ).toBeInTheDocument();
  });

  it('says why all of it is missing', async () => {
    render(
      aReplication({ lag: unavailableReading('CloudWatch throttles us', AT) }),
    );
    expect(
      await screen.findByText(/Unavailable: CloudWatch throttles us/),
    ).toBeInTheDocument();
  });

  it('says that there is nothing to replicate', async () => {
    render(aReplication({ absentReason: 'dev runs a single Aurora instance' }));
    expect(
      await screen.findByText('dev runs a single Aurora instance'),
    ).toBeInTheDocument();
  });
});
