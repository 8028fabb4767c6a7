import { AwsError } from '../AwsError';
import {
  ClusterRecord,
  EcsPlace,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from './records';

const prefix = ({ accountId, region }: EcsPlace) =>
  `arn:aws:ecs:${region}:${accountId}`;

export const clusterArn = (place: EcsPlace, name: string): string =>
  `${prefix(place)}:cluster/${name}`;

export const serviceArn = (
  service: Pick<ServiceRecord, 'accountId' | 'region' | 'cluster' | 'name'>,
): string => `${prefix(service)}:service/${service.cluster}/${service.name}`;

export const taskArn = (task: TaskRecord): string =>
  `${prefix(task)}:task/${task.cluster}/${task.id}`;

export const taskDefinitionArn = (definition: TaskDefinitionRecord): string =>
  `${prefix(definition)}:task-definition/${definition.family}:${
    definition.revision
  }`;

export const arnOfCluster = (cluster: ClusterRecord): string =>
  clusterArn(cluster, cluster.name);

/** `service-deployment` and `service-revision` ARNs of a service. */
export const serviceChildArn = (
  service: ServiceRecord,
  kind: 'service-deployment' | 'service-revision',
  id: string,
): string =>
  `${prefix(service)}:${kind}/${service.cluster}/${service.name}/${id}`;

/** ARN of a capacity provider that ECS itself offers. */
export const capacityProviderArn = (place: EcsPlace, name: string): string =>
  `${prefix(place)}:capacity-provider/${name}`;

/** Last part of a short name or an ARN: `arn:...:cluster/dev` and `dev` both give `dev`. */
export const shortName = (nameOrArn: string): string =>
  nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/**
 * Whether a name or ARN belongs to an account and region; short names do.
 *
 * ECS takes the ARN of another account for a resource that it does not know.
 */
export function isHere(place: EcsPlace, nameOrArn: string): boolean {
  return (
    !nameOrArn.startsWith('arn:') || nameOrArn.startsWith(`${prefix(place)}:`)
  );
}

/** `family`, `family:revision` or an ARN, taken apart. */
export function parseTaskDefinition(nameOrArn: string): {
  family: string;
  revision: number | undefined;
} {
  const [family, revision] = shortName(nameOrArn).split(':');
  if (revision !== undefined && !/^\d+$/.test(revision)) {
    throw new AwsError(
      'ClientException',
      `Invalid revision number. Number: ${revision}`,
    );
  }
  return {
    family,
    revision: revision === undefined ? undefined : Number(revision),
  };
}
