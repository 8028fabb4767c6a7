import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ResponseError } from '@backstage/errors';
import { unavailableReading } from '@fairway/plugin-platform-envs-common';
import {
  aFakeApi,
  aSmallOverview,
  minutesBefore,
  STALE,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { Screen } from '../Screen';
import { CellPanel } from './CellPanel';

const BACKEND = 'component:default/sample-backend';
const PROD = 'environment:default/sample-platform-ai-prod';

function aPanel(api = aFakeApi(aSmallOverview())) {
  renderScreen(
    <Screen>
      <CellPanel
        componentRef={BACKEND}
        environmentRef={PROD}
        preview={{
          state: 'degraded',
          sentence: 'prod is degraded.',
          source: { state: 'live' },
        }}
      />
    </Screen>,
    api,
  );
  return api;
}

/** The cell of the small overview that is in trouble. */
function troubled() {
  const overview = aSmallOverview();
  return { overview, cell: overview.rows[1].cells[2] };
}

describe('CellPanel', () => {
  it('opens with what the board knows while the details are on their way', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getCell = () => new Promise(() => {});
    aPanel(api);
    expect(await screen.findByText('prod is degraded.')).toBeInTheDocument();
    expect(
      screen.getByRole('status', { name: 'Loading the details' }),
    ).toBeInTheDocument();
  });

  it('tells what happened to it, newest first, and all of it when asked', async () => {
    const { overview, cell } = troubled();
    cell.events = Array.from({ length: 10 }, (_, i) => ({
      at: minutesBefore(i + 1),
      reason: 'BackOff',
      message: `Back-off pulling image ${i}`,
      isWarning: true,
      count: 3,
      object: { kind: 'Pod', name: 'sample-backend-x' },
    }));
    aPanel(aFakeApi(overview));
    const events = await screen.findByRole('list', { name: 'Events' });
    const [first, ...others] = within(events).getAllByRole('listitem');
    expect(first).toHaveTextContent(/BackOff · 3 times Pod sample-backend-x/);
    expect(first).toHaveTextContent('Back-off pulling image 0');
    expect(
      within(first).getByRole('img', { name: 'Warning' }),
    ).toBeInTheDocument();
    expect(others).toHaveLength(7);
    await userEvent.click(screen.getByRole('button', { name: 'Show 2 more' }));
    expect(within(events).getAllByRole('listitem')).toHaveLength(10);
  });

  it('says why it is behind, and by which commits', async () => {
    const { overview, cell } = troubled();
    cell.behind = {
      environmentRef: 'environment:default/sample-platform-ai-uat',
      state: 'behind',
      fromVersion: '1.8.0',
      toVersion: '1.8.2',
      commits: 52,
      missing: [
        {
          sha: 'a'.repeat(40),
          author: 'Ada <ada@example.com>',
          committedAt: minutesBefore(90),
          subject: 'Take the timeout from the environment',
          url: 'https://git.example.com/commit/a',
        },
        {
          sha: 'b'.repeat(40),
          author: 'Ben',
          committedAt: minutesBefore(95),
          subject: 'Close what was opened',
          // eslint-disable-next-line no-script-url -- what must not be followed
          url: 'javascript:alert(1)',
        },
      ],
    };
    aPanel(aFakeApi(overview));
    const commits = within(
      await screen.findByRole('list', { name: 'Commits of uat that it lacks' }),
    );
    expect(commits.getAllByRole('listitem')[0]).toHaveTextContent(
      'Take the timeout from the environment',
    );
    expect(commits.getAllByRole('link')).toHaveLength(1);
    expect(
      screen.getByText('Behind: 1.8.0 → 1.8.2, lacks 52 commits.'),
    ).toBeInTheDocument();
    expect(screen.getByText('and 50 more')).toBeInTheDocument();
  });

  it('shows conditions, the sync window, the sources and what made the application', async () => {
    const { overview, cell } = troubled();
    cell.conditions = [
      { type: 'ComparisonError', message: 'rpc error: no such revision' },
    ];
    cell.managedBy = { kind: 'ApplicationSet', name: 'services' };
    cell.syncWindow = {
      kind: 'deny',
      isOpen: false,
      closedUntil: '2026-11-23T09:00:00.000Z',
      manualSync: false,
      description: 'Release freeze',
    };
    cell.sources = [
      {
        repoURL: 'https://git.example.com/gitops.git',
        path: 'overlays/prod',
        targetRevision: 'main',
        revision: 'c'.repeat(40),
      },
    ];
    aPanel(aFakeApi(overview));
    expect(
      await screen.findByText('rpc error: no such revision'),
    ).toBeInTheDocument();
    expect(screen.getByText('services').parentElement).toHaveTextContent(
      'ApplicationSet services',
    );
    expect(screen.getByText(/^Closed until 23 Nov 2026/)).toHaveTextContent(
      'nobody may sync, by hand neither',
    );
    expect(
      screen.getByText('overlays/prod · at main · compared at ccccccc'),
    ).toBeInTheDocument();
  });

  it('shows nothing of a stale source as well, and says when it was seen', async () => {
    const { overview, cell } = troubled();
    Object.assign(cell, { source: STALE, sync: 'Synced', health: 'Healthy' });
    aPanel(aFakeApi(overview));
    expect(await screen.findByText(/^stale, seen/)).toHaveAttribute(
      'title',
      STALE.message,
    );
    const healthy = await screen.findAllByText('Healthy');
    for (const word of healthy) {
      expect(word.closest('[data-tone]')).toHaveAttribute(
        'data-tone',
        'unknown',
      );
    }
  });

  it('says why a reading is missing', async () => {
    const { overview, cell } = troubled();
    cell.live = unavailableReading('Argo CD answered with a login page');
    aPanel(aFakeApi(overview));
    expect(
      await screen.findByText(
        'Unavailable: Argo CD answered with a login page',
      ),
    ).toBeInTheDocument();
  });

  it('asks once for a refresh, and says that it was asked', async () => {
    const api = aFakeApi(aSmallOverview());
    let finish: () => void = () => {};
    const asked: string[] = [];
    api.refresh = (_component, environmentRef) => {
      asked.push(environmentRef);
      return new Promise<void>(resolve => (finish = resolve));
    };
    aPanel(api);
    const button = await screen.findByRole('button', { name: 'Refresh' });
    await userEvent.dblClick(button);
    expect(asked).toEqual([PROD]);
    finish();
    expect(
      await screen.findByText(/^Argo CD is comparing with Git again/),
    ).toBeInTheDocument();
  });

  it('shows the refusal of a sync, with the request to quote', async () => {
    const api = aFakeApi(aSmallOverview());
    api.sync = async () => {
      throw await ResponseError.fromResponse(
        Response.json(
          {
            error: {
              name: 'ConflictError',
              message: 'Its sync window is closed',
            },
            response: { statusCode: 409 },
          },
          { status: 409, headers: { 'x-request-id': 'r-42' } },
        ) as never,
      );
    };
    aPanel(api);
    await userEvent.click(await screen.findByRole('button', { name: 'Sync' }));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Sync was refused');
    expect(alert).toHaveTextContent('Its sync window is closed');
    expect(
      within(alert).getByRole('button', { name: 'Copy request id' }),
    ).toBeInTheDocument();
  });

  it('says who may when the viewer may not', async () => {
    const api = aFakeApi(aSmallOverview(), {
      delivery: {
        operations: [
          {
            environmentRef: PROD,
            allowed: false,
            reason: 'Members of sample-platform-ai-leads can do this.',
          },
        ],
      },
    });
    aPanel(api);
    expect(
      await screen.findByRole('button', {
        name: 'Sync',
        description: 'Members of sample-platform-ai-leads can do this.',
      }),
    ).toBeDisabled();
  });

  it('keeps the details when only the history cannot be had', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getDelivery = async () => {
      throw new Error('The database is locked');
    };
    aPanel(api);
    expect(
      await screen.findByText('The history could not be loaded', undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
    expect(screen.getByText('Resources (2)')).toBeInTheDocument();
  });

  it('names the cause when the details cannot be had, and tries again', async () => {
    const api = aFakeApi(aSmallOverview());
    const works = api.getCell.bind(api);
    api.getCell = async () => {
      throw new TypeError('Failed to fetch');
    };
    aPanel(api);
    await screen.findByText('The details could not be loaded', undefined, {
      timeout: 5000,
    });
    expect(screen.getByText('prod is degraded.')).toBeInTheDocument();
    api.getCell = works;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(screen.getByText('Resources (2)')).toBeInTheDocument(),
    );
  });
});
