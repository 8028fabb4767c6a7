import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  EnvironmentDetail,
  okReading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  aCapacity,
  aFakeApi,
  aLiveReading,
  aReplication,
  aReplicationLag,
  aSmallOverview,
  aSource,
  aStack,
  AT,
  STALE,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { CapacityCard } from './CapacityCard';
import { FindingsCard } from './FindingsCard';
import { PassportCard } from './PassportCard';
import { ReplicationCard } from './ReplicationCard';
import { RunsHereCard } from './RunsHereCard';
import { StacksCard } from './StacksCard';

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
    expect(await screen.findByText('Bad')).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Bad' })).toBeNull();
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

  it('sorts by the column that is pressed, and back', async () => {
    renderScreen(<RunsHereCard />, aFakeApi(aSmallOverview()), { entity });
    const service = await screen.findByRole('button', { name: /^Service/ });
    const header = () => screen.getByRole('columnheader', { name: /^Service/ });
    await userEvent.click(service);
    expect(header()).toHaveAttribute('aria-sort', 'ascending');
    expect(screen.getAllByRole('row')[1]).toHaveTextContent('sample-backend');
    await userEvent.click(service);
    expect(header()).toHaveAttribute('aria-sort', 'descending');
    expect(screen.getAllByRole('row')[1]).toHaveTextContent('sample-frontend');
  });

  it('names what can be started on developers’ machines, and judges none of it', async () => {
    const overview = aSmallOverview();
    for (const environment of overview.environments) {
      environment.runtime = 'local';
    }
    renderScreen(
      <>
        <RunsHereCard />
        <PassportCard />
      </>,
      aFakeApi(overview),
      { entity },
    );
    const services = await screen.findByRole('list', { name: 'Services' });
    expect(
      within(services)
        .getAllByRole('link')
        .map(link => link.textContent),
    ).toEqual(['sample-backend', 'sample-frontend']);
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.queryByText('Unknown')).toBeNull();
    expect(
      await screen.findByText('Each developer’s own machine'),
    ).toBeInTheDocument();
    expect(screen.queryByText('AWS account')).toBeNull();
  });

  it('says how something comes to run here when nothing does', async () => {
    const overview = aSmallOverview();
    overview.rows = [];
    renderScreen(<RunsHereCard />, aFakeApi(overview), { entity });
    expect(await screen.findByText(/Nothing runs here/)).toBeInTheDocument();
  });
});

describe('what a stale source told', () => {
  function aStaleOverview() {
    const overview = aSmallOverview();
    for (const row of overview.rows) {
      for (const cell of row.cells) cell.source = STALE;
    }
    overview.sources = [
      aSource({ title: 'Argo CD main', ...STALE, message: 'answered 503' }),
    ];
    return overview;
  }

  it('is not shown as well, and with its age', async () => {
    renderScreen(<RunsHereCard />, aFakeApi(aStaleOverview()), { entity });
    expect(await screen.findByText(/^Stale, seen/)).toHaveTextContent(
      /^Stale, seen .*: Argo CD main answered 503$/,
    );
    expect(
      screen
        .getAllByText(/^(Healthy|Synced)$/)
        .map(word => word.closest('[data-tone]')!.getAttribute('data-tone')),
    ).not.toContain('good');
  });

  it('is no agreement of Git and what runs', async () => {
    renderScreen(<FindingsCard />, aFakeApi(aStaleOverview()), { entity });
    expect(
      await screen.findByText(
        /^stale since .* \(Argo CD main: answered 503\)$/,
      ),
    ).toBeInTheDocument();
    expect(screen.getByText(/what changed since is not known/)).toBeVisible();
    expect(screen.queryByText(/agree/)).toBeNull();
  });

  it('keeps what the portal said last, with its age, while that cannot be reached', async () => {
    const api = aFakeApi(aSmallOverview());
    const ask = api.getEnvironment.bind(api);
    let calls = 0;
    api.getEnvironment = async (...args) => {
      calls += 1;
      if (calls > 1) throw new Error('Failed to fetch');
      return {
        ...(await ask(...args)),
        capacity: { state: 'stale', isBeingRead: true, message: 'x' },
      };
    };
    renderScreen(<RunsHereCard />, api, { entity });
    expect(
      await screen.findByText(/The portal cannot be reached/, undefined, {
        timeout: 15_000,
      }),
    ).toBeInTheDocument();
    expect(
      screen.getAllByText('Healthy')[0].closest('[data-tone]'),
    ).toHaveAttribute('data-tone', 'unknown');
  }, 20_000);
});

