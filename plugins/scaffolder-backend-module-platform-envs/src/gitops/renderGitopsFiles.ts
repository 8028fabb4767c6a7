import { InputError } from '@backstage/errors';
import { renderKustomize } from './kustomize/renderKustomize';
import { renderTerraform } from './terraform/renderTerraform';
import { GitopsComponent } from './types';

const KEYS = {
  cluster: 'spec.cluster',
  namespace: 'spec.namespace',
  accountId: 'spec.awsAccountId',
  primaryRegion: 'spec.regions',
};

const REQUIRED: Record<'eks' | 'ecs', Array<keyof typeof KEYS>> = {
  eks: ['cluster', 'namespace'],
  ecs: ['cluster', 'namespace', 'accountId', 'primaryRegion'],
};

/**
 * The files that a component needs in its platform's GitOps repository, by
 * path, for every environment; kustomize for EKS, Terraform for ECS.
 *
 * @throws InputError - the environments do not share a runtime, or the catalog
 *   does not say where one of them runs.
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
  const [runtime] = runtimes;
  for (const environment of component.environments) {
    const missing = REQUIRED[runtime].find(key => !environment[key]);
    if (missing) {
      throw new InputError(
        `${
          environment.ref
        } runs on ${runtime.toUpperCase()} but its entity names no ${
          KEYS[missing]
        }: add it to the catalog`,
      );
    }
  }
  return runtime === 'ecs'
    ? renderTerraform(component)
    : renderKustomize(component);
}
