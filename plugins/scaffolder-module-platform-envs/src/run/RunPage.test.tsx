import { fetchApiRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import {
  LogEvent,
  ScaffolderApi,
  scaffolderApiRef,
} from '@backstage/plugin-scaffolder-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { queryClient } from '../platforms/queryClient';
import { RunPage } from './RunPage';

const AT = '2026-11-23T10:00:00.000Z';

const log = (stepId: string, message: string, status?: string) => ({
  type: 'log' as const,
  body: { stepId, message, status },
});

const completion = (body: object) => ({ type: 'completion' as const, body });

function open(
  events: object[],
  options: { may?: boolean; taskError?: Error } = {},
) {
  queryClient.clear();
  const { may = true, taskError } = options;
  const scaffolder = {
    getTask: jest.fn(async () => {
      if (taskError) throw taskError;
      return {
        id: 'run-1',
        createdAt: AT,
        lastHeartbeatAt: AT,
        spec: {
          parameters: { name: 'orders', system: 'system:default/web' },
          steps: [
            { id: 'registry', name: 'Create the image registry', action: 'a' },
            { id: 'publish', name: 'Create the repository', action: 'b' },
          ],
          output: {},
          templateInfo: {
            entityRef: 'template:default/create-go-service',
            entity: {
              metadata: {
                namespace: 'default',
                name: 'create-go-service',
                title: 'Go service',
              },
            },
          },
        },
      };
    }),
    streamLogs: jest.fn(() => ({
      subscribe: (observer: { next(event: LogEvent): void }) => {
        events.forEach((event, id) =>
          observer.next({
            ...event,
            id,
            taskId: 'run-1',
            createdAt: AT,
          } as LogEvent),
        );
        return { unsubscribe: () => {}, closed: true };
      },
    })),
    retry: jest.fn(async () => ({ id: 'run-1' })),
    cancelTask: jest.fn(async () => ({})),
  };
  const asked: string[] = [];
  renderInTestApp(
    <Routes>
      <Route path="/create/tasks/:taskId" element={<RunPage />} />
    </Routes>,
    {
      apis: [
        [scaffolderApiRef, scaffolder as unknown as ScaffolderApi],
        [
          permissionApiRef,
          {
            authorize: async () => ({
              result: may ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
            }),
          },
        ],
        [
          fetchApiRef,
          {
            fetch: (async (input: RequestInfo) => {
              asked.push(String(input));
              return new Response(
                JSON.stringify({
                  name: 'orders',
                  system: 'system:default/web',
                  checkedAt: AT,
                  places: [
                    { place: 'catalog', state: 'free', what: 'orders' },
                    {
                      place: 'repository',
                      state: 'mine',
                      what: 'web/orders',
                      url: 'https://git.example/web/orders',
                    },
                    {
                      place: 'registry',
                      state: 'unknown',
                      what: 'orders',
                      reason: 'ECR answered 503',
                    },
                  ],
                }),
                { headers: { 'content-type': 'application/json' } },
              );
            }) as typeof fetch,
          },
        ],
      ],
      initialRouteEntries: ['/create/tasks/run-1'],
      mountedRoutes: {
        '/create': scaffolderPlugin.routes.root as never,
        '/catalog/:namespace/:kind/:name': entityRouteRef as never,
      },
    },
  );
  return { scaffolder, asked };
}

describe('the page of a run', () => {
  // first: the app remembers for a while what somebody may do
  it('is not retried by who may not run templates', async () => {
    open(
      [
        log('registry', 'no', 'failed'),
        completion({ message: 'x', error: { name: 'Error', message: 'no' } }),
      ],
      { may: false },
    );
    expect(await screen.findByRole('button', { name: 'Retry' })).toBeDisabled();
  });

  it('shows the steps, and what the one that runs says', async () => {
    open([
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

  it('puts what was made and where to go next on top', async () => {
    open([
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
    expect(
      next.getAllByRole('link').map(link => link.getAttribute('href')),
    ).toEqual([
      '/catalog/default/component/orders',
      '/environments?q=orders',
      'https://git.example/web/orders',
    ]);
  });

  it('F35 says what a cancelled run has left, asked anew', async () => {
    const { asked } = open([
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
    const { scaffolder } = open([
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
    open([], { taskError: new Error('No task with id run-1 found') });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /There is no such run.*No task with id run-1 found/,
    );
  });
});
