import { InputError } from '@backstage/errors';
import { renderKustomize } from './kustomize/renderKustomize';
import { renderTfvars } from './renderTfvars';
import { GitopsComponent } from './types';

/**
 * The files that a component needs in its platform's GitOps repository, by
 * path, for every environment; kustomize for EKS, variables for ECS.
 *
 * @throws InputError - the environments do not share a runtime, or one on EKS
 *   has no cluster or namespace.
 */
export function renderGitopsFiles(
  component: GitopsComponent,
): Map<string, string> {
  const runtimes = new Set(component.environments.map(e => e.runtime));
  if (runtimes.size > 1) {
    throw new InputError(
      `The environments of ${component.system} run on ${[...runtimes].join(
        ' and ',
      )}; a component is prepared for one runtime only`,
    );
  }
  if (runtimes.has('ecs')) {
    return renderTfvars(component);
  }
  for (const { ref, cluster, namespace } of component.environments) {
    if (!cluster || !namespace) {
      throw new InputError(
        `${ref} runs on EKS but its entity names no ${
          cluster ? 'spec.namespace' : 'spec.cluster'
        }: add it to the catalog`,
      );
    }
  }
  return renderKustomize(component);
}
