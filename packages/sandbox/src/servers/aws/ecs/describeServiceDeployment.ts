import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import { clusterArn, serviceArn } from '../../../world/aws/ecs/arns';
import { hasProductionTraffic } from '../../../world/aws/ecs/blueGreen';
import { breakerThreshold } from '../../../world/aws/ecs/circuitBreaker';
import { EcsStore } from '../../../world/aws/ecs/EcsStore';
import {
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../../../world/aws/ecs/records';
import { at, FARGATE_VERSION } from './common';
import { countsOf } from './describeService';

/** An entry of a service's history, with the traffic of its revisions. */
export function describeServiceDeployment(
  entry: ServiceDeploymentRecord,
  service: ServiceRecord,
  store: EcsStore,
): ServiceDeployment {
  const tasks = store.tasksOfService(service);
  const target = service.deployments.find(
    ({ id }) => id === entry.deploymentId,
  );
  const breaks = entry.configuration.deploymentCircuitBreaker?.enable;
  const shifted =
    entry.status === 'SUCCESSFUL' ||
    (!entry.rollback && hasProductionTraffic(entry.lifecycleStage));
  const summary = (arn: string, weight: number) => {
    const deployment = service.deployments.find(d => d.revisionArn === arn);
    return {
      arn,
      ...(deployment
        ? countsOf(deployment, tasks)
        : { requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 }),
      requestedProductionTrafficWeight: weight,
    };
  };
  let monitor: 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED' | 'DISABLED' =
    'DISABLED';
  if (breaks && entry.breakerTriggered) {
    monitor = 'TRIGGERED';
  } else if (breaks) {
    monitor = entry.finishedAt ? 'MONITORING_COMPLETE' : 'MONITORING';
  }
  return {
    serviceDeploymentArn: entry.arn,
    serviceArn: serviceArn(service),
    clusterArn: clusterArn(service, service.cluster),
    createdAt: at(entry.createdAt),
    startedAt: at(entry.startedAt),
    finishedAt: at(entry.finishedAt),
    stoppedAt: at(entry.stoppedAt),
    updatedAt: at(entry.updatedAt),
    sourceServiceRevisions: entry.sourceRevisionArns.map(arn =>
      summary(arn, shifted ? 0 : 100),
    ),
    targetServiceRevision: summary(entry.targetRevisionArn, shifted ? 100 : 0),
    status: entry.status,
    statusReason: entry.statusReason,
    lifecycleStage: entry.lifecycleStage,
    deploymentConfiguration: entry.configuration,
    rollback: entry.rollback && {
      reason: entry.rollback.reason,
      startedAt: at(entry.rollback.startedAt),
      serviceRevisionArn: entry.rollback.revisionArn,
    },
    deploymentCircuitBreaker: {
      status: monitor,
      failureCount: target?.failedTasks ?? entry.failedTasks,
      threshold: breakerThreshold(service.desiredCount),
    },
    alarms: { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] },
  };
}

/** What a service was at one deployment. */
export function describeServiceRevision(
  revision: ServiceRevisionRecord,
  service: ServiceRecord,
): ServiceRevision {
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: serviceArn(service),
    clusterArn: clusterArn(service, service.cluster),
    taskDefinition: revision.taskDefinition,
    capacityProviderStrategy: revision.capacityProviderStrategy,
    launchType: revision.launchType as ServiceRevision['launchType'],
    platformVersion: FARGATE_VERSION,
    platformFamily: 'Linux',
    loadBalancers: revision.loadBalancers,
    networkConfiguration: revision.networkConfiguration,
    containerImages: revision.containerImages,
    guardDutyEnabled: false,
    createdAt: at(revision.createdAt),
  };
}
