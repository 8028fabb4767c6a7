import { EnvironmentTier } from '@fairway/plugin-platform-envs-common';
import { GitopsComponent, UNRELEASED_TAG } from './types';

const DESIRED_COUNT: Record<EnvironmentTier, number> = {
  local: 1,
  sandbox: 1,
  dev: 1,
  uat: 2,
  staging: 2,
  prod: 3,
};

/**
 * The variables of a component's ECS service, one file per environment. A
 * component that was never released has no digest: the key is there, empty.
 */
export function renderTfvars(component: GitopsComponent): Map<string, string> {
  const { name, gitopsPath, imageRepository } = component;
  return new Map(
    component.environments.map(({ shortName, tier }) => [
      [gitopsPath, shortName, `${name}.tfvars.json`].filter(Boolean).join('/'),
      `${JSON.stringify(
        {
          image_repository: imageRepository,
          image_tag: UNRELEASED_TAG,
          image_digest: '',
          desired_count: DESIRED_COUNT[tier],
        },
        undefined,
        2,
      )}\n`,
    ]),
  );
}
