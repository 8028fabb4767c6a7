import { ComponentEnvironment, GitopsComponent } from './types';

/** The secret of a component in an environment's AWS Secrets Manager. */
export function secretName(
  { system, name }: Pick<GitopsComponent, 'system' | 'name'>,
  { shortName }: Pick<ComponentEnvironment, 'shortName'>,
): string {
  return `${system}/${shortName}/${name}`;
}
