import { parseEntityRef } from '@backstage/catalog-model';
import {
  EnvironmentSummary,
  Stack,
  StackMatch,
} from '@fairway/plugin-platform-envs-common';

/**
 * Whether a stack of an account belongs to an environment, and what says so:
 * its tags `Environment` and `System`, the name of the environment in front of
 * its own, or that the account is the environment's alone.
 *
 * @param neighbours - every environment of the account, this one included
 */
export function matchStack(
  stack: Pick<Stack, 'name' | 'tags'>,
  environment: EnvironmentSummary,
  neighbours: EnvironmentSummary[],
): StackMatch | undefined {
  const system = systemOf(environment);
  const taggedSystem = tagOf(stack, 'system');
  if (taggedSystem && taggedSystem !== system) return undefined;
  const tagged = tagOf(stack, 'environment');
  if (tagged) {
    const isNamed = [environment.shortName, environment.name].includes(tagged);
    const isAmbiguous =
      !taggedSystem &&
      tagged !== environment.name &&
      neighbours.some(
        other => other.shortName === tagged && systemOf(other) !== system,
      );
    return isNamed && !isAmbiguous ? 'tag' : undefined;
  }
  const mine = prefixLength(stack.name, environment);
  const others = neighbours.filter(e => e.ref !== environment.ref);
  if (mine > 0) {
    return others.every(other => prefixLength(stack.name, other) < mine)
      ? 'name'
      : undefined;
  }
  return others.length === 0 ? 'account' : undefined;
}

function prefixLength(name: string, environment: EnvironmentSummary): number {
  const prefixes = [
    environment.name,
    `${systemOf(environment)}-${environment.shortName}`,
  ];
  return Math.max(
    0,
    ...prefixes
      .filter(prefix => name === prefix || name.startsWith(`${prefix}-`))
      .map(prefix => prefix.length),
  );
}

function systemOf({ systemRef }: EnvironmentSummary): string {
  return parseEntityRef(systemRef).name;
}

/** Tags are written with and without a capital. */
function tagOf({ tags }: Pick<Stack, 'tags'>, key: string): string | undefined {
  const found = Object.entries(tags).find(([k]) => k.toLowerCase() === key);
  return found?.[1] || undefined;
}
