import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ResponseError } from '@backstage/errors';
import {
  aFakeApi,
  aPlanPreview,
  aPromotionDetail,
  aSmallOverview,
} from '../../__testUtils__';
import { address, renderScreen } from '../../__testUtils__/renderScreen';
import { DeliveryTab } from './DeliveryTab';

const PROD = 'environment:default/sample-platform-ai-prod';
const entity = { kind: 'Component', name: 'sample-backend' };
const render = (api = aFakeApi(aSmallOverview()), at = '/') => {
  renderScreen(<DeliveryTab />, api, { entity, at });
  return api;
};

describe('DeliveryTab', () => {
  it('shows what stands in each environment and what moving on would change', async () => {
    render();
    const prod = await screen.findByRole('region', { name: 'prod' });
    expect(within(prod).getByText('1.8.0')).toBeInTheDocument();
    expect(within(prod).getByText('Degraded')).toBeInTheDocument();
    expect(
      within(prod).getByText(
        'prod is degraded for 14 min: 1 of 4 pods is not ready.',
      ),
    ).toBeInTheDocument();
    expect(screen.getByText('1.8.2 → 1.8.3')).toBeInTheDocument();
    expect(screen.getByText('1.8.0 → 1.8.2')).toBeInTheDocument();
    expect(
      within(screen.getByRole('list', { name: 'Deployments' })).getAllByRole(
        'listitem',
      ),
    ).toHaveLength(3);
    expect(screen.getByText(/Nothing was promoted yet/)).toBeInTheDocument();
  });

  it('lists open promotions', async () => {
    render(aFakeApi(aSmallOverview(), { promotions: [aPromotionDetail()] }));
    expect(
      await screen.findByRole('link', { name: /1\.8\.2 uat → prod/ }),
    ).toHaveAttribute('href', '/promotions/01JD0000000000000000000001');
  });

  it('says why one may not promote, and who can', async () => {
    render(
      aFakeApi(aSmallOverview(), {
        delivery: {
          promotionTargets: [
            {
              toEnvironmentRef: PROD,
              allowed: false,
              reason: 'Members of sample-platform-ai may promote here',
            },
          ],
        },
      }),
    );
    const button = await screen.findByRole('button', {
      name: 'Promote to prod',
    });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription(
      'Members of sample-platform-ai may promote here',
    );
  });

  it('refreshes and syncs where it may, and says why where it may not', async () => {
    const api = aFakeApi(aSmallOverview());
    const [dev, , prod] = api.answers.overview.rows[1].cells;
    api.answers.delivery = {
      operations: [
        { environmentRef: dev.environmentRef, allowed: true },
        {
          environmentRef: prod.environmentRef,
          allowed: false,
          reason: 'On-call may sync prod',
        },
      ],
    };
    render(api);
    const devStage = await screen.findByRole('region', { name: 'dev' });
    await userEvent.click(
      within(devStage).getByRole('button', { name: 'Refresh' }),
    );
    expect(api.calls).toContainEqual({
      method: 'refresh',
      input: {
        componentRef: 'component:default/sample-backend',
        environmentRef: dev.environmentRef,
      },
    });
    const prodStage = screen.getByRole('region', { name: 'prod' });
    const sync = within(prodStage).getByRole('button', { name: 'Sync' });
    expect(sync).toBeDisabled();
    expect(sync).toHaveAccessibleDescription('On-call may sync prod');
    expect(
      within(screen.getByRole('region', { name: 'uat' })).queryByRole(
        'button',
        { name: 'Sync' },
      ),
    ).toBeNull();
  });

  it('shows what the server said when a sync is refused', async () => {
    const api = aFakeApi(aSmallOverview());
    api.sync = async () => {
      throw new Error('The sync window opens at 09:00');
    };
    render(api);
    const dev = await screen.findByRole('region', { name: 'dev' });
    await userEvent.click(within(dev).getByRole('button', { name: 'Sync' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The sync window opens at 09:00',
    );
  });

  it('shows its shape while loading, and what failed', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getDelivery = () => new Promise(() => {});
    render(api);
    expect(
      await screen.findByRole('status', { name: 'Loading the delivery' }),
    ).toBeInTheDocument();
  });

  it('tells a person without the right so, calmly', async () => {
    const api = aFakeApi(aSmallOverview());
    api.getDelivery = async () => {
      throw await ResponseError.fromResponse(
        Response.json(
          {
            error: {
              name: 'NotAllowedError',
              message: 'You may not see environments',
            },
            response: { statusCode: 403 },
          },
          { status: 403 },
        ) as never,
      );
    };
    render(api);
    expect(await screen.findByText('You may not see this')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('keeps the environment of the history in the address', async () => {
    render(undefined, '/?in=uat');
    const list = await screen.findByRole('list', { name: 'Deployments' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(1);
    expect(list).toHaveTextContent('1.8.2');
  });
});

describe('PromoteDialog', () => {
  const at = `/?promote=${PROD}`;

  it('shows the plan before anything is written', async () => {
    render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Promote to prod' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Promote sample-backend from uat to prod',
    });
    expect(
      await within(dialog).findByText(
        'gitops/overlays/prod/sample-backend/kustomization.yaml',
      ),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText(/newTag: 1\.8\.0@sha256/),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText(/newTag: 1\.8\.2@sha256/),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText('RPO lag 180 ms, limit 1,000 ms', {
        exact: false,
      }),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText(
        'Needs 1 approval by sample-platform-ai-leads, not by you.',
      ),
    ).toBeInTheDocument();
  });

  it('wants a reason for the record', async () => {
    render(undefined, at);
    const button = await screen.findByRole('button', {
      name: 'Request promotion',
    });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription('Write a reason first');
    await userEvent.type(screen.getByLabelText(/Reason/), '   ');
    expect(button).toBeDisabled();
    await userEvent.type(screen.getByLabelText(/Reason/), 'Fix');
    expect(button).toBeEnabled();
  });

  it('asks once however often the button is hit, and leads to the promotion', async () => {
    const api = aFakeApi(aSmallOverview(), {
      planPreview: aPlanPreview({
        policy: {
          minApprovals: 0,
          approverGroups: [],
          excludeRequester: false,
        },
      }),
    });
    const answer = api.createPromotion.bind(api);
    let release = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    api.createPromotion = async request => {
      const result = await answer(request);
      await gate;
      return result;
    };
    render(api, at);
    await screen.findByLabelText(/Reason/);
    const button = screen.getByRole('button', { name: 'Promote to prod' });
    await userEvent.type(screen.getByLabelText(/Reason/), 'Fix');
    expect(button).toBeEnabled();
    await userEvent.dblClick(button);
    release();
    await waitFor(() =>
      expect(address()).toBe('/promotions/01JD0000000000000000000007'),
    );
    expect(api.calls.filter(c => c.method === 'createPromotion')).toHaveLength(
      1,
    );
  });

  it('sends the same key again after a failure', async () => {
    const api = aFakeApi(aSmallOverview());
    const keys: string[] = [];
    api.createPromotion = async request => {
      keys.push(request.idempotencyKey);
      throw new TypeError('Failed to fetch');
    };
    render(api, at);
    await userEvent.type(await screen.findByLabelText(/Reason/), 'Fix');
    const button = screen.getByRole('button', { name: 'Request promotion' });
    await userEvent.click(button);
    expect(
      await screen.findByText('The promotion was not requested'),
    ).toBeInTheDocument();
    await userEvent.click(button);
    await waitFor(() => expect(keys).toHaveLength(2));
    expect(keys[0]).toBe(keys[1]);
  });

  it('says why there is no plan', async () => {
    const api = aFakeApi(aSmallOverview());
    api.planPromotion = async () => {
      throw new Error('The overlay of prod has two image lines');
    };
    render(api, at);
    expect(
      await screen.findByText(
        /The overlay of prod has two image lines/,
        undefined,
        {
          timeout: 5000,
        },
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: /Promote to prod|Request promotion/ }),
    ).toBeDisabled();
  });

  it('leads to the promotion that is already open', async () => {
    render(
      aFakeApi(aSmallOverview(), {
        planPreview: aPlanPreview({ existingPromotionId: '01JDX' }),
      }),
      at,
    );
    expect(
      await screen.findByRole('link', { name: 'Go to it' }),
    ).toHaveAttribute('href', '/promotions/01JDX');
  });
});
