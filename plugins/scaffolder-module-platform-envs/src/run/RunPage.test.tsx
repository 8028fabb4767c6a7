import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { aService } from '../__testUtils__/aWorld';
import { completion, log, renderRun } from '../__testUtils__/renderRun';

describe('the page of a run', () => {
  it('shows the steps, and what the one that runs says', async () => {
    renderRun([
      log('registry', 'Beginning', 'processing'),
      log('registry', 'done', 'completed'),
      log('publish', 'Beginning step', 'processing'),
      log('publish', 'Pushing 14 files'),
    ]);
    expect(
      await screen.findByText('Step 2 of 2: Create the repository.'),
    ).toBeInTheDocument();
    const [registry, publish] = within(
      screen.getByRole('list', { name: 'Steps' }),
    ).getAllByRole('listitem');
    expect(registry).toHaveTextContent('done');
    expect(publish).toHaveTextContent('running');
    expect(publish).toHaveTextContent('Pushing 14 files');
    expect(
      screen.getByRole('heading', { name: 'Go service: orders' }),
    ).toBeInTheDocument();
  });

  it('leads to the removal that waits for somebody', async () => {
    renderRun(
      [
        log('publish', 'Beginning step', 'processing'),
        log('publish', 'Waits until leads agrees, at /removals/01M8: why'),
      ],
      { parameters: { component: 'component:default/orders' } },
    );
    const link = await screen.findByRole('link', { name: '/removals/01M8' });
    expect(link).toHaveAttribute('href', '/removals/01M8');
    expect(link.parentElement).toHaveTextContent(
      'Waits until leads agrees, at /removals/01M8: why',
    );
    expect(
      screen.getByRole('heading', { name: 'Go service: orders' }),
    ).toBeInTheDocument();
  });

  it('puts what was made and where to go next on top', async () => {
    renderRun([
      log('registry', 'done', 'completed'),
      log('publish', 'done', 'completed'),
      completion({
        message: 'Run completed',
        output: {
          text: [
            { title: 'Where it stands', content: '**orders** is Healthy' },
          ],
          links: [
            {
              title: 'The service in the catalog',
              entityRef: 'component:default/orders',
            },
            { title: 'Board', url: '/environments?q=orders' },
            { title: 'Repository', url: 'https://git.example/web/orders' },
            { title: 'Argo CD', url: undefined },
          ],
        },
      }),
    ]);
    expect(
      await screen.findByRole('heading', { name: 'Where it stands' }),
    ).toBeInTheDocument();
    const next = within(screen.getByRole('navigation', { name: 'Next' }));
    await next.findByRole('link', { name: /in the catalog/ });
    expect(
      next.getAllByRole('link').map(link => link.getAttribute('href')),
    ).toEqual([
      '/catalog/default/component/orders',
      '/environments?q=orders',
      'https://git.example/web/orders',
    ]);
  });

  it('does not lead to what the catalog does not have yet, until it has', async () => {
    const catalog = catalogApiMock();
    renderRun(
      [
        completion({
          message: 'Run completed',
          output: {
            links: [
              {
                title: 'In the catalog',
                entityRef: 'component:default/orders',
              },
              { title: 'Pull request', url: 'https://git.example/pull/1' },
            ],
          },
        }),
      ],
      { catalog },
    );
    const next = within(
      await screen.findByRole('navigation', { name: 'Next' }),
    );
    expect(await next.findByText(/Not in the catalog yet/)).toBeVisible();
    expect(next.getByRole('link')).toHaveAccessibleName(/Pull request/);

    jest
      .spyOn(catalog, 'getEntitiesByRefs')
      .mockResolvedValue({ items: [aService('orders', 'web', 'web')] });
    expect(
      await next.findByRole(
        'link',
        { name: 'In the catalog' },
        { timeout: 15_000 },
      ),
    ).toHaveAttribute('href', '/catalog/default/component/orders');
  }, 30_000);

  it('F35 says what a cancelled run has left, asked anew', async () => {
    const { asked } = renderRun([
      log('registry', 'done', 'completed'),
      log('publish', 'cancelled', 'cancelled'),
      { type: 'cancelled', body: { message: 'cancelled' } },
      completion({ message: 'x', error: { name: 'Error', message: 'x' } }),
    ]);
    expect(
      await screen.findByText('The run was cancelled after 1 of 2 steps.'),
    ).toBeInTheDocument();
    const there = await screen.findByRole('region', {
      name: 'What is there now',
    });
    expect(
      await within(there).findByRole('link', { name: /web\/orders/ }),
    ).toHaveAttribute('href', 'https://git.example/web/orders');
    expect(there).toHaveTextContent('Catalognothing');
    expect(there).toHaveTextContent('not known: ECR answered 503');
    expect(asked).toEqual([
      'plugin://scaffolder/platform-envs/names/orders?system=system%3Adefault%2Fweb',
    ]);
  });

  it('says why it stopped, and goes on when asked to', async () => {
    const { scaffolder } = renderRun([
      log('registry', 'Stack is ROLLBACK_COMPLETE', 'failed'),
      completion({
        message: 'x',
        error: {
          name: 'Error',
          message: 'Stack fairway-registry-orders failed',
        },
      }),
    ]);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(
      'The run stopped at "Create the image registry"',
    );
    expect(alert).toHaveTextContent('Stack fairway-registry-orders failed');
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(scaffolder.retry).toHaveBeenCalledWith('run-1');
    // the page follows the run that goes on
    await screen.findByRole('list', { name: 'Steps' });
    expect(scaffolder.getTask).toHaveBeenCalledTimes(2);
  });

  it('says that there is no such run', async () => {
    renderRun([], { taskError: new Error('No task with id run-1 found') });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /There is no such run.*No task with id run-1 found/,
    );
  });
});
