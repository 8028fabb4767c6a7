import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  catalogApiRef,
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { ComponentCost } from '@fairway/plugin-cost-common';
import { screen } from '@testing-library/react';
import { costApiRef } from '../../api';
import { ComponentCostCard } from './ComponentCostCard';

const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'web' },
};

const none = (reason: string, isPending?: boolean) => ({
  status: 'unavailable' as const,
  reason,
  isPending,
});

const aCost = (overrides: Partial<ComponentCost> = {}): ComponentCost => ({
  componentRef: 'component:default/web',
  period: { start: '2026-03-01', end: '2026-03-16' },
  environments: [
    {
      environmentRef: 'environment:default/shop-dev',
      shortName: 'dev',
      cost: none('The bill has nothing of web in dev yet.', true),
    },
  ],
  total: none('The bill has nothing of web in shop yet.', true),
  observedAt: '2026-03-15T10:00:00Z',
  nextReadingAt: '2026-03-15T18:00:00Z',
  ...overrides,
});

async function render(cost: ComponentCost) {
  await renderInTestApp(
    <EntityProvider entity={entity}>
      <ComponentCostCard />
    </EntityProvider>,
    {
      apis: [
        [
          costApiRef,
          { getOverview: jest.fn(), getComponentCost: async () => cost },
        ],
        [catalogApiRef, catalogApiMock()],
        mockApis.identity(),
      ] as never,
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    },
  );
}

async function row(name: RegExp) {
  return (await screen.findByRole('rowheader', { name })).closest('tr')!;
}

describe('ComponentCostCard', () => {
  it('gives a new component a row for each environment, says that there is no cost yet, and when the bill is read', async () => {
    await render(aCost());
    expect(await row(/^dev/)).toHaveTextContent(
      'None yet: The bill has nothing of web in dev yet.',
    );
    expect(await row(/^Total/)).toHaveTextContent('None yet');
    expect(
      screen.getByRole('heading', { name: 'Cost this month' }),
    ).toBeInTheDocument();
    // also for whoever cannot hover
    expect(
      screen.getByText('The bill has nothing of web in shop yet.', {
        selector: 'p',
      }),
    ).toBeInTheDocument();
    const read = screen.getByText(/^Bill read/);
    expect(
      [...read.querySelectorAll('time')].map(time => time.dateTime),
    ).toEqual(['2026-03-15T10:00:00Z', '2026-03-15T18:00:00Z']);
    expect(document.body).not.toHaveTextContent('$0');
  });

  it('shows what is in none of its environments on a row of its own', async () => {
    const money = {
      status: 'ok' as const,
      value: { amount: '0.002', currency: 'USD' },
      observedAt: '2026-03-15T10:00:00Z',
      estimated: true,
    };
    await render(aCost({ shared: money, total: money }));
    expect(await row(/^shared/)).toHaveTextContent('< $0.01');
    expect(await row(/^Total/)).toHaveTextContent('< $0.01');
  });

  it('says so where the bill was never read', async () => {
    await render(
      aCost({
        environments: [],
        total: none('Cost is not configured: set cost.aws.accountId'),
        observedAt: undefined,
        nextReadingAt: undefined,
      }),
    );
    expect(await row(/^Total/)).toHaveTextContent('No data');
    expect(screen.queryByText(/^Bill read/)).not.toBeInTheDocument();
  });
});
