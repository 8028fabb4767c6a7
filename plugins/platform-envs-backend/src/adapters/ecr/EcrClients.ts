import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';

/** Clients of ECR, one by account and region: each keeps connections of its own. */
export class EcrClients {
  readonly #clients = new Map<string, Promise<ECRClient>>();

  constructor(private readonly credentials: AwsCredentialsManager) {}

  /** @throws Error - there are no credentials for the account. */
  get(place: { accountId: string; region: string }): Promise<ECRClient> {
    const { accountId, region } = place;
    const key = `${accountId} ${region}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const made = this.credentials.getCredentialProvider({ accountId }).then(
      ({ sdkCredentialProvider }) =>
        new ECRClient({
          region,
          credentials: sdkCredentialProvider,
          maxAttempts: 4,
        }),
    );
    this.#clients.set(key, made);
    made.catch(() => this.#clients.delete(key));
    return made;
  }
}
