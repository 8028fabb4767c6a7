import type { Cluster, ClusterField } from '@aws-sdk/client-ecs';
import { arnOfCluster } from '../../../world/aws/ecs/arns';
import { EcsStore } from '../../../world/aws/ecs/EcsStore';
import { ClusterRecord } from '../../../world/aws/ecs/records';
import { isPending, isRunning, tagList } from './common';

/** A cluster with its counts; statistics, settings and tags only where they are asked for. */
export function describeCluster(
  cluster: ClusterRecord,
  store: EcsStore,
  include: ClusterField[] = [],
): Cluster {
  const tasks = store.tasksOf(cluster);
  const services = store
    .servicesOf(cluster)
    .filter(({ status }) => status !== 'INACTIVE');
  const count = (name: string, value: number) => ({
    name,
    value: String(value),
  });
  return {
    clusterArn: arnOfCluster(cluster),
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: services.length,
    statistics: include.includes('STATISTICS')
      ? [
          count('runningEC2TasksCount', 0),
          count('runningFargateTasksCount', tasks.filter(isRunning).length),
          count('pendingEC2TasksCount', 0),
          count('pendingFargateTasksCount', tasks.filter(isPending).length),
          count('activeEC2ServiceCount', 0),
          count(
            'activeFargateServiceCount',
            services.filter(({ status }) => status === 'ACTIVE').length,
          ),
          count('drainingEC2ServiceCount', 0),
          count(
            'drainingFargateServiceCount',
            services.filter(({ status }) => status === 'DRAINING').length,
          ),
        ]
      : [],
    tags: include.includes('TAGS') ? tagList(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
  };
}
