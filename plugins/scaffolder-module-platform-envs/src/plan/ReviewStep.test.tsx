import { discoveryApiRef, fetchApiRef } from '@backstage/frontend-plugin-api';
import {
  renderInTestApp,
  TestApiProvider,
} from '@backstage/frontend-test-utils';
import { JsonObject } from '@backstage/types';
import { ComponentPlan } from '@fairway/plugin-platform-envs-common';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { queryClient } from '../platforms/queryClient';
import { ReviewStep } from './ReviewStep';

const ok = (amount: string) => ({
  status: 'ok' as const,
  amount,
  currency: 'USD',
  pricedOn: '2026-03-01',
  basis: '1 × (0.05 vCPU, 0.0625 GiB) for 730 hours',
});

function aPlan(more: Partial<ComponentPlan> = {}): ComponentPlan {
  return {
    templateRef: 'template:default/create-go-service',
    summary: 'Creates 1 repository, 3 files, 1 commit and 1 AWS resource.',
    things: [
      {
        kind: 'repository',
        name: 'acme/orders',
        where: 'github.com',
        change: 'create',
        properties: [{ name: 'Visibility', value: 'private' }],
      },
      {
        kind: 'file',
        name: 'README.md',
        where: 'acme/orders@main',
        change: 'create',
        content: '# Orders\n',
      },
      {
        kind: 'file',
        name: 'cmd/server/main.go',
        where: 'acme/orders@main',
        change: 'create',
        content: 'package main\n',
      },
      {
        kind: 'file',
        name: 'logo.png',
        where: 'acme/orders@main',
        change: 'create',
        note: 'It is not text',
      },
      {
        kind: 'commit',
        name: 'Create orders',
        where: 'acme/orders@main',
        change: 'create',
      },
      {
        kind: 'file',
        name: 'gitops/overlays/dev/orders/kustomization.yaml',
        where: 'acme/platform@main',
        change: 'keep',
        content: 'kind: Kustomization\n',
      },
      {
        kind: 'awsResource',
        name: 'orders',
        where: '111100000000/ap-southeast-2',
        change: 'create',
        resourceType: 'AWS::ECR::Repository',
        properties: [
          { name: 'ImageTagMutability', value: 'IMMUTABLE' },
          { name: 'LifecyclePolicy', value: '{\n  "rules": []\n}' },
        ],
        estimate: ok('0.50'),
      },
      {
        kind: 'iam',
        name: 'fairway-ci',
        where: '111100000000',
        change: 'keep',
        resourceType: 'AWS::IAM::Role',
        content: '{ "Effect": "Allow" }',
      },
      {
        kind: 'catalogEntry',
        name: 'component:default/orders',
        where: 'catalog',
        change: 'create',
      },
      {
        kind: 'deployment',
        name: 'orders',
        where: 'acme-dev',
        change: 'create',
        environment: 'dev',
        capacity: {
          runtime: 'eks',
          region: 'ap-southeast-2',
          replicas: 1,
          maxReplicas: 3,
          cpu: '50m',
          memory: '64Mi',
        },
        estimate: ok('1.38'),
      },
    ],
    costs: [
      { estimate: ok('0.50') },
      { environment: 'dev', estimate: ok('1.38') },
      {
        environment: 'moon',
        estimate: {
          status: 'unavailable',
          reason: 'The price table of 2026-03-01 has no prices for moon-1',
        },
      },
    ],
    total: {
      ...ok('1.88'),
      missing: ['The price table of 2026-03-01 has no prices for moon-1'],
    },
    findings: [],
    madeAt: '2026-11-21T00:00:00.000Z',
    ...more,
  };
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });

