import { EnvironmentRuntime } from './environment';

/** Who brings what Git says to an environment, and how that is spoken of. @public */
export interface Deployer {
  /** `Argo CD` */
  name: string;
  /** What it keeps for one component: `application`. */
  unit: string;
  /** What it does while that changes: `Syncing`. */
  moving: string;
  /** One such change: `sync`. */
  attempt: string;
  /** Why nobody can ask it to bring Git's word there; absent when people can. */
  whyNoSync?: string;
}

const ARGOCD: Deployer = {
  name: 'Argo CD',
  unit: 'application',
  moving: 'Syncing',
  attempt: 'sync',
};

/** The deployer of each runtime. @public */
export const DEPLOYERS: Record<EnvironmentRuntime, Deployer> = {
  eks: ARGOCD,
  ecs: {
    name: 'Amazon ECS',
    unit: 'service',
    moving: 'Rolling out',
    attempt: 'rollout',
    whyNoSync:
      'Amazon ECS does not follow Git by itself: the platform’s pipeline rolls out what Git says',
  },
  local: {
    ...ARGOCD,
    name: 'Deployment',
    whyNoSync: 'Nothing is deployed to developers’ machines from here',
  },
};
