import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { unavailableReading } from '@fairway/plugin-platform-envs-common';
import {
  aCell,
  aFakeApi,
  anOverview,
  aRow,
  aSmallOverview,
  aSource,
  minutesBefore,
} from '../../__testUtils__';
import { address, renderScreen } from '../../__testUtils__/renderScreen';
import { BoardPage } from './BoardPage';

const DEGRADED = /sample-backend in prod: 1\.8\.0, Degraded/;

// jsdom lays nothing out; the board draws what it has room for.
beforeEach(() => {
  jest.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(900);
  jest.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1200);
});
afterEach(() => jest.restoreAllMocks());

describe('BoardPage', () => {
  it('shows each service in each environment as word, version and age', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()));
    const cell = await screen.findByRole('button', { name: DEGRADED });
    expect(cell).toHaveTextContent('1.8.0');
    expect(cell).toHaveTextContent('Out of sync');
    expect(cell).toHaveTextContent('behind 1.8.2');
    expect(
      screen.getByRole('link', { name: 'sample-backend' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/sample-backend/delivery',
    );
    expect(await screen.findByText(/^live · /)).toBeInTheDocument();
  });

  it('shows its shape while loading', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getOverview = () => new Promise(() => {});
    renderScreen(<BoardPage />, api);
    expect(
      await screen.findByRole('status', { name: 'Loading the board' }),
    ).toBeInTheDocument();
  });

  it('offers the next step when nothing runs anywhere', async () => {
    renderScreen(<BoardPage />, aFakeApi(anOverview()));
    expect(
      await screen.findByRole('link', { name: 'Create a service' }),
    ).toHaveAttribute('href', '/create');
  });

  it('says what failed and tries again', async () => {
    const api = aFakeApi(aSmallOverview());
    const works = api.getOverview.bind(api);
    api.getOverview = async () => {
      throw new TypeError('Failed to fetch');
    };
    renderScreen(<BoardPage />, api);
    expect(
      await screen.findByText('The board could not be loaded', undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
    api.getOverview = works;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('button', { name: DEGRADED }),
    ).toBeInTheDocument();
  });

  it('says since when and why it is stale, and keeps the last good state', async () => {
    const overview = aSmallOverview();
    overview.sources = [
      aSource({
        state: 'stale',
        observedAt: minutesBefore(3),
        message: 'connection refused',
      }),
    ];
    renderScreen(<BoardPage />, aFakeApi(overview));
    expect(await screen.findByText(/^stale since/)).toHaveTextContent(
      'Argo CD: connection refused',
    );
    expect(screen.getByRole('button', { name: DEGRADED })).toBeInTheDocument();
  });

  it('tells how to configure what is not configured', async () => {
    const overview = aSmallOverview();
    overview.sources = [
      aSource({
        state: 'absent',
        message: 'Set platformEnvs.argocd.instances to see what runs.',
      }),
    ];
    renderScreen(<BoardPage />, aFakeApi(overview));
    expect(
      await screen.findByText('Argo CD is not configured'),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/platformEnvs\.argocd\.instances/),
    ).toBeInTheDocument();
  });

  it('keeps filters in the address, and reads them from it', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()), {
      at: '/environments?q=frontend',
    });
    expect(
      await screen.findByRole('link', { name: 'sample-frontend' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'sample-backend' })).toBeNull();

    const search = screen.getByRole('searchbox', { name: 'Search services' });
    await userEvent.clear(search);
    await userEvent.type(search, 'backend');
    await waitFor(() => expect(address()).toBe('/environments?q=backend'));

    await userEvent.click(
      screen.getByRole('button', { name: 'Needs attention 1' }),
    );
    expect(address()).toBe('/environments?q=backend&attention=true');
  });

  it('shows only mine', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()), {
      at: '/environments?mine=true',
      ownershipRefs: ['group:default/cornjacket-platform'],
    });
    expect(
      await screen.findByRole('link', { name: 'cornjacket-ingestion' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'sample-backend' })).toBeNull();
  });

  it('offers to clear filters that hide everything', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()), {
      at: '/environments?q=nothing-like-it',
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(address()).toBe('/environments');
    expect(
      await screen.findByRole('link', { name: 'sample-backend' }),
    ).toBeInTheDocument();
  });

  it('folds a platform and remembers it in the address', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()));
    await userEvent.click(
      await screen.findByRole('button', { name: 'sample-platform-ai' }),
    );
    expect(screen.queryByRole('button', { name: DEGRADED })).toBeNull();
    expect(address()).toBe('/?closed=system:default/sample-platform-ai');
  });

  it('opens a cell beside the board; Escape closes it and gives the focus back', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()));
    const cell = await screen.findByRole('button', { name: DEGRADED });
    await userEvent.click(cell);
    const drawer = await screen.findByRole('dialog', {
      name: /sample-backend in/,
    });
    expect(drawer).toHaveFocus();
    expect(address()).toContain(
      'cell=component:default/sample-backend@environment:default/sample-platform-ai-prod',
    );
    expect(
      within(drawer).getByText(
        'prod is degraded for 14 min: 1 of 4 pods is not ready.',
      ),
    ).toBeInTheDocument();
    expect(
      (
        await within(drawer).findAllByRole('button', { name: 'Copy digest' })
      )[0],
    ).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(address()).toBe('/');
    expect(cell).toHaveFocus();
  });

  it('says that an address names nothing on the board', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()), {
      at: '/environments?cell=bogus',
    });
    expect(
      await screen.findByRole('dialog', { name: 'Not on the board' }),
    ).toBeInTheDocument();
  });

  it('says why a reading is missing, instead of a zero or a green state', async () => {
    const overview = aSmallOverview();
    const cell = overview.rows[1].cells[2];
    cell.live = unavailableReading('Argo CD answered with a login page');
    renderScreen(<BoardPage />, aFakeApi(overview), {
      at: `/environments?cell=${cell.componentRef}@${cell.environmentRef}`,
    });
    expect(
      await screen.findByText(
        'Unavailable: Argo CD answered with a login page',
      ),
    ).toBeInTheDocument();
  });

  it('follows the event stream', async () => {
    const api = aFakeApi(aSmallOverview());
    renderScreen(<BoardPage />, api);
    await screen.findByRole('button', { name: DEGRADED });
    const next = aSmallOverview();
    next.revision = '2';
    next.rows[1].cells[2].state = 'healthy';
    api.answers.overview = next;
    api.push('2');
    await waitFor(() =>
      expect(
        screen.getByRole('button', {
          name: /sample-backend in prod: 1\.8\.0, Healthy/,
        }),
      ).toBeInTheDocument(),
    );
  });

  it('walks over cells with the arrow keys and finds the search with /', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()));
    const cell = await screen.findByRole('button', { name: DEGRADED });
    act(() => cell.focus());
    await userEvent.keyboard('{ArrowLeft}');
    expect(
      screen.getByRole('button', { name: /sample-backend in uat/ }),
    ).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}');
    expect(
      screen.getByRole('button', { name: /sample-frontend in uat/ }),
    ).toHaveFocus();
    await userEvent.keyboard('/');
    expect(
      screen.getByRole('searchbox', { name: 'Search services' }),
    ).toHaveFocus();
  });

  it('asks only for the rows that the stream names', async () => {
    const api = aFakeApi(aSmallOverview());
    renderScreen(<BoardPage />, api);
    await screen.findByRole('button', { name: DEGRADED });
    api.answers.overview.revision = '2';
    api.answers.overview.rows[1].cells[2].state = 'healthy';
    api.push('2', ['component:default/sample-backend']);
    expect(
      await screen.findByRole('button', {
        name: /sample-backend in prod: 1\.8\.0, Healthy/,
      }),
    ).toBeInTheDocument();
    expect(api.calls.filter(call => call.method === 'getOverview')).toEqual([
      { method: 'getOverview', input: { limit: 'all' } },
      {
        method: 'getOverview',
        input: {
          component: ['component:default/sample-backend'],
          limit: 'all',
        },
      },
    ]);
  });

  it('F89 is stale without the network, never green, and asks again when it is back', async () => {
    const api = aFakeApi(aSmallOverview());
    const works = api.getOverview.bind(api);
    renderScreen(<BoardPage />, api);
    const grid = await screen.findByRole('grid');
    expect(await screen.findByText('live · now')).toBeInTheDocument();
    expect(grid).not.toHaveAttribute('data-stale');

    api.getOverview = async () => {
      throw new TypeError('Failed to fetch');
    };
    act(() => {
      window.dispatchEvent(new Event('offline'));
    });
    expect(grid).toHaveAttribute('data-stale');
    expect(screen.queryByText(/^live/)).toBeNull();
    expect(screen.getByText(/^stale since/)).toHaveTextContent(
      'this browser is offline',
    );
    // the last good state stays, under that word
    expect(screen.getByRole('button', { name: DEGRADED })).toBeInTheDocument();

    api.getOverview = works;
    api.answers.overview.revision = '9';
    api.answers.overview.rows[0].cells[0].state = 'degraded';
    act(() => {
      window.dispatchEvent(new Event('online'));
    });
    expect(
      await screen.findByRole('button', {
        name: /sample-frontend in dev: 2\.4\.0, Degraded/,
      }),
    ).toBeInTheDocument();
    await waitFor(() => expect(grid).not.toHaveAttribute('data-stale'));
    expect(await screen.findByText('live · now')).toBeInTheDocument();
  });

  it('keeps one place for Tab, and walks to the ends and the heads', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()));
    const grid = await screen.findByRole('grid');
    expect(grid).toHaveAttribute('aria-rowcount', '5');
    expect(grid.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
    const cell = await screen.findByRole('button', { name: DEGRADED });
    act(() => cell.focus());
    await userEvent.keyboard('{Home}');
    expect(screen.getByRole('link', { name: 'sample-backend' })).toHaveFocus();
    await userEvent.keyboard('{ArrowUp}');
    expect(
      screen.getByRole('button', { name: 'sample-platform-ai' }),
    ).toHaveFocus();
    await userEvent.keyboard('{Control>}{End}{/Control}');
    expect(
      screen.getByRole('button', { name: /cornjacket-ingestion in prod/ }),
    ).toHaveFocus();
    expect(grid.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
  });

  it('gives the focus to the cell when a drawer that the address opened closes', async () => {
    renderScreen(<BoardPage />, aFakeApi(aSmallOverview()), {
      at: '/environments?cell=component:default/sample-backend@environment:default/sample-platform-ai-prod',
    });
    await screen.findByRole('dialog');
    await userEvent.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.getByRole('button', { name: DEGRADED })).toHaveFocus(),
    );
  });

  it('draws what is in view of two thousand services, and finds any of them', async () => {
    const board = aSmallOverview();
    const [dev] = board.environments.filter(e => e.shortName === 'dev');
    board.rows = Array.from({ length: 2_000 }, (_, i) => {
      const name = `service-${String(i).padStart(4, '0')}`;
      return aRow(name, 'sample-platform-ai', [aCell(name, dev, '1.0.0')]);
    });
    renderScreen(<BoardPage />, aFakeApi(board));
    const grid = await screen.findByRole('grid');
    expect(grid).toHaveAttribute('aria-rowcount', '2001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    await userEvent.type(
      screen.getByRole('searchbox', { name: 'Search services' }),
      '1987',
    );
    expect(
      await screen.findByRole('link', { name: 'service-1987' }),
    ).toBeInTheDocument();
    expect(screen.getByText('1 of 2000 services')).toBeInTheDocument();
  });
});
