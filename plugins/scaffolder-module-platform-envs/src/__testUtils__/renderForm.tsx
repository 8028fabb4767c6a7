import { Entity } from '@backstage/catalog-model';
import { fetchApiRef } from '@backstage/frontend-plugin-api';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { CatalogApi, catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import {
  ScaffolderApi,
  scaffolderApiRef,
} from '@backstage/plugin-scaffolder-react';
import { formFieldsApiRef } from '@backstage/plugin-scaffolder-react/alpha';
import {
  COMPONENT_PLANS_PATH,
  ComponentNameAnswer,
  ComponentPlan,
  NAME_PLACES,
  NameInPlace,
} from '@fairway/plugin-platform-envs-common';
import { Route, Routes } from 'react-router-dom';
import { componentName } from '../fields/ComponentName';
import { environmentSizes } from '../fields/EnvironmentSizes';
import { environmentsPicker } from '../fields/EnvironmentsPicker';
import { myEntityPicker } from '../fields/MyEntityPicker';
import { platformPicker } from '../fields/PlatformPicker';
import { teamPicker } from '../fields/TeamPicker';
import { TemplateForm } from '../form/TemplateForm';
import { queryClient } from '../platforms/queryClient';
import { WORLD } from './aWorld';

/** The first page of every template's form, and the second. */
export const PARAMETERS = [
  {
    title: 'The service',
    schema: {
      required: ['name', 'system', 'owner'],
      properties: {
        name: {
          type: 'string',
          title: 'Name',
          minLength: 3,
          maxLength: 40,
          pattern: '^[a-z](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]$',
          'ui:field': 'ComponentName',
        },
        system: {
          type: 'string',
          title: 'Platform',
          maxLength: 200,
          'ui:field': 'PlatformPicker',
        },
        owner: {
          type: 'string',
          title: 'Owner',
          maxLength: 200,
          'ui:field': 'MyGroupsPicker',
        },
        description: {
          type: 'string',
          title: 'What it is for',
          maxLength: 200,
          pattern: '^[^\\x00-\\x1f\\x7f]+$',
        },
      },
    },
  },
  {
    title: 'Details',
    schema: {
      properties: {
        environments: {
          type: 'array',
          title: 'Environments',
          items: { type: 'string' },
          'ui:field': 'EnvironmentsPicker',
        },
        sizes: {
          type: 'object',
          title: 'Sizes',
          'ui:field': 'EnvironmentSizes',
        },
      },
    },
  },
];

/** Options of {@link renderForm}. */
export interface RenderFormOptions {
  /** Groups of whoever is signed in; the group `web` by default. */
  groups?: string[];
  /** Systems on which they may create components; `web` and `bare` by default. */
  may?: string[];
  /** What the scaffolder answers for a name, or throws. */
  names?: (name: string) => Partial<NameInPlace>[] | Error;
  scaffold?: ScaffolderApi['scaffold'];
  parameters?: Array<{ title: string; schema: object }>;
  templateError?: Error;
  /** Beside those of {@link WORLD}. */
  entities?: Entity[];
  /** In place of one with these entities. */
  catalog?: CatalogApi;
  /** What the address fills in. */
  formData?: Record<string, unknown>;
}

/** Renders a template's form in an app whose backend is played. */
export function renderForm(options: RenderFormOptions = {}) {
  queryClient.clear();
  const {
    groups = ['group:default/web'],
    may = ['system:default/web', 'system:default/bare'],
    names = () => [],
    parameters = PARAMETERS,
    templateError,
  } = options;
  const catalog =
    options.catalog ??
    catalogApiMock({ entities: [...WORLD, ...(options.entities ?? [])] });
  const asked: string[] = [];
  const scaffold = jest.fn(
    options.scaffold ?? (async () => ({ taskId: 'a-run' })),
  );
  const scaffolder: Partial<ScaffolderApi> = {
    scaffold,
    getTemplateParameterSchema: async () => {
      if (templateError) throw templateError;
      return { title: 'Go service', steps: parameters as never };
    },
  };
  const fetchNames = async (input: RequestInfo | URL) => {
    const url = new URL(String(input).replace('plugin://', 'http://'));
    if (url.pathname.endsWith(COMPONENT_PLANS_PATH)) {
      const plan: ComponentPlan = {
        templateRef: 'template:default/create-go-service',
        summary: 'Creates what it says.',
        things: [],
        costs: [],
        findings: [],
        madeAt: '2026-11-23T10:00:00.000Z',
      };
      return new Response(JSON.stringify(plan), {
        headers: { 'content-type': 'application/json' },
      });
    }
    const name = decodeURIComponent(url.pathname.split('/').pop()!);
    asked.push(name);
    const found = names(name);
    if (found instanceof Error) {
      return new Response(
        JSON.stringify({ error: { name: found.name, message: found.message } }),
        { status: 403, headers: { 'content-type': 'application/json' } },
      );
    }
    const answer: ComponentNameAnswer = {
      name,
      system: url.searchParams.get('system')!,
      checkedAt: '2026-11-23T10:00:00.000Z',
      places: NAME_PLACES.map(place => ({
        place,
        state: 'free',
        what: `${place} ${name}`,
        ...found.find(one => one.place === place),
      })),
    };
    return new Response(JSON.stringify(answer), {
      headers: { 'content-type': 'application/json' },
    });
  };
  // the form reads the address of the window, not of the router
  window.history.replaceState(
    null,
    '',
    options.formData
      ? `?${new URLSearchParams({
          formData: JSON.stringify(options.formData),
        })}`
      : '?',
  );
  renderInTestApp(
    <Routes>
      <Route
        path="/create/templates/:namespace/:templateName"
        element={<TemplateForm />}
      />
      <Route path="/create/tasks/:taskId" element={<p>The run began.</p>} />
    </Routes>,
    {
      apis: [
        [catalogApiRef, catalog],
        [
          permissionApiRef,
          {
            authorize: async (request: { resourceRef?: string }) => ({
              result: may.includes(request.resourceRef ?? '')
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
            }),
          },
        ],
        mockApis.identity({
          userEntityRef: 'user:default/me',
          ownershipEntityRefs: ['user:default/me', ...groups],
        }),
        [fetchApiRef, { fetch: fetchNames as typeof fetch }],
        [scaffolderApiRef, scaffolder as ScaffolderApi],
        [
          formFieldsApiRef,
          {
            loadFormFields: async () => [
              componentName,
              platformPicker,
              environmentsPicker,
              environmentSizes,
              myEntityPicker,
              teamPicker,
            ],
          },
        ],
      ],
      initialRouteEntries: ['/create/templates/default/create-go-service'],
      mountedRoutes: { '/create': scaffolderPlugin.routes.root as never },
    },
  );
  return { asked, scaffold };
}
