import { screen, within } from '@testing-library/react';
import { aFakeApi, aFirstDelivery, anOverview } from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { WaitingForMeWidget } from './WaitingForMeWidget';

const task = (id: string, at: string, parameters: object = {}) => ({
  id,
  createdAt: at,
  status: 'failed',
  spec: {
    parameters,
    steps: [
      { id: 'registry', name: 'Create the image registry', action: 'a:b' },
      { id: 'track', name: 'Follow it', action: 'fairway:delivery:track' },
    ],
    templateInfo: { entity: { metadata: { name: 'x', title: 'Go service' } } },
  },
});
const failedAt = (stepId: string) => [
  { type: 'log', body: { stepId, status: 'processing' } },
  { type: 'log', body: { stepId, status: 'failed' } },
];

describe('what stopped, on home', () => {
  it('names runs of mine by where they stopped, and leads to them', async () => {
    const now = new Date().toISOString();
    renderScreen(<WaitingForMeWidget />, aFakeApi(anOverview()), {
      scaffolder: {
        '/v2/tasks': {
          tasks: [
            task('t1', now, { name: 'new-ledger' }),
            task('t2', now, { name: 'followed-anyway' }),
            task('t3', '2020-01-01T00:00:00Z', { name: 'long-ago' }),
            task('t4', now),
          ],
        },
        '/v2/tasks/t1/events': failedAt('registry'),
        '/v2/tasks/t2/events': failedAt('track'),
        '/v2/tasks/t3/events': [],
        '/v2/tasks/t4/events': [],
      },
    });
    expect(
      await screen.findByRole('link', {
        name: 'Run new-ledger stopped at create the image registry',
      }),
    ).toHaveAttribute('href', '/create/tasks/t1');
    const list = screen.getByRole('list', { name: 'Waiting for me' });
    expect(
      within(list)
        .getAllByRole('link')
        .map(link => link.textContent),
    ).toEqual([
      'Run new-ledger stopped at create the image registry',
      'Run Go service stopped',
    ]);
  });

  it('names new components of mine that stopped, not those of others or on their way', async () => {
    const api = aFakeApi(anOverview(), {
      firstDeliveries: [
        aFirstDelivery({ id: 'a' }, 'image'),
        aFirstDelivery({
          id: 'b',
          componentRef: 'component:default/fine',
        }),
        aFirstDelivery(
          {
            id: 'c',
            componentRef: 'component:default/foreign',
            requestedBy: 'user:default/other',
          },
          'sync',
        ),
      ],
    });
    renderScreen(<WaitingForMeWidget />, api);
    const link = await screen.findByRole('link', {
      name: 'greeter stopped at image built',
    });
    expect(link).toHaveAttribute(
      'href',
      '/catalog/default/component/greeter/delivery',
    );
    expect(screen.queryByText(/fine|foreign/)).not.toBeInTheDocument();
  });

  it('does not say that nothing waits when runs cannot be read', async () => {
    renderScreen(<WaitingForMeWidget />, aFakeApi(anOverview()), {
      scaffolder: {},
    });
    expect(
      await screen.findByText(
        'How your runs stand cannot be shown now.',
        undefined,
        {
          timeout: 5000,
        },
      ),
    ).toBeInTheDocument();
  });
});
