import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  aFakeApi,
  anOverview,
  aRemovalDetail,
  minutesAgo,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { WaitingForMeWidget } from '../Home/WaitingForMeWidget';
import { RemovalsPage } from './RemovalsPage';

const ID = aRemovalDetail().removal.id;
const open = (...removals: Array<ReturnType<typeof aRemovalDetail>>) => {
  const api = aFakeApi(anOverview(), { removals });
  renderScreen(<RemovalsPage />, api, {
    at: `/removals/${ID}`,
    mountPath: '/removals/*',
  });
  return api;
};

describe('a removal', () => {
  it('shows the plan, who has to agree and why', async () => {
    open(aRemovalDetail());
    const plan = await screen.findByRole('list', { name: 'Plan' });
    expect([...plan.children].map(item => item.textContent)).toEqual([
      'GoesDesired state: 1 file, in one commitorg/gitops@maingitops/overlays/prod/greeter/kustomization.yaml',
      'StaysAWS greeter1/eu-west-1 · 3 images stay.',
      'ArchivedRepository org/greetergit.example.com · It is archived, not deleted.',
    ]);
    expect(screen.getByText('It is in prod (prod).')).toBeInTheDocument();
    expect(screen.getByText('Approvals 0/1')).toBeInTheDocument();
    expect(
      screen.getByText(/A second person has to agree/),
    ).toBeInTheDocument();
  });

  it.each([
    ['user:default/me', 1],
    ['user:default/another', 0],
  ])(
    'leads to its run who started it, and nobody else (%s)',
    async (requestedBy, links) => {
      const detail = aRemovalDetail();
      Object.assign(detail.removal, { requestedBy, taskId: 'a-run' });
      open(detail);
      await screen.findByRole('list', { name: 'Plan' });
      await screen.findAllByText(/requested by/);
      await waitFor(() =>
        expect(screen.queryAllByRole('link', { name: 'its run' })).toHaveLength(
          links,
        ),
      );
    },
  );

  it('takes a decision on the plan that was shown, with a reason, once', async () => {
    const api = open(aRemovalDetail());
    const approve = await screen.findByRole('button', {
      name: 'Approve removal',
    });
    expect(approve).toBeDisabled();
    await userEvent.type(
      screen.getByRole('textbox', { name: /Reason/ }),
      'Nobody calls it',
    );
    await userEvent.dblClick(approve);
    expect(api.calls.filter(c => c.method === 'decideRemoval')).toEqual([
      {
        method: 'decideRemoval',
        input: {
          id: ID,
          verdict: 'approve',
          comment: 'Nobody calls it',
          planDigest: 'd'.repeat(64),
        },
      },
    ]);
  });

  it('says why somebody may not decide', async () => {
    open(aRemovalDetail({}, 'You asked for this removal.'));
    expect(
      await screen.findByRole('list', { name: 'Why not' }),
    ).toHaveTextContent('You asked for this removal.');
    expect(
      screen.queryByRole('textbox', { name: /Reason/ }),
    ).not.toBeInTheDocument();
  });

  it('names what depends on it, what Fairway did not make, and open promotions', async () => {
    const { plan } = aRemovalDetail().removal;
    open(
      aRemovalDetail({
        plan: {
          ...plan,
          foreign: ['org/greeter'],
          dependents: [
            {
              entityRef: 'component:default/shop',
              how: 'consumes its API greeter-api',
            },
          ],
          openPromotions: [{ id: 'p1', sentence: '1.2.4 to prod: WAITING' }],
        },
      }),
    );
    expect(
      await screen.findByRole('list', { name: 'Depends on it' }),
    ).toHaveTextContent('shop consumes its API greeter-api.');
    expect(
      screen.getByText('Fairway did not make all of it').parentElement,
    ).toHaveTextContent('org/greeter');
    expect(
      screen.getByRole('link', { name: '1.2.4 to prod: WAITING' }),
    ).toHaveAttribute('href', '/promotions/p1');
  });

  it('shows what the run did, and where it stopped', async () => {
    open(
      aRemovalDetail({
        state: 'RUNNING',
        steps: [
          {
            id: 'desired-state',
            title: 'Remove the desired state',
            state: 'done',
            sentence: '7 files removed.',
            at: minutesAgo(2),
            link: { title: 'Commit', url: 'http://git.example.com/c' },
          },
          {
            id: 'stopped',
            title: 'Wait until it runs nowhere',
            state: 'failed',
            sentence: 'greeter-prod is still there.',
            at: minutesAgo(1),
          },
        ],
      }),
    );
    const steps = await screen.findByRole('list', {
      name: 'Steps of the run',
    });
    expect(steps).toHaveTextContent(
      'Stopped here: greeter-prod is still there.',
    );
    expect(
      within(steps).getByRole('link', { name: 'Commit' }),
    ).toBeInTheDocument();
    expect(screen.getByText(/Retry goes on where it was/)).toBeInTheDocument();
  });

  it('says once that a step is under way', async () => {
    open(
      aRemovalDetail({
        state: 'RUNNING',
        steps: [
          {
            id: 'desired-state',
            title: 'Remove the desired state',
            state: 'running',
            sentence: 'Under way.',
            at: minutesAgo(2),
          },
        ],
      }),
    );
    const steps = await screen.findByRole('list', {
      name: 'Steps of the run',
    });
    expect(steps.textContent?.match(/Under way/g)).toHaveLength(1);
  });

  it('says that there is none', async () => {
    open();
    expect(
      await screen.findByText(/could not be loaded/, undefined, {
        timeout: 5000,
      }),
    ).toBeInTheDocument();
  });

  it('is in the list, and waits on home for those who may decide', async () => {
    const api = aFakeApi(anOverview(), { removals: [aRemovalDetail()] });
    const { unmount } = renderScreen(<RemovalsPage />, api, {
      at: '/removals?show=waiting',
      mountPath: '/removals/*',
    });
    expect(
      await screen.findByRole('link', { name: 'greeter' }),
    ).toHaveAttribute('href', `/removals/${ID}`);
    expect(screen.getByText('Waiting, 0 of 1 approvals')).toBeInTheDocument();
    unmount();
    renderScreen(<WaitingForMeWidget />, api);
    expect(
      await screen.findByRole('link', { name: 'Removal of greeter' }),
    ).toHaveAttribute('href', `/removals/${ID}`);
  });
});
