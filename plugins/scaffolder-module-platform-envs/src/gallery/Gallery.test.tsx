import { Entity } from '@backstage/catalog-model';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import {
  CatalogApi,
  catalogApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { queryClient } from '../platforms/queryClient';
import { Gallery } from './Gallery';

function aTemplate(
  name: string,
  title: string,
  type: string,
  tags: string[],
  actions: string[] = [],
): Entity {
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: { name, title, description: `Makes a ${title}.`, tags },
    spec: { type, steps: actions.map(action => ({ action })) },
    relations: [{ type: 'ownedBy', targetRef: 'group:default/platform' }],
  };
}

const TEMPLATES = [
  aTemplate('create-rust', 'Rust service', 'service', ['rust', 'eks']),
  aTemplate(
    'create-go',
    'Go service',
    'service',
    ['go', 'eks', 'recommended'],
    [
      'fairway:plan',
      'fairway:registry:create',
      'fairway:gitops:overlays',
      'fairway:repository:publish',
    ],
  ),
  aTemplate('create-site', 'Next.js frontend', 'website', ['nextjs']),
];

function Address() {
  const { search } = useLocation();
  return <output data-testid="address">{search}</output>;
}

function open(options: { at?: string; catalog?: Partial<CatalogApi> } = {}) {
  queryClient.clear();
  return renderInTestApp(
    <>
      <Address />
      <Gallery />
    </>,
    {
      apis: [
        [
          catalogApiRef,
          (options.catalog as CatalogApi) ??
            catalogApiMock({ entities: TEMPLATES }),
        ],
      ],
      initialRouteEntries: [options.at ?? '/'],
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef as never,
      },
    },
  );
}

const cards = () =>
  screen.getAllByRole('heading', { level: 3 }).map(node => node.textContent);

describe('the gallery of templates', () => {
  it('shows them by kind, recommended ones first, with what one gets', async () => {
    open();
    const services = await screen.findByRole('region', { name: 'Services' });
    expect(
      within(services)
        .getAllByRole('heading', { level: 3 })
        .map(node => node.textContent),
    ).toEqual(['Go service', 'Rust service']);
    expect(
      within(services)
        .getAllByRole('list', { name: 'What you get' })[0]
        .textContent?.trim(),
    ).toMatch(/Repository with CI.*Image registry.*Every environment prepared/);
    expect(screen.getByRole('region', { name: 'Websites' })).toHaveTextContent(
      'Next.js frontend',
    );
    expect(screen.getByRole('link', { name: 'Go service' })).toHaveAttribute(
      'href',
      '/default/create-go',
    );
  });

  it('keeps what is searched for in the address', async () => {
    open();
    await screen.findByText('Go service');
    await userEvent.type(
      screen.getByRole('searchbox', { name: 'Search templates' }),
      'rust serv',
    );
    await waitFor(() => expect(cards()).toEqual(['Rust service']));
    expect(screen.getByTestId('address')).toHaveTextContent('?q=rust+serv');
  });

  it('begins with what the address says', async () => {
    open({ at: '/?tag=eks&tag=go' });
    await screen.findByText('Go service');
    expect(cards()).toEqual(['Go service']);
    const tag = screen.getByRole('button', { name: 'go' });
    expect(tag).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(tag);
    expect(cards()).toEqual(['Go service', 'Rust service']);
    expect(screen.getByTestId('address')).toHaveTextContent('?tag=eks');
  });

  it('says that none fits, and shows all again', async () => {
    open({ at: '/?q=cobol' });
    await screen.findByText('None of 3 templates fit.');
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(cards()).toHaveLength(3);
  });

  it('says that there is none yet', async () => {
    open({ catalog: catalogApiMock({ entities: [] }) });
    expect(
      await screen.findByText(/There is no template yet/),
    ).toBeInTheDocument();
  });

  it('says that they could not be read, and tries again', async () => {
    const working = catalogApiMock({ entities: TEMPLATES });
    let broken = true;
    open({
      catalog: {
        getEntities: async (...args) => {
          if (broken) throw new Error('The catalog is away');
          return working.getEntities(...args);
        },
      },
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The catalog is away',
    );
    broken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Go service')).toBeInTheDocument();
  });
});
