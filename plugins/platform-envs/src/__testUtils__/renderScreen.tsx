import { ReactElement } from 'react';
import { useLocation } from 'react-router-dom';
import { screen } from '@testing-library/react';
import { fetchApiRef } from '@backstage/frontend-plugin-api';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { PlatformEnvsApi } from '@fairway/plugin-platform-envs-common';
import { platformEnvsApiRef } from '../api';
import { boardRouteRef, promotionsRouteRef } from '../routes';

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}

/** The path and query that the app stands at. */
export function address(): string {
  return decodeURIComponent(screen.getByTestId('address').textContent ?? '');
}

/** Options of {@link renderScreen}. */
export interface RenderScreenOptions {
  at?: string;
  /** Where the page is mounted, for pages with routes of their own. */
  mountPath?: string;
  /** Groups of whoever is signed in. */
  ownershipRefs?: string[];
  /** What the scaffolder answers to, by path below its base; nothing else is reached. */
  scaffolder?: Record<string, unknown>;
  /** The entity on whose page the screen stands. */
  entity?: { kind: string; name: string };
}

/** A scaffolder in memory; without answers it has no tasks. */
function scaffolderFetch(
  answers: Record<string, unknown> = { '/v2/tasks': { tasks: [] } },
): typeof fetch {
  return async input => {
    const { pathname } = new URL(String(input), 'http://localhost');
    const path = pathname.replace(/^.*\/api\/scaffolder/, '');
    const answer = answers[path];
    return new Response(JSON.stringify(answer ?? { error: 'no such path' }), {
      status: answer === undefined ? 404 : 200,
      headers: { 'content-type': 'application/json' },
    });
  };
}

/** Renders a screen in an app with a fake backend. */
export function renderScreen(
  element: ReactElement,
  api: PlatformEnvsApi,
  options: RenderScreenOptions = {},
) {
  const { at = '/', mountPath, ownershipRefs = [], entity } = options;
  return renderInTestApp(
    <>
      <Address />
      {entity ? (
        <EntityProvider
          entity={{
            apiVersion: 'backstage.io/v1alpha1',
            kind: entity.kind,
            metadata: { namespace: 'default', name: entity.name },
          }}
        >
          {element}
        </EntityProvider>
      ) : (
        element
      )}
    </>,
    {
      apis: [
        [platformEnvsApiRef, api],
        [fetchApiRef, { fetch: scaffolderFetch(options.scaffolder) }],
        mockApis.identity({
          userEntityRef: 'user:default/me',
          ownershipEntityRefs: ['user:default/me', ...ownershipRefs],
        }),
      ],
      mountPath,
      initialRouteEntries: [at],
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef as never,
        '/environments': boardRouteRef,
        '/promotions': promotionsRouteRef,
      },
    },
  );
}
