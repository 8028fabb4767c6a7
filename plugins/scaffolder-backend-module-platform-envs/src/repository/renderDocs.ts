import {
  notReadySection,
  RunbookSection,
  signalSections,
} from './runbookSections';
import { ProvidedApi, RepositoryComponent, isDeployed } from './types';
import { yamlText } from './yamlText';

const API_KIND: Record<ProvidedApi['type'], string> = {
  openapi: 'REST (OpenAPI)',
  grpc: 'gRPC',
  graphql: 'GraphQL',
  asyncapi: 'events (AsyncAPI)',
};

/** `mkdocs.yml`, as TechDocs builds it. */
export function renderMkdocs(component: RepositoryComponent): string {
  return yamlText({
    site_name: component.title,
    ...(component.description && { site_description: component.description }),
    repo_url: component.repositoryUrl,
    nav: [
      { Home: 'index.md' },
      ...(isDeployed(component) ? [{ Runbook: 'runbook.md' }] : []),
    ],
    plugins: ['techdocs-core'],
  });
}

/** `docs/index.md`: what it is, what it offers and tells, where it runs. */
export function renderDocsIndex(component: RepositoryComponent): string {
  const { title, description, apis, environments, imageRepository } = component;
  const paragraphs = [
    `# ${title}`,
    description ??
      `Looked after by \`${component.owner}\`, in the repository [${component.githubOrg}/${component.repository}](${component.repositoryUrl}).`,
  ];
  if (apis.length > 0) {
    paragraphs.push(
      '## What it offers',
      apis
        .map(
          api =>
            `- ${API_KIND[api.type]}: \`${api.path}\`, in the catalog as \`${
              api.name
            }\``,
        )
        .join('\n'),
    );
  }
  if (isDeployed(component)) {
    const names = environments.map(environment => environment.shortName);
    paragraphs.push(
      '## What it tells about itself',
      [
        '| address    | for        | meaning                       |',
        '| ---------- | ---------- | ----------------------------- |',
        '| `/healthz` | liveness   | the process works             |',
        '| `/readyz`  | readiness  | new work may be sent here     |',
        '| `/metrics` | Prometheus | work by outcome, with its duration |',
      ].join('\n'),
      `All three on port ${component.port}. Logs are lines of JSON. \`observability/\` holds the Grafana dashboard and the alert rules; every alert links to the [runbook](runbook.md). Grafana takes the one by import; where the Prometheus operator runs, \`kubectl apply -f observability/alerts.yaml\` brings the other.`,
      '## Where it runs',
      `${names.join(
        ', ',
      )}, in this order on the way to production. The desired state is in \`${
        component.gitops.owner
      }/${component.gitops.repo}\`.`,
      `A merge to \`main\` builds one image, signs it and delivers it to ${names[0]}. The others get these very bytes by promotion. Who built an image can be checked:`,
      [
        '```sh',
        `cosign verify ${imageRepository}@sha256:… \\`,
        `  --certificate-identity-regexp '^${component.repositoryUrl}/' \\`,
        '  --certificate-oidc-issuer https://token.actions.githubusercontent.com',
        '```',
      ].join('\n'),
    );
  }
  return `${paragraphs.join('\n\n')}\n`;
}

/** `docs/runbook.md`: what to do for every alert of the component. */
export function renderRunbook(component: RepositoryComponent): string {
  const sections = [
    notReadySection(component),
    ...component.signals.flatMap(signal =>
      Object.values(signalSections(signal)),
    ),
  ];
  return `${[
    `# Runbook of ${component.name}`,
    'The alerts of `observability/alerts.yaml` link here.',
    ...sections.flatMap(sectionText),
    '## Who to call',
    `\`${component.owner}\`: the page of the component in the catalog says who they are.`,
  ].join('\n\n')}\n`;
}

function sectionText({ heading, steps }: RunbookSection): string[] {
  return [
    `## ${heading}`,
    steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
  ];
}
