import {
  EnvironmentTier,
  SIZE_RESOURCES,
  SizeResources,
  TIER_SIZINGS,
} from '@fairway/plugin-platform-envs-common';
import { InputError } from '@backstage/errors';
import { printable } from '../platform/componentName';
import { ComponentInput, Size, SIZES } from './componentInput';

/** How much a component gets of an environment, until somebody measures. */
export interface Sizing extends SizeResources {
  size: Size;
  /** Copies that always run. */
  replicas: number;
  /** Copies come from an autoscaler between `replicas` and this. */
  maxReplicas?: number;
  logLevel: 'debug' | 'info';
}

/** An autoscaler without an upper end of its own may add so many times what always runs. */
const HEADROOM = 3;

/**
 * What a component gets in an environment: what the form says for it, else the
 * default of the tier. Prod always has an autoscaler.
 *
 * @throws InputError - a size that does not exist, or counts that contradict
 *   each other; the message names the key and what is allowed.
 */
export function sizingOf(
  environment: { shortName: string; tier: EnvironmentTier },
  wish: NonNullable<ComponentInput['sizes']>[string] = {},
): Sizing {
  const { shortName, tier } = environment;
  const standard = TIER_SIZINGS[tier];
  const size = wish.size ?? standard.size;
  if (!SIZES.includes(size)) {
    throw new InputError(
      `sizes.${shortName}.size is "${printable(size)}"; it must be ${list(
        SIZES,
      )}`,
    );
  }
  const replicas = wish.replicas ?? standard.replicas;
  const maxReplicas =
    wish.maxReplicas ??
    (standard.maxReplicas ? replicas * HEADROOM : undefined);
  for (const [key, count] of Object.entries({ replicas, maxReplicas })) {
    if (count !== undefined && (!Number.isInteger(count) || count < 1)) {
      throw new InputError(
        `sizes.${shortName}.${key} is ${printable(
          count,
        )}; it must be a whole number of at least 1`,
      );
    }
  }
  if (maxReplicas !== undefined && maxReplicas < replicas) {
    throw new InputError(
      `sizes.${shortName}.maxReplicas is ${maxReplicas}, less than the ${replicas} replicas that always run: raise it, or leave it out`,
    );
  }
  return {
    size,
    replicas,
    // An autoscaler that cannot add anything would only hide the count.
    ...(maxReplicas !== undefined && maxReplicas > replicas && { maxReplicas }),
    ...SIZE_RESOURCES[size],
    logLevel: standard.size === 'small' ? 'debug' : 'info',
  };
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