describe('ReviewStep', () => {
  afterEach(() => queryClient.clear());

  function open(
    answer: (request: { values: JsonObject }) => Promise<Response>,
    formData: JsonObject = { name: 'orders' },
  ) {
    const requests: Array<{ url: string; body: any }> = [];
    const handleCreate = jest.fn(async () => {});
    const handleBack = jest.fn();
    const apis = [
      [discoveryApiRef, { getBaseUrl: async (id: string) => `http://p/${id}` }],
      [
        fetchApiRef,
        {
          fetch: async (url: string, init: RequestInit) => {
            const body = JSON.parse(String(init.body));
            requests.push({ url, body });
            return answer(body);
          },
        },
      ],
    ] as const;
    renderInTestApp(
      <TestApiProvider apis={apis as any}>
        <Routes>
          <Route
            path="/create/:namespace/:templateName"
            element={
              <ReviewStep
                formData={formData}
                steps={[]}
                disableButtons={false}
                handleBack={handleBack}
                handleReset={() => {}}
                handleCreate={handleCreate}
              />
            }
          />
        </Routes>
      </TestApiProvider>,
      { initialRouteEntries: ['/create/default/create-go-service'] },
    );
    return { requests, handleCreate, handleBack };
  }
  const createButton = () => screen.getByRole('button', { name: 'Create' });

  it('calls it removal where nothing is created', async () => {
    const { handleCreate } = open(async () =>
      json(
        aPlan({
          things: aPlan().things.map(thing => ({ ...thing, change: 'remove' })),
        }),
      ),
    );
    expect(
      await screen.findByRole('heading', { name: 'What will be removed' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Create' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(handleCreate).toHaveBeenCalledTimes(1);
  });

  it('shows the plan of this template with these values, then lets it be created', async () => {
    const { requests, handleCreate } = open(async () => json(aPlan()));
    expect(
      await screen.findByText(/Creates 1 repository, 3 files/),
    ).toBeInTheDocument();
    expect(requests).toEqual([
      {
        url: 'http://p/scaffolder/platform-envs/plans',
        body: {
          templateRef: 'template:default/create-go-service',
          values: { name: 'orders' },
        },
      },
    ]);
    await userEvent.click(createButton());
    expect(handleCreate).toHaveBeenCalledTimes(1);
  });

  it('shows every file with its content', async () => {
    open(async () => json(aPlan()));
    const files = await screen.findByRole('tree', {
      name: 'Files of acme/orders',
    });
    // The README stands open.
    expect(
      screen.getByRole('region', { name: 'Content of README.md' }),
    ).toHaveTextContent('# Orders');
    await userEvent.click(
      within(files).getByRole('treeitem', { name: 'main.go' }),
    );
    expect(
      screen.getByRole('region', { name: 'Content of cmd/server/main.go' }),
    ).toHaveTextContent('package main');
    await userEvent.click(
      within(files).getByRole('treeitem', { name: 'logo.png' }),
    );
    expect(screen.getByText('It is not text.')).toBeInTheDocument();
    // What is there already says so.
    expect(
      within(
        screen.getByRole('tree', { name: 'Files of acme/platform' }),
      ).getByRole('treeitem', { name: /kustomization\.yaml.*stays/ }),
    ).toBeInTheDocument();
  });

  it('is gone through by keyboard: one stop for all files of a repository, arrows within', async () => {
    open(async () => json(aPlan()));
    const files = await screen.findByRole('tree', {
      name: 'Files of acme/orders',
    });
    expect(
      within(files)
        .getAllByRole('treeitem')
        .filter(item => item.tabIndex === 0)
        .map(item => item.textContent),
    ).toEqual(['README.md']);
    act(() =>
      within(files).getByRole('treeitem', { name: 'README.md' }).focus(),
    );
    await userEvent.keyboard('{Home}');
    const folder = document.activeElement as HTMLElement;
    expect(folder).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{ArrowLeft}');
    expect(folder).toHaveAttribute('aria-expanded', 'false');
    expect(within(files).queryByText('main.go')).toBeNull();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{Enter}');
    expect(
      within(files).getByRole('treeitem', { selected: true }),
    ).toHaveFocus();
    expect(
      screen.getByRole('region', { name: 'Content of cmd/server/main.go' }),
    ).toBeInTheDocument();
  });

  it('leads past the plan to the button that starts the run', async () => {
    open(async () => json(aPlan()));
    await screen.findByRole('tree', { name: 'Files of acme/orders' });
    await userEvent.tab();
    expect(screen.getByRole('button', { name: 'Skip the plan' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(createButton()).toHaveFocus();
  });

  it('shows resources with properties and policies, and who may sign in', async () => {
    open(async () => json(aPlan()));
    const aws = await screen.findByRole('region', { name: 'In AWS' });
    expect(aws).toHaveTextContent(
      /ordersECR Repository · account 111100000000, ap-southeast-2/,
    );
    expect(aws).toHaveTextContent('ImageTagMutabilityIMMUTABLE');
    expect(
      within(aws).getByText('LifecyclePolicy').closest('details'),
    ).toHaveTextContent('"rules": []');
    const iam = screen.getByRole('region', { name: 'Who may act in AWS' });
    expect(iam).toHaveTextContent(/fairway-ci.*stays.*"Effect": "Allow"/);
  });

  it('shows a month by environment with the date of the prices, and what is not known', async () => {
    open(async () => json(aPlan()));
    const cost = await screen.findByRole('region', {
      name: 'What it costs in a month',
    });
    expect(cost).toHaveTextContent(/shared\$0\.50dev\$1\.38moonnot known/);
    expect(cost).toHaveTextContent('together$1.88 and more');
    expect(cost).toHaveTextContent('1 March 2026');
    expect(cost).toHaveTextContent('has no prices for moon-1');
    expect(
      screen.getByRole('row', {
        name: /dev orders new acme-dev 1 to 3 50m, 64Mi \$1\.38/,
      }),
    ).toBeInTheDocument();
  });

  it('keeps Create closed while something is in the way, and says what', async () => {
    const { handleCreate } = open(async () =>
      json(
        aPlan({
          things: [],
          costs: [],
          total: undefined,
          summary: 'One thing is in the way; nothing can be created yet.',
          findings: [
            {
              severity: 'blocking',
              message: 'component:default/orders belongs to group:default/b',
              nextStep: 'Choose another name',
              field: 'name',
            },
            {
              severity: 'warning',
              message: 'group:default/c is not in the catalog',
              nextStep: 'Choose a group that exists',
            },
          ],
        }),
      ),
    );
    expect(
      await screen.findByText(
        'component:default/orders belongs to group:default/b. Choose another name.',
      ),
    ).toBeInTheDocument();
    expect(createButton()).toBeDisabled();
    expect(createButton()).toHaveAccessibleDescription(
      /something is in the way/,
    );
    expect(handleCreate).not.toHaveBeenCalled();
  });

  it('says that it works, and that a slow one takes longer, meanwhile', async () => {
    let finish: (response: Response) => void = () => {};
    open(() => new Promise(resolve => (finish = resolve)));
    expect(
      await screen.findByRole('progressbar', {
        name: 'The plan is being made',
      }),
    ).toBeInTheDocument();
    expect(createButton()).toBeDisabled();
    expect(createButton()).toHaveAccessibleDescription(/when the plan is made/);
    finish(json(aPlan()));
    await waitFor(() => expect(createButton()).toBeEnabled());
    expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
  });

  it('names the fields that the template refuses, and lets go back', async () => {
    const { handleBack } = open(async () =>
      json(
        {
          error: {
            name: 'InputError',
            message: 'x',
            fields: [
              { field: 'name', rule: 'pattern', message: 'Name is odd' },
            ],
          },
          response: { statusCode: 400 },
        },
        400,
      ),
    );
    expect(await screen.findByText('Name is odd.')).toBeInTheDocument();
    expect(createButton()).toBeDisabled();
    expect(
      screen.queryByRole('button', { name: /without seeing/ }),
    ).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Back' }));
    expect(handleBack).toHaveBeenCalledTimes(1);
  });

  it('makes the plan again, and does not stand in the way of a run when it cannot', async () => {
    let isDown = true;
    const { requests, handleCreate } = open(async () =>
      isDown
        ? json(
            {
              error: {
                name: 'ServiceUnavailableError',
                message: 'GitHub answered 503',
              },
              response: { statusCode: 503 },
            },
            503,
          )
        : json(aPlan()),
    );
    expect(await screen.findByText('GitHub answered 503.')).toBeInTheDocument();
    expect(createButton()).toBeDisabled();
    await userEvent.click(
      screen.getByRole('button', { name: 'Create without seeing the plan' }),
    );
    expect(handleCreate).toHaveBeenCalledTimes(1);

    isDown = false;
    await userEvent.click(
      screen.getByRole('button', { name: 'Make the plan again' }),
    );
    await waitFor(() => expect(createButton()).toBeEnabled());
    expect(requests).toHaveLength(2);
    expect(screen.queryByText('GitHub answered 503.')).not.toBeInTheDocument();

    // A plan of before is no plan of now.
    isDown = true;
    await userEvent.click(
      screen.getByRole('button', { name: 'Make the plan again' }),
    );
    expect(await screen.findByText('GitHub answered 503.')).toBeInTheDocument();
    expect(createButton()).toBeDisabled();
    expect(createButton()).toHaveAccessibleDescription(/there is no plan/);
  });
});
