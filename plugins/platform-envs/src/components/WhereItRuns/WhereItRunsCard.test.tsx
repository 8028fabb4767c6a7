import { screen, within } from '@testing-library/react';
import { aFakeApi, aSmallOverview, STALE } from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { WhereItRunsCard } from './WhereItRunsCard';

const entity = { kind: 'Component', name: 'sample-backend' };

describe('WhereItRunsCard', () => {
  it('shows each environment with version, state and how far it is behind', async () => {
    renderScreen(<WhereItRunsCard />, aFakeApi(aSmallOverview()), { entity });
    const places = within(
      await screen.findByRole('list', { name: 'Environments' }),
    ).getAllByRole('listitem');
    expect(places).toHaveLength(3);
    expect(places[2]).toHaveTextContent('prod1.8.0Degradedbehind 1.8.2');
    expect(
      within(places[2]).getByRole('link', { name: 'Degraded' }),
    ).toHaveAttribute(
      'href',
      expect.stringMatching(/^\/environments\?cell=component.*prod$/),
    );
  });

  it('shows nothing of a stale source as well', async () => {
    const overview = aSmallOverview();
    for (const row of overview.rows) {
      for (const cell of row.cells) cell.source = STALE;
    }
    renderScreen(<WhereItRunsCard />, aFakeApi(overview), { entity });
    const [dev] = await screen.findAllByText('Healthy');
    expect(dev.closest('[data-tone]')).toHaveAttribute('data-tone', 'unknown');
  });

  it('says that it runs nowhere, and what to set', async () => {
    const overview = aSmallOverview();
    overview.rows[1].cells = [];
    renderScreen(<WhereItRunsCard />, aFakeApi(overview), { entity });
    expect(await screen.findByText(/It runs nowhere yet/)).toHaveTextContent(
      'fairway.dev/environments',
    );
  });

  it('names the cause when it cannot be loaded, and tries again', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getDelivery = async () => {
      throw new Error('The database is locked');
    };
    renderScreen(<WhereItRunsCard />, api, { entity });
    expect(
      await screen.findByText(/The database is locked/, undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Try again' }),
    ).toBeInTheDocument();
  });
});
