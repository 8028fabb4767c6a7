import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import {
  aFakeApi,
  anOverview,
  aPromotion,
  aPromotionDetail,
  AT,
} from '../../__testUtils__';
import { address, renderScreen } from '../../__testUtils__/renderScreen';
import { PromotionsPage } from './PromotionsPage';

const ID = '01JD0000000000000000000001';

function render(promotions: PromotionDetail[], path = `/${ID}`) {
  const api = aFakeApi(anOverview(), { promotions });
  renderScreen(<PromotionsPage />, api, {
    mountPath: '/promotions',
    at: `/promotions${path}`,
  });
  return api;
}

describe('the list of promotions', () => {
  it('shows those under way, and keeps the choice in the address', async () => {
    render(
      [
        aPromotionDetail(),
        aPromotionDetail({
          promotion: aPromotion({ id: '2', state: 'SUCCEEDED' }),
        }),
      ],
      '',
    );
    expect(
      await screen.findByRole('link', {
        name: /sample-backend 1\.8\.2 uat → prod/,
      }),
    ).toHaveAttribute('href', `/promotions/${ID}`);
    expect(screen.getByText('Waiting for 1 of 1')).toBeInTheDocument();
    expect(screen.getByText('your decision')).toBeInTheDocument();
    expect(screen.queryByText('Succeeded')).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: 'All' }));
    expect(address()).toBe('/promotions?show=all');
    expect(await screen.findByText('Succeeded')).toBeInTheDocument();
  });

  it('says in one line that nothing waits', async () => {
    render([], '?show=waiting');
    expect(
      await screen.findByText('Nothing waits for your decision.'),
    ).toBeInTheDocument();
  });

  it('says why nothing can be promoted here', async () => {
    const api = aFakeApi(anOverview());
    api.listPromotions = async () => ({
      items: [],
      unavailableReason: 'Set permission.enabled: true',
    });
    renderScreen(<PromotionsPage />, api, {
      mountPath: '/promotions',
      at: '/promotions',
    });
    expect(
      await screen.findByText('Set permission.enabled: true'),
    ).toBeInTheDocument();
  });

  it('says what failed', async () => {
    const api = aFakeApi(anOverview());
    api.listPromotions = async () => {
      throw new Error('Promotions need permission.enabled: true');
    };
    renderScreen(<PromotionsPage />, api, {
      mountPath: '/promotions',
      at: '/promotions',
    });
    expect(
      await screen.findByText(/permission\.enabled/, undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
  });
});

