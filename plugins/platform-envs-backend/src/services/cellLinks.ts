import { parseEntityRef } from '@backstage/catalog-model';
import {
  DeliveryLink,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { BoardInput } from './board';
import { ComponentEntry } from './CatalogView';
import { DesiredFile } from './DesiredState';
import { fillLinks, isWebUrl } from './links';

type LinkInput = Pick<BoardInput, 'gitHost' | 'linkTemplates'>;

/** Where one can go from a cell; every URL is a web page. */
export function cellLinks(
  { gitHost, linkTemplates }: LinkInput,
  entry: ComponentEntry,
  environment: EnvironmentSummary,
  deployment: Deployment | undefined,
  desired: { file?: DesiredFile; exists: boolean },
): DeliveryLink[] {
  const links: DeliveryLink[] = [];
  if (deployment?.url && isWebUrl(deployment.url)) {
    links.push(
      environment.runtime === 'ecs'
        ? { title: 'ECS console', url: deployment.url, type: 'aws' }
        : { title: 'Argo CD', url: deployment.url, type: 'argocd' },
    );
  }
  if (gitHost && desired.file && desired.exists) {
    const { repository, branch, path } = desired.file;
    const url = gitHost.webUrl(repository, { branch, path });
    if (isWebUrl(url)) {
      links.push({ title: 'Desired state in Git', url, type: 'git' });
    }
  }
  links.push(
    ...fillLinks(linkTemplates, {
      component: entry.component.name,
      environment: environment.shortName,
      system: parseEntityRef(environment.systemRef).name,
      namespace: environment.namespace,
      cluster:
        environment.clusterRef && parseEntityRef(environment.clusterRef).name,
    }),
    ...entry.links.filter(l => l.type === 'runbook'),
  );
  return links;
}

/** An environment, with a link to where its desired state is kept. */
export function withLinks(
  { gitHost }: Pick<LinkInput, 'gitHost'>,
  environment: EnvironmentSummary,
): EnvironmentSummary {
  const { gitops, runtime, shortName } = environment;
  if (!gitHost || !gitops) return environment;
  const path = [
    gitops.path,
    runtime === 'eks' ? `overlays/${shortName}` : shortName,
  ]
    .filter(Boolean)
    .join('/');
  const url = gitHost.webUrl(gitops.repository, {
    branch: gitops.branch,
    path,
  });
  if (!isWebUrl(url)) return environment;
  return {
    ...environment,
    links: [
      { title: 'Desired state in Git', url, type: 'git' },
      ...environment.links,
    ],
  };
}
