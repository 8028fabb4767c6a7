import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { OverlayTarget } from '../overlay';

/** Where the release of one component in one environment is written. */
export interface DesiredFile {
  repository: string;
  branch: string;
  path: string;
  target: OverlayTarget;
}

const OVERLAY = /^overlays\/([^/]+)\/([^/]+)\/kustomization\.ya?ml$/;
const TFVARS = /^([^/]+)\/([^/]+)\.tfvars\.json$/;

/**
 * The file that holds the release of a component in an environment; undefined
 * when the environment does not say where its desired state is kept.
 */
export function desiredFileOf(
  environment: EnvironmentSummary,
  gitopsName: string,
): DesiredFile | undefined {
  if (!environment.gitops) return undefined;
  const { repository, branch, path } = environment.gitops;
  const below = (file: string) => (path ? `${path}/${file}` : file);
  return environment.runtime === 'eks'
    ? {
        repository,
        branch,
        path: below(
          `overlays/${environment.shortName}/${gitopsName}/kustomization.yaml`,
        ),
        target: { format: 'kustomize', imageName: gitopsName },
      }
    : {
        repository,
        branch,
        path: below(`${environment.shortName}/${gitopsName}.tfvars.json`),
        target: { format: 'tfvars' },
      };
}

/** The environment and component that a file of a GitOps folder is about. */
export function subjectOf(
  path: string,
  folder: string,
  runtime: EnvironmentSummary['runtime'],
): { shortName: string; gitopsName: string } | undefined {
  const prefix = folder ? `${folder}/` : '';
  if (!path.startsWith(prefix)) return undefined;
  const match = (runtime === 'eks' ? OVERLAY : TFVARS).exec(
    path.slice(prefix.length),
  );
  return match ? { shortName: match[1], gitopsName: match[2] } : undefined;
}

/** The folder that holds the files of an environment whose desired state is kept in Git. */
export function folderOf({ gitops, runtime }: EnvironmentSummary): string {
  const path = gitops!.path;
  if (runtime !== 'eks') return path;
  return path ? `${path}/overlays` : 'overlays';
}

/** How the release is written in a file; undefined for one that is about no environment. */
export function targetOf(
  path: string,
  environments: EnvironmentSummary[],
): OverlayTarget | undefined {
  for (const { gitops, runtime } of environments) {
    const subject = subjectOf(path, gitops!.path, runtime);
    if (subject) {
      return runtime === 'eks'
        ? { format: 'kustomize', imageName: subject.gitopsName }
        : { format: 'tfvars' };
    }
  }
  return undefined;
}
