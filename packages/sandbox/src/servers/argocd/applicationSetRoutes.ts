import { z } from 'zod';
import {
  ApplicationSet,
  ApplicationSetInput,
} from '../../world/argocd/applicationSetTypes';
import { ArgocdError, permissionDenied } from '../../world/argocd/ArgocdError';
import { newApplication } from '../../world/argocd/newApplication';
import { jsonBody } from '../createServer';
import { Api, ApiRequest, listOf, selectorOf, textOf } from './Api';

const input = z.looseObject({
  metadata: z.looseObject({
    name: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  }),
  spec: z.looseObject({
    generators: z.array(z.looseObject({})),
    template: z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      spec: z.looseObject({ project: z.string() }),
    }),
  }),
});

/** Application sets: list, read, create, generate and delete. */
export function addApplicationSetRoutes(api: Api): void {
  const { engine } = api;
  const { applicationSets } = engine.store;
  const rbacName = (set: ApplicationSetInput) =>
    `${set.spec.template.spec.project}/${set.metadata.name}`;
  const existing = (request: ApiRequest, action: string): ApplicationSet => {
    const set = applicationSets.get(request.params.name);
    if (!set || !api.allows(request, 'applicationsets', 'get', rbacName(set))) {
      throw set
        ? permissionDenied()
        : new ArgocdError(
            'NotFound',
            `applicationsets.argoproj.io "${request.params.name}" not found`,
          );
    }
    api.enforce(request, 'applicationsets', action, rbacName(set));
    return set;
  };

  api.route('GET', '/applicationsets', async request => {
    const projects = listOf(request.query.projects);
    const selects = selectorOf(request.query.selector);
    const items = [...applicationSets.values()].filter(
      set =>
        api.allows(request, 'applicationsets', 'get', rbacName(set)) &&
        (projects.length === 0 ||
          projects.includes(set.spec.template.spec.project)) &&
        selects(set.metadata.labels),
    );
    return {
      metadata: { resourceVersion: engine.store.resourceVersion() },
      items: items.length > 0 ? items : null,
    };
  });

  api.route('GET', '/applicationsets/:name', async request =>
    existing(request, 'get'),
  );

  api.route('GET', '/applicationsets/:name/resource-tree', async request => ({
    nodes: engine.applicationSets
      .owned(existing(request, 'get'))
      .map(({ metadata, status }) => ({
        group: 'argoproj.io',
        version: 'v1alpha1',
        kind: 'Application',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        createdAt: metadata.creationTimestamp,
        resourceVersion: metadata.resourceVersion,
        health: status.health,
      })),
  }));

  api.route('POST', '/applicationsets', async request => {
    const set = parse(jsonBody(request));
    api.enforce(request, 'applicationsets', 'create', rbacName(set));
    const before = applicationSets.get(set.metadata.name);
    if (textOf(request.query.dryRun) === 'true') {
      return {
        metadata: { ...set.metadata, namespace: 'argocd' },
        spec: set.spec,
        status: {
          resources: (await engine.applicationSets.generate(set)).map(
            ({ metadata }) => ({
              group: 'argoproj.io',
              version: 'v1alpha1',
              kind: 'Application',
              namespace: 'argocd',
              name: metadata.name,
            }),
          ),
        },
      };
    }
    if (before && JSON.stringify(before.spec) === JSON.stringify(set.spec)) {
      return before;
    }
    if (before && textOf(request.query.upsert) !== 'true') {
      throw new ArgocdError(
        'InvalidArgument',
        'existing ApplicationSet spec is different, use upsert flag to force update',
      );
    }
    if (before) {
      api.enforce(request, 'applicationsets', 'update', rbacName(before));
    }
    return engine.applicationSets.upsert(set);
  });

  api.route('POST', '/applicationsets/generate', async request => {
    const set = parse(jsonBody(request).applicationSet);
    api.enforce(request, 'applicationsets', 'create', rbacName(set));
    const made = await engine.applicationSets.generate(set);
    return {
      applications: made.map(application => ({
        ...newApplication(application, api.world.clock.now()),
        metadata: application.metadata,
      })),
    };
  });

  api.route('DELETE', '/applicationsets/:name', async request => {
    const set = existing(request, 'delete');
    engine.applicationSets.delete(set.metadata.name);
    return { applicationset: set, project: set.spec.template.spec.project };
  });
}

function parse(body: unknown): ApplicationSetInput {
  const result = input.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new ArgocdError(
      'InvalidArgument',
      `error creating ApplicationSets: ${issue.path.join('.')}: ${
        issue.message
      }`,
    );
  }
  return result.data as unknown as ApplicationSetInput;
}
