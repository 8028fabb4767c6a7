import { AwsError } from '../../world/aws/AwsError';
import { AnyHandler } from './handlers';
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
  loadModel(): Promise<ServiceModel>;
  loadHandlers(): Promise<object>;
  missingMember(path: string): AwsError;
}

const lowerFirst = (text: string) => text[0].toLowerCase() + text.slice(1);

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
    async loadModel() {
      const sdk = await import('@aws-sdk/client-sts');
      return readServiceModel(sdk, new sdk.STSClient({ region: REGION }));
    },
    loadHandlers: async () => (await import('./sts')).stsHandlers,
    missingMember: validationFailure('ValidationError'),
  },
  ecr: {
    async loadModel() {
      const sdk = await import('@aws-sdk/client-ecr');
      return readServiceModel(sdk, new sdk.ECRClient({ region: REGION }));
    },
    loadHandlers: async () => (await import('./ecr')).ecrHandlers,
    missingMember: path =>
      new AwsError(
        'InvalidParameterException',
        `Invalid parameter at '${path}' failed to satisfy constraint: 'Member must not be null'`,
      ),
  },
  cloudformation: {
    async loadModel() {
      const sdk = await import('@aws-sdk/client-cloudformation');
      return readServiceModel(
        sdk,
        new sdk.CloudFormationClient({ region: REGION }),
      );
    },
    loadHandlers: async () =>
      (await import('./cloudFormation')).cloudFormationHandlers,
    missingMember: validationFailure('ValidationError'),
  },
  rds: {
    async loadModel() {
      const sdk = await import('@aws-sdk/client-rds');
      return readServiceModel(sdk, new sdk.RDSClient({ region: REGION }));
    },
    loadHandlers: async () => (await import('./rds')).rdsHandlers,
    missingMember: path =>
      new AwsError(
        'MissingParameter',
        `The request must contain the parameter ${path}.`,
      ),
  },
  monitoring: {
    async loadModel() {
      const sdk = await import('@aws-sdk/client-cloudwatch');
      return readServiceModel(
        sdk,
        new sdk.CloudWatchClient({ region: REGION }),
      );
    },
    loadHandlers: async () => (await import('./cloudWatch')).cloudWatchHandlers,
    missingMember: path =>
      new AwsError('MissingParameter', `The parameter ${path} is required.`),
  },
  ce: {
    async loadModel() {
      const sdk = await import('@aws-sdk/client-cost-explorer');
      return readServiceModel(
        sdk,
        new sdk.CostExplorerClient({ region: REGION }),
      );
    },
    loadHandlers: async () =>
      (await import('./costExplorer')).costExplorerHandlers,
    missingMember: validationFailure('ValidationException'),
  },
};

/** Signing names of the services that the sandbox answers for. */
export const SERVICE_NAMES = Object.keys(DEFINITIONS);

const loaded = new Map<string, Promise<LoadedService>>();

/** The service with a signing name; undefined when the sandbox has none of that name. */
export function loadService(
  signingName: string,
): Promise<LoadedService> | undefined {
  const definition = DEFINITIONS[signingName];
  if (!definition) {
    return undefined;
  }
  let service = loaded.get(signingName);
  if (!service) {
    service = load(definition);
    loaded.set(signingName, service);
  }
  return service;
}

async function load(definition: ServiceDefinition): Promise<LoadedService> {
  const [model, handlers] = await Promise.all([
    definition.loadModel(),
    definition.loadHandlers(),
  ]);
  return {
    model,
    handlers: handlers as LoadedService['handlers'],
    missingMember: definition.missingMember,
  };
}
