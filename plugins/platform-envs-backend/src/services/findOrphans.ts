import { parseEntityRef } from '@backstage/catalog-model';
import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_PART_OF,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { BoardInput, Finding } from './board';
import { RepositoryState, subjectOf } from './DesiredState';
import { deploymentId, isParent } from './matchDeployment';
import { unitOf } from './readCell';

/** What the cells of the board lay claim to. */
export interface Claims {
  /** By `deploymentId`. */
  matched: { has(id: string): boolean };
  /** By {@link pathKey}. */
  files: { has(key: string): boolean };
}

/** Names a file of the desired state. */
export function pathKey(
  { repository, branch }: { repository: string; branch: string },
  path: string,
): string {
  return `${repository}#${branch}#${path}`;
}

/** Deployments and files of the desired state that belong to no cell. */
export function findOrphans(input: BoardInput, claims: Claims): Finding[] {
  return [
    ...input.deploymentSources.flatMap(({ runtime, snapshot }) =>
      snapshot.deployments
        .filter(
          deployment =>
            !isParent(deployment) &&
            !claims.matched.has(deploymentId(deployment)),
        )
        .flatMap(deployment => orphanedDeployment(input, runtime, deployment)),
    ),
    ...input.repositories.flatMap(repository =>
      Object.keys(repository.entries)
        .filter(path => !claims.files.has(pathKey(repository, path)))
        .flatMap(path => unclaimedFile(input, repository, path)),
    ),
  ];
}

function orphanedDeployment(
  { catalog }: BoardInput,
  runtime: BoardInput['deploymentSources'][number]['runtime'],
  { name, labels }: Deployment,
): Finding[] {
  const component = labels[LABEL_COMPONENT];
  const shortName = labels[LABEL_ENVIRONMENT];
  if (!component || !shortName) return [];
  const system = labels[LABEL_PART_OF];
  const environment = catalog.environments.find(
    e =>
      e.shortName === shortName && parseEntityRef(e.systemRef).name === system,
  );
  return [
    {
      ...(environment && { environmentRef: environment.ref }),
      text: `The ${unitOf({
        runtime,
      })} ${name} deploys "${component}" to ${shortName}, but the catalog does not say that it runs there.`,
    },
  ];
}

function unclaimedFile(
  { catalog }: BoardInput,
  repository: RepositoryState,
  path: string,
): Finding[] {
  return catalog.environments.flatMap(environment => {
    const { gitops, runtime, ref, shortName } = environment;
    if (
      gitops?.repository !== repository.repository ||
      gitops.branch !== repository.branch
    ) {
      return [];
    }
    const subject = subjectOf(path, gitops.path, runtime);
    if (subject?.shortName !== shortName) return [];
    return [
      {
        environmentRef: ref,
        text: `Git has ${path}, but the catalog knows no component "${subject.gitopsName}" that runs here.`,
      },
    ];
  });
}