describe('the page of one promotion', () => {
  it('says what changes, on what evidence, and how to undo it', async () => {
    render([aPromotionDetail()]);
    expect(
      await screen.findByRole('heading', {
        name: /Promote sample-backend 1\.8\.2 \(sha256:.*\) from uat to prod/,
      }),
    ).toBeInTheDocument();
    expect(screen.getByText('Waiting for 1 of 1')).toBeInTheDocument();
    const steps = within(
      screen.getByRole('list', { name: 'Progress' }),
    ).getAllByRole('listitem');
    expect(steps.map(step => step.getAttribute('data-state'))).toEqual([
      'done',
      'current',
      'ahead',
      'ahead',
      'ahead',
    ]);
    expect(screen.getByText(/newTag: 1\.8\.0@sha256/)).toBeInTheDocument();
    const gates = within(
      screen.getByRole('list', { name: 'Gates' }),
    ).getAllByRole('listitem');
    expect(gates[0]).toHaveTextContent('UnknownError rate · not required');
    expect(screen.getByText('Approvals 0/1')).toBeInTheDocument();
    expect(
      screen.getByText(/Nothing is written yet: cancel/),
    ).toBeInTheDocument();
    expect(
      screen.getByText('Planned one line in gitops/overlays/prod'),
    ).toBeInTheDocument();
  });

  it('approves the plan that is on the screen, once', async () => {
    const api = render([aPromotionDetail()]);
    const approve = await screen.findByRole('button', { name: 'Approve' });
    expect(approve).toBeDisabled();
    expect(approve).toHaveAccessibleDescription('Write a comment first');
    await userEvent.type(screen.getByLabelText(/Comment/), 'Looked at uat');
    await userEvent.dblClick(approve);
    await waitFor(() =>
      expect(api.calls.filter(c => c.method === 'decidePromotion')).toEqual([
        {
          method: 'decidePromotion',
          input: {
            id: ID,
            verdict: 'approve',
            comment: 'Looked at uat',
            planDigest: aPromotion().plan?.planDigest,
          },
        },
      ]),
    );
  });

  it('rejects and cancels with a reason', async () => {
    const api = render([
      aPromotionDetail({
        availableActions: [
          { action: 'reject', allowed: true },
          { action: 'cancel', allowed: true },
        ],
      }),
    ]);
    await userEvent.type(await screen.findByLabelText(/Comment/), 'Too risky');
    await userEvent.click(screen.getByRole('button', { name: 'Reject' }));
    await waitFor(() =>
      expect(api.calls).toContainEqual(
        expect.objectContaining({
          method: 'decidePromotion',
          input: expect.objectContaining({ verdict: 'reject' }),
        }),
      ),
    );
    await userEvent.type(screen.getByLabelText(/Comment/), 'Not needed');
    await userEvent.click(
      screen.getByRole('button', { name: 'Cancel promotion' }),
    );
    await waitFor(() =>
      expect(api.calls).toContainEqual({
        method: 'cancelPromotion',
        input: { id: ID, reason: 'Not needed' },
      }),
    );
  });

  it('says to whom may not decide why not, and who can', async () => {
    render([
      aPromotionDetail({
        availableActions: [
          {
            action: 'approve',
            allowed: false,
            reason: 'You asked for it; sample-platform-lead can approve',
          },
        ],
      }),
    ]);
    const approve = await screen.findByRole('button', { name: 'Approve' });
    expect(approve).toBeDisabled();
    expect(approve).toHaveAccessibleDescription(
      'You asked for it; sample-platform-lead can approve',
    );
    expect(screen.queryByLabelText(/Comment/)).toBeNull();
    expect(screen.getByRole('list', { name: 'Why not' })).toHaveTextContent(
      'You asked for it; sample-platform-lead can approve',
    );
  });

  it('shows a refused decision and keeps the comment', async () => {
    const api = render([aPromotionDetail()]);
    api.decidePromotion = async () => {
      throw new Error('The plan changed while you looked at it');
    };
    await userEvent.type(await screen.findByLabelText(/Comment/), 'Fine');
    await userEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect(
      await screen.findByText('The decision was not recorded'),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/The plan changed while you looked at it/),
    ).toBeInTheDocument();
    expect(screen.getByLabelText(/Comment/)).toHaveValue('Fine');
  });

  it('follows the promotion to its end, and stops asking', async () => {
    const api = render([aPromotionDetail()]);
    await screen.findByText('Waiting for 1 of 1');
    api.answers.promotions = [
      aPromotionDetail({
        promotion: aPromotion({
          state: 'SUCCEEDED',
          commitSha: 'c0ffee1234567890',
          approvals: [
            {
              actor: 'user:default/sample-platform-lead',
              verdict: 'approve',
              comment: 'Looked at uat',
              planDigest: '',
              groups: [],
              at: AT,
            },
          ],
        }),
        quorum: { have: 1, need: 1 },
        commitUrl: 'https://git.example.com/commit/c0ffee1',
      }),
    ];
    expect(
      await screen.findByText('Succeeded', undefined, { timeout: 4000 }),
    ).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'c0ffee1' })).toHaveAttribute(
      'href',
      'https://git.example.com/commit/c0ffee1',
    );
    expect(screen.getByText(/Revert c0ffee1/)).toBeInTheDocument();
    expect(screen.getByText('“Looked at uat”')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
  });

  it('says why it failed', async () => {
    render([
      aPromotionDetail({
        promotion: aPromotion({
          state: 'FAILED',
          failure: { kind: 'failed', message: 'Argo CD ended Degraded' },
        }),
      }),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The platform said no. Argo CD ended Degraded',
    );
  });

  it('says that there is no such promotion', async () => {
    render([]);
    expect(
      await screen.findByText(
        `Promotion ${ID} could not be loaded`,
        undefined,
        {
          timeout: 5000,
        },
      ),
    ).toBeInTheDocument();
  });
});
