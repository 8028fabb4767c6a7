import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
  RegisterTaskDefinitionCommandInput,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentStatus,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs';

/** ECS keeps its resources apart by account and region. */
export interface EcsPlace {
  accountId: string;
  region: string;
}

/** Tags by key. */
export type Tags = Record<string, string>;

export interface ClusterRecord extends EcsPlace {
  name: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: Array<{ name: 'containerInsights'; value: string }>;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[];
  tags: Tags;
}

/** One revision of a family, as it was registered. Times are ISO, UTC. */
export interface TaskDefinitionRecord extends EcsPlace {
  family: string;
  /** Counts from 1; never used twice in a family. */
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  definition: Omit<
    RegisterTaskDefinitionCommandInput,
    'family' | 'containerDefinitions' | 'tags'
  >;
  containers: ContainerDefinition[];
  registeredAt: string;
  registeredBy: string;
  deregisteredAt?: string;
  tags: Tags;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** What a deployment of a service strives for. */
export interface DeploymentRecord {
  /** `ecs-svc/<19 digits>` */
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  /** ARN with revision. */
  taskDefinition: string;
  desiredCount: number;
  /** Tasks that did not come up since it began. */
  failedTasks: number;
  /** Tasks that failed one after the other; sets how long the next start waits. */
  failuresInRow: number;
  rolloutState: RolloutState;
  rolloutStateReason: string;
  createdAt: string;
  updatedAt: string;
  networkConfiguration?: NetworkConfiguration;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
  launchType?: string;
  /** ARN of the revision of the service that it brings. */
  revisionArn: string;
  /** World milliseconds until tasks may be started again after failures. */
  waitMs: number;
}

/** One entry of a service's history of deployments. */
export interface ServiceDeploymentRecord {
  arn: string;
  deploymentId: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  createdAt: string;
  startedAt: string;
  finishedAt?: string;
  stoppedAt?: string;
  updatedAt: string;
  sourceRevisionArns: string[];
  targetRevisionArn: string;
  configuration: DeploymentConfiguration;
  failedTasks: number;
  breakerTriggered: boolean;
  rollback?: { reason: string; startedAt: string; revisionArn: string };
  /** Blue/green only: where it stands, and for how long it has stood there. */
  lifecycleStage?: ServiceDeploymentLifecycleStage;
  stageMs: number;
}

/** What a service was at one deployment; never changed. */
export interface ServiceRevisionRecord {
  arn: string;
  taskDefinition: string;
  createdAt: string;
  containerImages: Array<{
    containerName: string;
    image: string;
    imageDigest?: string;
  }>;
  loadBalancers: LoadBalancer[];
  networkConfiguration?: NetworkConfiguration;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
  launchType?: string;
}

export interface ServiceEventRecord {
  id: string;
  createdAt: string;
  message: string;
}

/** What makes the tasks of a service fail after their start. */
export type Ailment = 'exit' | 'oom' | 'unhealthy';

export interface ServiceRecord extends EcsPlace {
  cluster: string;
  name: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  configuration: DeploymentConfiguration;
  controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  loadBalancers: LoadBalancer[];
  networkConfiguration?: NetworkConfiguration;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
  launchType?: string;
  platformVersion: string;
  healthCheckGracePeriodSeconds?: number;
  enableExecuteCommand: boolean;
  enableECSManagedTags: boolean;
  propagateTags: string;
  createdAt: string;
  createdBy: string;
  /** PRIMARY first. */
  deployments: DeploymentRecord[];
  /** Newest first, at most a hundred. */
  events: ServiceEventRecord[];
  /** Newest first. */
  history: ServiceDeploymentRecord[];
  /** Newest first. */
  revisions: ServiceRevisionRecord[];
  tags: Tags;
  /** Present while a situation makes its tasks fail. */
  ailment?: { kind: Ailment; reason?: string };
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface TaskRecord extends EcsPlace {
  /** 32 hexadecimal digits. */
  id: string;
  cluster: string;
  /** ARN with revision. */
  taskDefinition: string;
  /** Name of the service; absent for one that was run by hand. */
  service?: string;
  /** Id of the deployment, or what the caller said. */
  startedBy?: string;
  group: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  lastStatus: TaskStatus;
  /** World milliseconds that it has had this status. */
  statusMs: number;
  version: number;
  createdAt: string;
  pullStartedAt?: string;
  pullStoppedAt?: string;
  startedAt?: string;
  stoppingAt?: string;
  executionStoppedAt?: string;
  stoppedAt?: string;
  stopCode?: TaskStopCode;
  stoppedReason?: string;
  capacityProviderName?: string;
  launchType: string;
  networkConfiguration?: NetworkConfiguration;
  overrides?: TaskOverride;
  enableExecuteCommand: boolean;
  tags: Tags;
  containers: Array<{
    name: string;
    image: string;
    imageDigest?: string;
    exitCode?: number;
    reason?: string;
    cpu: string;
    memory?: string;
  }>;
}

/** Everything that is kept on disk. */
export interface EcsState {
  clusters: ClusterRecord[];
  taskDefinitions: TaskDefinitionRecord[];
  services: ServiceRecord[];
  tasks: TaskRecord[];
  /** Content of the release files as last deployed, by `owner/name:path`. */
  deployedFiles: Record<string, string>;
  /** Counts what was created, so that every id differs. */
  serial: number;
}
