import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ComponentEnvironment, GitopsComponent } from '../types';
import { labelsOf, selectorOf } from './labels';

/** Node drains take one pod at a time. */
export function disruptionBudget(
  component: GitopsComponent,
): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: component.name },
    // Not minAvailable: with one replica that would block every node drain.
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf(component) },
    },
  };
}

/** Copies by load, between what always runs and the environment's most. */
export function autoscaler(
  component: GitopsComponent,
  { sizing }: ComponentEnvironment,
): IHorizontalPodAutoscaler {
  const { name } = component;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, labels: labelsOf(component) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: sizing.replicas,
      maxReplicas: sizing.maxReplicas!,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: 70 },
          },
        },
      ],
      // A short dip must not take away what the next peak needs.
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  };
}
