import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { LRUCache } from 'lru-cache';

/** CloudFormation throttles an account as a whole: many runs at once wait for each other. */
const MAX_ATTEMPTS = 8;

/** Places with registries are few; more than these are made anew. */
const MOST_PLACES = 100;

/** What registries in one account and region are made with. */
export interface RegistryClients {
  cloudFormation: CloudFormationClient;
  ecr: ECRClient;
}

const known = new WeakMap<
  AwsCredentialsManager,
  LRUCache<string, RegistryClients>
>();

/**
 * Clients for one account and region. All runs share them, and with them the
 * role that is taken on there and the connections, so nobody may destroy them.
 */
export async function registryClients(
  awsCredentials: AwsCredentialsManager,
  accountId: string,
  region: string,
): Promise<RegistryClients> {
  const clients =
    known.get(awsCredentials) ??
    new LRUCache<string, RegistryClients>({ max: MOST_PLACES });
  known.set(awsCredentials, clients);
  const place = `${accountId}\n${region}`;
  const there = clients.get(place);
  if (there) return there;
  const { sdkCredentialProvider } = await awsCredentials.getCredentialProvider({
    accountId,
  });
  const options = {
    region,
    credentials: sdkCredentialProvider,
    maxAttempts: MAX_ATTEMPTS,
  };
  const made = {
    cloudFormation: new CloudFormationClient(options),
    ecr: new ECRClient(options),
  };
  clients.set(place, made);
  return made;
}
