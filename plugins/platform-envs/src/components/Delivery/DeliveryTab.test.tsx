import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ResponseError } from '@backstage/errors';
import { unavailableReading } from '@fairway/plugin-platform-envs-common';
import {
  aComparison,
  aFakeApi,
  aPlanPreview,
  aPromotionDetail,
  aSmallOverview,
  STALE,
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

  it('shows nothing of a stale source as well, and says when it was seen', async () => {
    const overview = aSmallOverview();
    for (const cell of overview.rows[1].cells) cell.source = STALE;
    renderScreen(<DeliveryTab />, aFakeApi(overview), { entity });
    const dev = await screen.findByRole('region', { name: 'dev' });
    expect(
      within(dev).getByText('Healthy').closest('[data-tone]'),
    ).toHaveAttribute('data-tone', 'unknown');
    expect(within(dev).getByText(/^stale, seen/)).toHaveAttribute(
      'title',
      'Argo CD main answered 503',
    );
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

  it('does not promote where nothing is released to begin with', async () => {
    const api = aFakeApi(aSmallOverview());
    const [, uat] = api.answers.overview.rows[1].cells;
    Object.assign(uat, {
      state: 'not-deployed',
      desired: unavailableReading('No overlay names a release'),
    });
    render(api);
    const button = await screen.findByRole('button', {
      name: 'Promote to prod',
    });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription(
      'Nothing is released in uat yet',
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
    expect(
      await within(devStage).findByText(/^Argo CD is comparing with Git again/),
    ).toBeInTheDocument();
    const prodStage = screen.getByRole('region', { name: 'prod' });
    // also for whoever cannot hover
    expect(within(prodStage).getByRole('status')).toHaveTextContent(
      'On-call may sync prod',
    );
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

  it('asks once when a button is clicked twice, though the answer came between', async () => {
    const api = aFakeApi(aSmallOverview());
    const [dev] = api.answers.overview.rows[1].cells;
    api.answers.delivery = {
      operations: [{ environmentRef: dev.environmentRef, allowed: true }],
    };
    render(api);
    const stage = await screen.findByRole('region', { name: 'dev' });
    const button = within(stage).getByRole('button', { name: 'Sync' });
    await userEvent.click(button);
    await within(stage).findByText(/^Argo CD was asked to sync/);
    await userEvent.click(button);
    expect(api.calls.filter(call => call.method === 'sync')).toHaveLength(1);
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

  it('leads to dashboards and logs of the time around a deployment, once they are wanted', async () => {
    const api = aFakeApi(aSmallOverview());
    const getCellLinks = jest.fn(async () => ({
      items: [
        {
          title: 'Dashboard backend',
          type: 'grafana' as const,
          url: 'https://grafana.example.com/d/backend?from=1&to=2',
        },
        {
          title: 'EKS cluster',
          type: 'aws' as const,
          url: 'https://console.example.com/eks',
        },
      ],
    }));
    api.getCellLinks = getCellLinks;
    render(api, '/?in=uat');
    const list = await screen.findByRole('list', { name: 'Deployments' });
    const [entry] = within(list).getAllByRole('listitem');
    const toggle = within(entry).getByRole('button', {
      name: 'Around this time',
    });
    expect(getCellLinks).not.toHaveBeenCalled();
    await userEvent.click(toggle);
    expect(
      await within(entry).findByRole('link', { name: 'Dashboard backend' }),
    ).toHaveAttribute(
      'href',
      'https://grafana.example.com/d/backend?from=1&to=2',
    );
    expect(within(entry).queryByText('EKS cluster')).toBeNull();
    expect(getCellLinks).toHaveBeenCalledWith(
      'component:default/sample-backend',
      'environment:default/sample-platform-ai-uat',
      expect.objectContaining({ around: expect.stringMatching(/Z$/) }),
    );
    await userEvent.click(toggle);
    expect(within(entry).queryByRole('link', { name: /Dashboard/ })).toBeNull();
  });

  it('keeps the environment of the history in the address', async () => {
    render(undefined, '/?in=uat');
    const list = await screen.findByRole('list', { name: 'Deployments' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(1);
    expect(list).toHaveTextContent('1.8.2');
  });
});

describe('the way between two environments', () => {
  const DEV = 'environment:default/sample-platform-ai-dev';
  const UAT = 'environment:default/sample-platform-ai-uat';

  it('carries commits and settings that would come, and leads to them', async () => {
    const overview = aSmallOverview();
    const row = overview.rows.find(r => r.component.name === 'sample-backend')!;
    row.cells[1].behind = {
      environmentRef: DEV,
      state: 'behind',
      fromVersion: '1.8.2',
      toVersion: '1.8.3',
      commits: 3,
    };
    row.cells[2].behind = {
      environmentRef: UAT,
      state: 'behind',
      reason: 'its registry cannot be asked',
    };
    const api = render(
      aFakeApi(overview, {
        delivery: {
          configChanges: [
            { fromEnvironmentRef: DEV, toEnvironmentRef: UAT, count: 1 },
          ],
        },
      }),
    );
    expect(
      await screen.findByText('its registry cannot be asked'),
    ).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', {
        name: 'Compare with uat: 3 commits, 1 config change',
      }),
    );
    expect(
      await screen.findByRole('list', { name: 'dev has, uat lacks' }),
    ).toHaveTextContent('Drain before shutdown');
    expect(address()).toContain('compare=uat..dev');
    expect(api.calls).toContainEqual({
      method: 'getComparison',
      input: { from: UAT, to: DEV },
    });
  });

  it('links the commit that a release was built from, and no other scheme', async () => {
    const overview = aSmallOverview();
    const row = overview.rows.find(r => r.component.name === 'sample-backend')!;
    const [good, bad] = ['a'.repeat(40), 'b'.repeat(40)];
    for (const [index, revision] of [good, bad].entries()) {
      const { desired } = row.cells[index];
      if (desired.status === 'ok') desired.value.revision = revision;
    }
    render(
      aFakeApi(overview, {
        delivery: {
          source: {
            repository: 'shop/orders',
            commitUrls: {
              [good]: 'https://git.example.com/commit/a',
              // eslint-disable-next-line no-script-url
              [bad]: 'javascript:alert(1)',
            },
          },
        },
      }),
    );
    expect(
      await screen.findByRole('link', { name: 'aaaaaaa' }),
    ).toHaveAttribute('href', 'https://git.example.com/commit/a');
    expect(screen.queryByRole('link', { name: 'bbbbbbb' })).toBeNull();
    expect(screen.getByText('bbbbbbb')).toBeInTheDocument();
  });
});

describe('the comparison', () => {
  const at = '/?compare=uat..dev';

  it('shows settings key by key, and no secret', async () => {
    render(undefined, `${at}&view=config`);
    const table = await screen.findByRole('table');
    expect(within(table).getByText('Replicas')).toBeInTheDocument();
    expect(within(table).getAllByText('(hidden)')).toHaveLength(2);
    expect(within(table).getByText('secret')).toBeInTheDocument();
  });

  it('shows what would be applied, one under the other or side by side', async () => {
    render(undefined, `${at}&view=rendered`);
    const name = 'Differences of Deployment sample-backend';
    const unified = await screen.findByRole('table', { name });
    expect(unified).toHaveTextContent('−');
    expect(within(unified).queryAllByRole('columnheader')).toHaveLength(0);
    expect(screen.getByText('The same: Service sample-backend')).toBeVisible();
    await userEvent.click(screen.getByRole('radio', { name: 'Side by side' }));
    expect(
      within(screen.getByRole('table', { name })).getAllByRole('columnheader'),
    ).toHaveLength(2);
    expect(address()).toContain('diff=split');
  });

  it('says why a section is not there, and shows the others', async () => {
    render(
      aFakeApi(aSmallOverview(), {
        comparison: aComparison(undefined, {
          rendered: {
            status: 'unavailable',
            reason: 'Amazon ECS applies no Kubernetes objects',
          },
        }),
      }),
      `${at}&view=rendered`,
    );
    expect(
      await screen.findByText(
        'Not available: amazon ECS applies no Kubernetes objects.',
      ),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('tab', { name: 'Commits 3' }));
    expect(await screen.findByText('Add a metric')).toBeInTheDocument();
  });

  it('compares Git with what runs', async () => {
    const api = render(undefined, '/?compare=live..prod');
    await screen.findByRole('tab', { name: 'Rendered 1', selected: true });
    expect(api.calls).toContainEqual({
      method: 'getComparison',
      input: { environment: PROD, against: 'live' },
    });
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(address()).not.toContain('compare');
  });

  it('says what failed, and tries again', async () => {
    const api = aFakeApi(aSmallOverview());
    const answer = api.getComparison.bind(api);
    api.getComparison = async () => {
      throw new Error('Argo CD does not answer');
    };
    render(api, at);
    const alert = await screen.findByRole('alert', undefined, {
      timeout: 5000,
    });
    expect(alert).toHaveTextContent('Argo CD does not answer');
    api.getComparison = answer;
    await userEvent.click(
      within(alert).getByRole('button', { name: 'Try again' }),
    );
    expect(await screen.findByText('Add a metric')).toBeInTheDocument();
  });

  it.each(['uat..nowhere', 'uat', 'uat..uat', 'live..live', 'a..b..c'])(
    'asks nobody for %s',
    async compare => {
      const api = render(undefined, `/?compare=${compare}`);
      expect(
        await screen.findByText(/in which this component does not run/),
      ).toBeInTheDocument();
      expect(api.calls.filter(c => c.method === 'getComparison')).toEqual([]);
    },
  );
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
