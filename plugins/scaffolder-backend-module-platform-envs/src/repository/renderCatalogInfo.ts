import {
  ANNOTATION_ENVIRONMENTS,
  ANNOTATION_GRAFANA_ALERTS,
  ANNOTATION_GRAFANA_DASHBOARDS,
  ANNOTATION_LANGUAGE,
  ANNOTATION_RUNBOOK,
  LABEL_COMPONENT,
} from '@fairway/plugin-platform-envs-common';
import { isDeployed, ProvidedApi, RepositoryComponent } from './types';
import { yamlText } from './yamlText';

const OFFERS: Record<ProvidedApi['type'], string> = {
  openapi: 'answers over HTTP',
  grpc: 'answers over gRPC',
  graphql: 'answers as GraphQL',
  asyncapi: 'publishes and consumes',
};

/** `catalog-info.yaml`: the Component, and an API entity for each API. */
export function renderCatalogInfo(component: RepositoryComponent): string {
  return yamlText(
    componentEntity(component),
    ...component.apis.map(api => apiEntity(component, api)),
  );
}

function componentEntity(component: RepositoryComponent): object {
  const { name, title, environments, repositoryUrl } = component;
  const deployed = isDeployed(component);
  const list = (key: string, values: string[]) =>
    values.length ? { [key]: values } : {};
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      ...(title !== name && { title }),
      ...(component.description && { description: component.description }),
      annotations: {
        'github.com/project-slug': `${component.githubOrg}/${component.repository}`,
        'backstage.io/techdocs-ref': 'dir:.',
        ...(deployed && {
          'backstage.io/kubernetes-id': name,
          ...(environments[0].runtime === 'eks' && {
            'argocd/app-selector': `${LABEL_COMPONENT}=${name}`,
          }),
          [ANNOTATION_ENVIRONMENTS]: environments
            .map(environment => environment.shortName)
            .join(','),
          [ANNOTATION_RUNBOOK]: `/docs/default/component/${name}/runbook`,
          [ANNOTATION_GRAFANA_DASHBOARDS]: name,
          [ANNOTATION_GRAFANA_ALERTS]: `service=${name}`,
        }),
        [ANNOTATION_LANGUAGE]: component.language,
        'fairway.dev/created-by-task': component.taskId,
      },
      ...list('tags', component.tags),
      ...(deployed && {
        links: [
          {
            title: 'Runbook',
            url: `${repositoryUrl}/blob/main/docs/runbook.md`,
            icon: 'docs',
            type: 'runbook',
          },
        ],
      }),
    },
    spec: {
      type: component.type,
      lifecycle: component.lifecycle,
      owner: component.owner,
      system: component.system,
      ...list(
        'providesApis',
        component.apis.map(api => api.name),
      ),
      ...list('consumesApis', component.consumesApis),
      ...list('dependsOn', component.dependsOn),
    },
  };
}

function apiEntity(component: RepositoryComponent, api: ProvidedApi): object {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'API',
    metadata: {
      name: api.name,
      description: `What ${component.name} ${OFFERS[api.type]}`,
      tags: [api.type],
    },
    spec: {
      type: api.type,
      lifecycle: component.lifecycle,
      owner: component.owner,
      system: component.system,
      definition: { $text: `./${api.path}` },
    },
  };
}
