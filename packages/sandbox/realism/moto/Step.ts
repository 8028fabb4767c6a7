import { BudgetsClient } from '@aws-sdk/client-budgets';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';

/** Where everything happens: an account of a platform, in a region where the sandbox has nothing. */
export const ACCOUNT = '111100000001';
export const REGION = 'eu-west-1';

const CLIENTS = {
  budgets: BudgetsClient,
  ce: CostExplorerClient,
  cloudformation: CloudFormationClient,
  cloudwatch: CloudWatchClient,
  ecr: ECRClient,
  ecs: ECSClient,
  eks: EKSClient,
  elasticache: ElastiCacheClient,
  rds: RDSClient,
  scheduler: SchedulerClient,
  secretsmanager: SecretsManagerClient,
  sts: STSClient,
  tagging: ResourceGroupsTaggingAPIClient,
};

export type ServiceName = keyof typeof CLIENTS;

/** Replies of earlier steps, by label, and the id of a `subnet` that there is. */
export type Seen = Record<string, any>;

/** One call that both have to answer, or a moment that lets things finish. */
export type Step =
  | { pause: true }
  | {
      service: ServiceName;
      command: (seen: Seen) => object;
      /** Tells apart calls of one operation; `no such repository`. */
      about?: string;
    };

/** Something that takes time in one of the two has finished after this. */
export const PAUSE: Step = { pause: true };

/** Steps of one service. */
export function stepsOf(service: ServiceName) {
  return (
    command: object | ((seen: Seen) => object),
    about?: string,
  ): Step => ({
    service,
    command:
      typeof command === 'function' ? (command as () => object) : () => command,
    about,
  });
}

/** Clients of all services for an endpoint; they do not retry. */
export function clientsOf(endpoint: string): Record<ServiceName, any> {
  const options = {
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: {
      accessKeyId: `AKIA${ACCOUNT}SANDBOX`,
      secretAccessKey: 'sandbox',
    },
  };
  return Object.fromEntries(
    Object.entries(CLIENTS).map(([name, Client]) => [
      name,
      new Client(options),
    ]),
  ) as Record<ServiceName, any>;
}
