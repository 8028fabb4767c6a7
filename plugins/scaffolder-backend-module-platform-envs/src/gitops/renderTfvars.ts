import { GitopsComponent, UNRELEASED_TAG } from './types';

/**
 * The variables of a component's ECS service, one file per environment. A
 * component that was never released has no digest: the key is there, empty.
 */
export function renderTfvars(component: GitopsComponent): Map<string, string> {
  const { name, gitopsPath, imageRepository } = component;
  return new Map(
    component.environments.map(({ shortName, sizing }) => [
      [gitopsPath, shortName, `${name}.tfvars.json`].filter(Boolean).join('/'),
      `${JSON.stringify(
        {
          image_repository: imageRepository,
          image_tag: UNRELEASED_TAG,
          image_digest: '',
          desired_count: sizing.replicas,
        },
        undefined,
        2,
      )}\n`,
    ]),
  );
}
