import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef, entityRouteRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { CostOverview, CostReading } from '@fairway/plugin-cost-common';
import { screen, within } from '@testing-library/react';
import { costApiRef } from '../../api';
import { CostPage } from './CostPage';

const ok = (amount: string): CostReading => ({
  status: 'ok',
  value: { amount, currency: 'USD' },
  observedAt: '2026-03-15T10:00:00Z',
  estimated: true,
});
const missing: CostReading = {
  status: 'unavailable',
  reason:
    'The bill has no line tagged prod; is the cost allocation tag active?',
};

const overview: CostOverview = {
  period: { start: '2026-03-01', end: '2026-03-16' },
  observedAt: '2026-03-15T10:00:00Z',
  environments: [
    {
      environmentRef: 'environment:default/shop-dev',
      systemRef: 'system:default/shop',
      shortName: 'dev',
      title: 'shop dev',
      promotionOrder: 1,
      cost: ok('120.5'),
      previousMonth: ok('310'),
      planPerMonth: { amount: '100.00', currency: 'USD' },
      daily: [{ day: '2026-03-02', amount: '120.5' }],
      components: [
        { componentName: 'web', cost: { amount: '100', currency: 'USD' } },
        { cost: { amount: '20.5', currency: 'USD' } },
      ],
    },
    {
      environmentRef: 'environment:default/shop-prod',
      systemRef: 'system:default/shop',
      shortName: 'prod',
      title: 'shop prod',
      promotionOrder: 2,
      cost: missing,
      previousMonth: missing,
      daily: [],
      components: [],
    },
  ],
  unallocated: ok('8'),
  total: ok('128.5'),
  previousMonthTotal: ok('310'),
};

async function render(getOverview: () => Promise<CostOverview>) {
  await renderInTestApp(<CostPage />, {
    apis: [
      [costApiRef, { getOverview, getComponentCost: jest.fn() }],
      [catalogApiRef, catalogApiMock()],
      mockApis.identity(),
    ] as never,
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
}

describe('CostPage', () => {
  it('shows environments against their plan, the remainder and the total', async () => {
    await render(async () => overview);
    const dev = (await screen.findByRole('rowheader', { name: 'dev' })).closest(
      'tr',
    )!;
    expect(dev).toHaveTextContent('$121');
    expect(dev).toHaveTextContent('121 % of $100, over plan');
    expect(dev).toHaveTextContent('web $100 · no component tag $21');
    const rest = screen
      .getByRole('rowheader', { name: 'Not allocated' })
      .closest('tr')!;
    expect(rest).toHaveTextContent('$8.00');
  });

  it('F44 shows missing data as missing, with the reason, never as $0', async () => {
    await render(async () => overview);
    const prod = (
      await screen.findByRole('rowheader', { name: 'prod' })
    ).closest('tr')!;
    expect(
      within(prod).getAllByText(/is the cost allocation tag active/),
    ).toHaveLength(2);
    expect(prod).toHaveTextContent('no plan');
    expect(prod).not.toHaveTextContent('$0');
  });

  it('says what is not configured', async () => {
    await render(async () => ({
      ...overview,
      environments: [],
      observedAt: undefined,
      message: 'Cost is not configured: set cost.aws.accountId',
    }));
    expect(
      await screen.findByText(/set cost.aws.accountId/),
    ).toBeInTheDocument();
    expect(screen.getByText(/no environment yet/)).toBeInTheDocument();
  });

  it('says what went wrong and offers another try', async () => {
    await render(async () => {
      throw new Error('Request failed with 503');
    });
    expect(
      await screen.findByText('Request failed with 503', undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled();
  });
});
