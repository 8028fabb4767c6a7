import { AwsError } from '../../world/aws/AwsError';
import { budgetsHandlers } from './budgets';
import { cloudFormationHandlers } from './cloudFormation';
import { cloudWatchHandlers } from './cloudWatch';
import { costExplorerHandlers } from './costExplorer';
import { ecrHandlers } from './ecr';
import { ecsHandlers } from './ecs';
import { eksHandlers } from './eks';
import { elastiCacheHandlers } from './elastiCache';
import { AnyHandler } from './handlers';
import { rdsHandlers } from './rds';
import { resourceGroupsTaggingHandlers } from './resourceGroupsTagging';
import { schedulerHandlers } from './scheduler';
import { secretsManagerHandlers } from './secretsManager';
import { stsHandlers } from './sts';
import { readServiceModel, ServiceModel } from './wire/ServiceModel';

/** A service ready to answer. */
export interface LoadedService {
  model: ServiceModel;
  handlers: Record<string, AnyHandler | undefined>;
  /** How the service words a required member that is not there. */
  missingMember(path: string): AwsError;
}

interface ServiceDefinition {
  /** Reads the client package; only a service that is called costs time and memory. */
  loadModel(): ServiceModel;
  handlers: object;
  missingMember(path: string): AwsError;
}

const lowerFirst = (text: string) => text[0].toLowerCase() + text.slice(1);

const upperFirst = (text: string) => text[0].toUpperCase() + text.slice(1);

const validationFailure = (code: string) => (path: string) =>
  new AwsError(
    code,
    `1 validation error detected: Value null at '${lowerFirst(
      path,
    )}' failed to satisfy constraint: Member must not be null`,
  );

const REGION = 'us-east-1';

/** Services by signing name, as it stands in the credential scope. */
const DEFINITIONS: Record<string, ServiceDefinition> = {
  sts: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-sts') as typeof import('@aws-sdk/client-sts');
      return readServiceModel(sdk, new sdk.STSClient({ region: REGION }));
    },
    handlers: stsHandlers,
    missingMember: validationFailure('ValidationError'),
  },
  ecr: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-ecr') as typeof import('@aws-sdk/client-ecr');
      return readServiceModel(sdk, new sdk.ECRClient({ region: REGION }));
    },
    handlers: ecrHandlers,
    missingMember: path =>
      new AwsError(
        'InvalidParameterException',
        `Invalid parameter at '${path}' failed to satisfy constraint: 'Member must not be null'`,
      ),
  },
  cloudformation: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
      return readServiceModel(
        sdk,
        new sdk.CloudFormationClient({ region: REGION }),
      );
    },
    handlers: cloudFormationHandlers,
    missingMember: validationFailure('ValidationError'),
  },
  rds: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-rds') as typeof import('@aws-sdk/client-rds');
      return readServiceModel(sdk, new sdk.RDSClient({ region: REGION }));
    },
    handlers: rdsHandlers,
    missingMember: path =>
      new AwsError(
        'MissingParameter',
        `The request must contain the parameter ${path}.`,
      ),
  },
  monitoring: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch');
      return readServiceModel(
        sdk,
        new sdk.CloudWatchClient({ region: REGION }),
      );
    },
    handlers: cloudWatchHandlers,
    missingMember: path =>
      new AwsError('MissingParameter', `The parameter ${path} is required.`),
  },
  ce: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-cost-explorer') as typeof import('@aws-sdk/client-cost-explorer');
      return readServiceModel(
        sdk,
        new sdk.CostExplorerClient({ region: REGION }),
      );
    },
    handlers: costExplorerHandlers,
    missingMember: validationFailure('ValidationException'),
  },
  budgets: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-budgets') as typeof import('@aws-sdk/client-budgets');
      return readServiceModel(sdk, new sdk.BudgetsClient({ region: REGION }));
    },
    handlers: budgetsHandlers,
    missingMember: validationFailure('InvalidParameterException'),
  },
  ecs: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-ecs') as typeof import('@aws-sdk/client-ecs');
      return readServiceModel(sdk, new sdk.ECSClient({ region: REGION }));
    },
    handlers: ecsHandlers,
    missingMember: path =>
      new AwsError(
        'InvalidParameterException',
        `${upperFirst(path)} can not be blank.`,
      ),
  },
  eks: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-eks') as typeof import('@aws-sdk/client-eks');
      return readServiceModel(sdk, new sdk.EKSClient({ region: REGION }));
    },
    handlers: eksHandlers,
    missingMember: path =>
      new AwsError('InvalidParameterException', `${path} cannot be empty.`),
  },
  elasticache: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-elasticache') as typeof import('@aws-sdk/client-elasticache');
      return readServiceModel(
        sdk,
        new sdk.ElastiCacheClient({ region: REGION }),
      );
    },
    handlers: elastiCacheHandlers,
    missingMember: path =>
      new AwsError(
        'MissingParameter',
        `The request must contain the parameter ${path}.`,
      ),
  },
  scheduler: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-scheduler') as typeof import('@aws-sdk/client-scheduler');
      return readServiceModel(sdk, new sdk.SchedulerClient({ region: REGION }));
    },
    handlers: schedulerHandlers,
    missingMember: validationFailure('ValidationException'),
  },
  secretsmanager: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-secrets-manager') as typeof import('@aws-sdk/client-secrets-manager');
      return readServiceModel(
        sdk,
        new sdk.SecretsManagerClient({ region: REGION }),
      );
    },
    handlers: secretsManagerHandlers,
    missingMember: validationFailure('ValidationException'),
  },
  tagging: {
    loadModel() {
      const sdk =
        require('@aws-sdk/client-resource-groups-tagging-api') as typeof import('@aws-sdk/client-resource-groups-tagging-api');
      return readServiceModel(
        sdk,
        new sdk.ResourceGroupsTaggingAPIClient({ region: REGION }),
      );
    },
    handlers: resourceGroupsTaggingHandlers,
    missingMember: validationFailure('InvalidParameterException'),
  },
};

/** Signing names of the services that the sandbox answers for. */
export const SERVICE_NAMES = Object.keys(DEFINITIONS);

const loaded = new Map<string, LoadedService>();

/** The service with a signing name; undefined when the sandbox has none of that name. */
export function loadService(signingName: string): LoadedService | undefined {
  // The name comes from outside: it may be that of a property of all objects.
  if (!Object.hasOwn(DEFINITIONS, signingName)) {
    return undefined;
  }
  const definition = DEFINITIONS[signingName];
  let service = loaded.get(signingName);
  if (!service) {
    service = {
      model: definition.loadModel(),
      handlers: definition.handlers as LoadedService['handlers'],
      missingMember: definition.missingMember,
    };
    loaded.set(signingName, service);
  }
  return service;
}
