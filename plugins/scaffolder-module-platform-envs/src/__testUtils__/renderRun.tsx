import { fetchApiRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import {
  CatalogApi,
  catalogApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import {
  LogEvent,
  ScaffolderApi,
  scaffolderApiRef,
} from '@backstage/plugin-scaffolder-react';
import { Route, Routes } from 'react-router-dom';
import { queryClient } from '../platforms/queryClient';
import { RunPage } from '../run/RunPage';
import { aService } from './aWorld';

const AT = '2026-11-23T10:00:00.000Z';

/** A line of a step's log, and where the step stands since. */
export const log = (stepId: string, message: string, status?: string) => ({
  type: 'log' as const,
  body: { stepId, message, status },
});

/** The end of a run. */
export const completion = (body: object) => ({
  type: 'completion' as const,
  body,
});

/** Renders the page of a run that has these events, in an app whose backend is played. */
export function renderRun(
  events: object[],
  options: {
    may?: boolean;
    taskError?: Error;
    /** What the catalog has; `component:default/orders` unless told. */
    catalog?: CatalogApi;
    /** What was filled in. */
    parameters?: object;
  } = {},
) {
  queryClient.clear();
  const {
    may = true,
    taskError,
    catalog = catalogApiMock({ entities: [aService('orders', 'web', 'web')] }),
    parameters = { name: 'orders', system: 'system:default/web' },
  } = options;
  const scaffolder = {
    getTask: jest.fn(async () => {
      if (taskError) throw taskError;
      return {
        id: 'run-1',
        createdAt: AT,
        lastHeartbeatAt: AT,
        spec: {
          parameters,
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
        [catalogApiRef, catalog],
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