describe('FindingsCard', () => {
  it('says so when everything agrees', async () => {
    renderScreen(<FindingsCard />, aFakeApi(aSmallOverview()), { entity });
    expect(
      await screen.findByText(/Catalog, Git and what runs agree/),
    ).toBeInTheDocument();
  });

  it('compares nothing on developers’ machines, and says so', async () => {
    const overview = aSmallOverview();
    for (const environment of overview.environments) {
      environment.runtime = 'local';
    }
    renderScreen(<FindingsCard />, aFakeApi(overview), { entity });
    expect(
      await screen.findByText(/^Nothing to compare: it runs on the machines/),
    ).toBeInTheDocument();
    expect(screen.queryByText(/agree/)).toBeNull();
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

function renderWith(
  card: JSX.Element,
  environment: Partial<EnvironmentDetail>,
) {
  const api = aFakeApi(aSmallOverview(), { environment });
  renderScreen(card, api, { entity });
  return api;
}

describe('CapacityCard', () => {
  it('shows quota against use with numbers and units, and the nodes', async () => {
    renderWith(<CapacityCard />, {});
    expect(
      await screen.findByRole('meter', { name: 'CPU requests' }),
    ).toHaveAttribute('aria-valuetext', '28.5 cores of 30 cores');
    expect(screen.getByText(/· 95 %/)).toBeInTheDocument();
    expect(
      screen.getByRole('meter', { name: 'Memory limits' }),
    ).toHaveAttribute('aria-valuetext', '36 GiB of 120 GiB');
    expect(
      screen.getByText('Use now: 1.25 cores and 6 GiB in 14 pods'),
    ).toBeInTheDocument();
    expect(screen.getByText('3 of 3 ready')).toBeInTheDocument();
  });

  it('leaves a gap where use is unknown, and shows no zero', async () => {
    renderWith(<CapacityCard />, {});
    const pods = await screen.findByRole('meter', { name: 'Pods' });
    expect(pods).not.toHaveAttribute('aria-valuenow');
    expect(pods).toHaveAttribute(
      'aria-valuetext',
      'unknown of 60: the cluster has not counted it yet',
    );
  });

  it('tells the age of what is stale, and why', async () => {
    renderWith(<CapacityCard />, {
      capacity: {
        state: 'stale',
        value: aCapacity(),
        observedAt: AT,
        message: 'The cluster x did not answer in time',
      },
    });
    expect(
      await screen.findByText(/^Stale, read/, { selector: 'p' }),
    ).toHaveTextContent('The cluster x did not answer in time');
    expect(screen.getAllByRole('meter').length).toBeGreaterThan(0);
    expect(screen.getByText('3 of 3 ready').parentElement).toHaveAttribute(
      'data-tone',
      'unknown',
    );
  });

  it('says which key to set, and what cannot be read', async () => {
    renderWith(<CapacityCard />, {
      capacity: { state: 'absent', message: 'Set platformEnvs.clusters' },
    });
    expect(
      await screen.findByText('Set platformEnvs.clusters'),
    ).toBeInTheDocument();
    expect(screen.queryByRole('meter')).toBeNull();
  });

  it('names nodes that are not well', async () => {
    renderWith(<CapacityCard />, {
      capacity: aLiveReading(
        aCapacity({
          unwellNodes: [{ name: 'ip-1', pool: 'apps', problems: ['Cordoned'] }],
        }),
      ),
    });
    expect(
      await screen.findByRole('list', { name: 'Nodes that are not well' }),
    ).toHaveTextContent('ip-1 (apps): Cordoned');
  });
});

describe('StacksCard', () => {
  const drifted = aStack({
    drift: {
      status: 'drifted',
      checkedAt: AT,
      resources: [
        {
          logicalId: 'Repository',
          type: 'AWS::ECR::Repository',
          change: 'modified',
          properties: ['/ImageTagMutability'],
        },
      ],
    },
  });

  it('shows status, drift and what drifted', async () => {
    renderWith(<StacksCard />, { stacks: aLiveReading([drifted]) });
    expect(await screen.findByText('Update complete')).toBeInTheDocument();
    expect(screen.getByText('Drifted: 1 resource')).toBeInTheDocument();
    expect(
      screen.getByRole('list', { name: 'Drifted resources' }),
    ).toHaveTextContent('Repository AWS::ECR::Repository differs in ImageTag');
  });

  it('shows why a stack failed', async () => {
    renderWith(<StacksCard />, {
      stacks: aLiveReading([
        aStack({
          status: 'UPDATE_ROLLBACK_COMPLETE',
          reason: 'Repository: already exists',
        }),
      ]),
    });
    expect(
      await screen.findByText('Update rollback complete'),
    ).toBeInTheDocument();
    expect(screen.getByText('Repository: already exists')).toBeInTheDocument();
  });

  it('looks for drift when it is asked to', async () => {
    const api = renderWith(<StacksCard />, {});
    await userEvent.click(
      await screen.findByRole('button', { name: 'Detect drift' }),
    );
    expect(api.calls).toContainEqual({
      method: 'detectDrift',
      input: {
        environmentRef: 'environment:default/sample-platform-ai-prod',
        stackId: aStack().id,
      },
    });
  });

  it('says why somebody may not', async () => {
    renderWith(<StacksCard />, {
      operations: {
        detectDrift: { allowed: false, reason: 'Only the owners may' },
      },
    });
    expect(
      await screen.findByRole('button', { name: 'Detect drift' }),
    ).toBeDisabled();
    expect(
      screen.getByText('Detect drift: Only the owners may.'),
    ).toBeInTheDocument();
  });

  it('shows a detection that is under way', async () => {
    renderWith(<StacksCard />, {
      stacks: aLiveReading([
        aStack({
          detection: {
            state: 'running',
            startedAt: AT,
            startedBy: 'user:default/ann',
          },
        }),
      ]),
    });
    expect(
      await screen.findByText(/Looking for drift, asked for by/),
    ).toBeInTheDocument();
  });

  it('says what makes a stack belong, when none does', async () => {
    renderWith(<StacksCard />, { stacks: aLiveReading([]) });
    expect(
      await screen.findByText(/No CloudFormation stack belongs to it/),
    ).toBeInTheDocument();
  });
});
