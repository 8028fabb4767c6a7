import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LoggerService } from '@backstage/backend-plugin-api';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { Platform } from '../platform/readPlatform';
import { applyRegistryStack, RegistryStackResult } from './applyRegistryStack';

/** Options of {@link applyComponentRegistry}. */
export interface ComponentRegistryOptions {
  awsCredentials: AwsCredentialsManager;
  platform: Platform;
  component: string;
  /** Entity ref of the owner. */
  owner: string;
  taskId: string;
  logger: LoggerService;
  /** Only says what would be done. */
  planOnly?: boolean;
  signal?: AbortSignal;
  /** Milliseconds between looks at CloudFormation. */
  pollMs?: number;
}

/**
 * Applies the registry stack of a component in the account and region that hold
 * the platform's registries; every environment's account may pull from it.
 *
 * @throws as {@link applyRegistryStack}.
 */
export async function applyComponentRegistry(
  options: ComponentRegistryOptions,
): Promise<RegistryStackResult> {
  const { awsCredentials, platform, component, owner, ...rest } = options;
  const { accountId, region } = platform.registry;
  const { sdkCredentialProvider } = await awsCredentials.getCredentialProvider({
    accountId,
  });
  const client = { region, credentials: sdkCredentialProvider };
  const cloudFormation = new CloudFormationClient(client);
  const ecr = new ECRClient(client);
  try {
    return await applyRegistryStack({
      cloudFormation,
      ecr,
      spec: {
        component,
        system: platform.system,
        owner,
        pullAccountIds: platform.environments.flatMap(
          environment => environment.accountId ?? [],
        ),
      },
      ...rest,
    });
  } finally {
    cloudFormation.destroy();
    ecr.destroy();
  }
}
