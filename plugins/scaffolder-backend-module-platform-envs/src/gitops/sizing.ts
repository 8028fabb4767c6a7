import { EnvironmentTier } from '@fairway/plugin-platform-envs-common';
import { InputError } from '@backstage/errors';
import { printable } from '../platform/componentName';
import { ComponentInput, Size, SIZES } from './componentInput';

/** How much a component gets of an environment, until somebody measures. */
export interface Sizing {
  size: Size;
  /** Copies that always run. */
  replicas: number;
  /** Copies come from an autoscaler between `replicas` and this. */
  maxReplicas?: number;
  /** One Kubernetes container. */
  kubernetes: {
    requests: { cpu: string; memory: string };
    limits: { memory: string };
  };
  /** One Fargate task: CPU units and MiB, a pair that Fargate has. */
  fargate: { cpu: number; memory: number };
  logLevel: 'debug' | 'info';
}

// No CPU limit: throttling hurts latency long before it protects a neighbour;
// the request decides the share. Memory is limited because it cannot be shared.
const RESOURCES: Record<Size, Pick<Sizing, 'kubernetes' | 'fargate'>> = {
  small: {
    kubernetes: {
      requests: { cpu: '50m', memory: '128Mi' },
      limits: { memory: '256Mi' },
    },
    fargate: { cpu: 256, memory: 512 },
  },
  medium: {
    kubernetes: {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '512Mi' },
    },
    fargate: { cpu: 512, memory: 1024 },
  },
  large: {
    kubernetes: {
      requests: { cpu: '250m', memory: '512Mi' },
      limits: { memory: '1Gi' },
    },
    fargate: { cpu: 1024, memory: 2048 },
  },
};

interface TierDefault {
  size: Size;
  replicas: number;
  autoscaled: boolean;
}

const TRYING_OUT: TierDefault = {
  size: 'small',
  replicas: 1,
  autoscaled: false,
};
const REHEARSAL: TierDefault = {
  size: 'medium',
  replicas: 2,
  autoscaled: false,
};
const TIERS: Record<EnvironmentTier, TierDefault> = {
  local: TRYING_OUT,
  sandbox: TRYING_OUT,
  dev: TRYING_OUT,
  uat: REHEARSAL,
  staging: REHEARSAL,
  prod: { size: 'large', replicas: 3, autoscaled: true },
};

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
  const standard = TIERS[tier];
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
    (standard.autoscaled ? Math.max(replicas, replicas * HEADROOM) : undefined);
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
    ...RESOURCES[size],
    logLevel: TIERS[tier] === TRYING_OUT ? 'debug' : 'info',
  };
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
