import { EnvironmentTier } from './environment';

/** How much a component gets of an environment. @public */
export const COMPONENT_SIZES = ['small', 'medium', 'large'] as const;

/** How much a component gets of an environment. @public */
export type ComponentSize = (typeof COMPONENT_SIZES)[number];

/** What one copy of a component gets. @public */
export interface SizeResources {
  /** One Kubernetes container; quantities as Kubernetes writes them. */
  kubernetes: {
    requests: { cpu: string; memory: string };
    limits: { memory: string };
  };
  /** One Fargate task: CPU units (1024 are a vCPU) and MiB, a pair that Fargate has. */
  fargate: { cpu: number; memory: number };
}

/**
 * What each size means.
 *
 * No CPU limit: throttling hurts latency long before it protects a neighbour;
 * the request decides the share. Memory is limited because it cannot be shared.
 *
 * @public
 */
export const SIZE_RESOURCES: Record<ComponentSize, SizeResources> = {
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

/** What a component gets in a tier when nobody says otherwise. @public */
export interface TierSizing {
  size: ComponentSize;
  /** Copies that always run. */
  replicas: number;
  /** Copies that an autoscaler may reach; absent: there is none. */
  maxReplicas?: number;
}

const TRYING_OUT: TierSizing = { size: 'small', replicas: 1 };
const REHEARSAL: TierSizing = { size: 'medium', replicas: 2 };

/** What a component gets in each tier when nobody says otherwise. @public */
export const TIER_SIZINGS: Record<EnvironmentTier, TierSizing> = {
  local: TRYING_OUT,
  sandbox: TRYING_OUT,
  dev: TRYING_OUT,
  uat: REHEARSAL,
  staging: REHEARSAL,
  prod: { size: 'large', replicas: 3, maxReplicas: 9 },
};
