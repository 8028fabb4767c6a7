import { screen, within } from '@testing-library/react';
import {
  aFakeApi,
  anOverview,
  aPromotionDetail,
  aSmallOverview,
  aSource,
  minutesBefore,
  STALE,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { EnvironmentsWidget } from './EnvironmentsWidget';
import { MyServicesWidget } from './MyServicesWidget';
import { WaitingForMeWidget } from './WaitingForMeWidget';

const mine = { ownershipRefs: ['group:default/sample-platform-ai'] };

describe('MyServicesWidget', () => {
  it('shows only mine, worst first, with the state of each environment', async () => {
    renderScreen(<MyServicesWidget />, aFakeApi(aSmallOverview()), mine);
    const list = await screen.findByRole('list', { name: 'My services' });
    const rows = within(list).getAllByRole('listitem');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toHaveTextContent('sample-backend');
    expect(
      within(rows[0]).getByRole('img', { name: 'prod: Degraded' }),
    ).toBeInTheDocument();
    expect(rows[0]).toHaveTextContent('uat behind 1.8.3, prod behind 1.8.2');
    expect(rows[0]).toHaveTextContent(/changed .* ago/);
    expect(
      screen.getByRole('link', { name: 'Mine on the board' }),
    ).toHaveAttribute('href', '/environments?mine=true');
  });

  it('loses its green where a source is stale', async () => {
    const overview = aSmallOverview();
    for (const row of overview.rows) {
      for (const cell of row.cells) cell.source = STALE;
    }
    renderScreen(<MyServicesWidget />, aFakeApi(overview), mine);
    expect(
      await screen.findAllByRole('img', { name: 'dev: Healthy, stale' }),
    ).toHaveLength(2);
  });

  it('offers to create a service to who owns none', async () => {
    renderScreen(<MyServicesWidget />, aFakeApi(aSmallOverview()));
    expect(
      await screen.findByRole('link', { name: 'templates' }),
    ).toHaveAttribute('href', '/create');
  });

  it('says in a line why it cannot be shown', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getOverview = async () => {
      throw new Error('The database is locked');
    };
    renderScreen(<MyServicesWidget />, api, mine);
    expect(
      await screen.findByRole('alert', undefined, { timeout: 5000 }),
    ).toHaveTextContent(
      'Your services cannot be shown: The database is locked',
    );
  });
});

describe('EnvironmentsWidget', () => {
  it('loses its green where a source is stale', async () => {
    const overview = aSmallOverview();
    for (const row of overview.rows) {
      for (const cell of row.cells) {
        if (cell.environmentRef.endsWith('-dev')) cell.source = STALE;
      }
    }
    renderScreen(<EnvironmentsWidget />, aFakeApi(overview));
    expect(
      await screen.findAllByRole('img', { name: 'dev: Healthy, stale' }),
    ).not.toHaveLength(0);
    expect(
      screen.getAllByRole('img', { name: /^prod: .*[^e]$/ }),
    ).not.toHaveLength(0);
  });

  it('sums each environment up by the worst that stands in it', async () => {
    renderScreen(<EnvironmentsWidget />, aFakeApi(aSmallOverview()));
    expect(
      await screen.findByRole('img', { name: 'prod: Degraded (1)' }),
    ).toBeInTheDocument();
    expect(screen.getAllByRole('img', { name: 'dev: Healthy' })).toHaveLength(
      2,
    );
  });

  it('leads to the board of a platform, and to what needs a look there', async () => {
    renderScreen(<EnvironmentsWidget />, aFakeApi(aSmallOverview()));
    const platform = encodeURIComponent('system:default/sample-platform-ai');
    expect(
      await screen.findByRole('link', { name: 'sample-platform-ai' }),
    ).toHaveAttribute('href', `/environments?platform=${platform}`);
    expect(screen.getByRole('link', { name: '1 to look at' })).toHaveAttribute(
      'href',
      `/environments?platform=${platform}&attention=true`,
    );
  });

  it('says since when and why it is stale', async () => {
    const overview = aSmallOverview();
    overview.sources = [
      aSource({
        state: 'stale',
        observedAt: minutesBefore(9),
        message: 'connection refused',
      }),
    ];
    renderScreen(<EnvironmentsWidget />, aFakeApi(overview));
    expect(
      await screen.findByText(
        /^stale since \d\d:\d\d \(Argo CD: connection refused\)$/,
      ),
    ).toBeInTheDocument();
  });

  it('says that there are none', async () => {
    renderScreen(<EnvironmentsWidget />, aFakeApi(anOverview()));
    expect(
      await screen.findByText(/No environment is registered yet/),
    ).toBeInTheDocument();
  });
});

describe('WaitingForMeWidget', () => {
  it('lists what to decide and what of mine is degraded', async () => {
    renderScreen(
      <WaitingForMeWidget />,
      aFakeApi(aSmallOverview(), { promotions: [aPromotionDetail()] }),
      mine,
    );
    expect(
      await screen.findByRole('link', {
        name: 'sample-backend 1.8.2 to sample-platform-ai-prod',
      }),
    ).toHaveAttribute('href', '/promotions/01JD0000000000000000000001');
    expect(
      await screen.findByRole('link', { name: 'sample-backend in prod' }),
    ).toHaveAttribute(
      'href',
      expect.stringMatching(
        /^\/environments\?platform=.*&cell=component.*sample-backend.*prod$/,
      ),
    );
  });

  it('does not say that nothing waits when it could not look', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getOverview = async () => {
      throw new Error('The database is locked');
    };
    renderScreen(<WaitingForMeWidget />, api, mine);
    expect(
      await screen.findByText(
        /No promotion waits for you. How your services are cannot be shown/,
        undefined,
        { timeout: 5000 },
      ),
    ).toBeInTheDocument();
  });

  it('says in one calm line that nothing waits', async () => {
    renderScreen(<WaitingForMeWidget />, aFakeApi(aSmallOverview()));
    expect(
      await screen.findByText('Nothing waits for you.'),
    ).toBeInTheDocument();
  });
});
