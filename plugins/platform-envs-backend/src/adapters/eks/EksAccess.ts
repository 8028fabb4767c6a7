import { Sha256 } from '@aws-crypto/sha256-js';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { KubernetesCluster } from '@fairway/plugin-platform-envs-node';
import { SignatureV4 } from '@smithy/signature-v4';

/** Where a cluster answers. */
export interface ClusterEndpoint {
  /** Without trailing slash. */
  url: string;
  /** Certificate authority: base64 of PEM. Absent: the public ones. */
  caData?: string;
}

/** A cluster of which the place in AWS is known. */
export type PlacedCluster = Required<KubernetesCluster>;

/** EKS takes a token for 15 minutes; a new one is made well before. */
const TOKEN_LIFE_MS = 10 * 60_000;

/** An endpoint and its authority change only when a cluster is made anew. */
const ENDPOINT_LIFE_MS = 60 * 60_000;

/** Seconds for which the signed question may be asked. */
const SIGNED_FOR = 60;

/** A thing that is had again only after its time is over. */
interface Kept<T> {
  value: T;
  until: number;
}

/**
 * Endpoint and token of EKS clusters, by the role of their account. A token is
 * a signed `GetCallerIdentity` that the cluster asks STS itself.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export class EksAccess {
  readonly #endpoints = new Map<string, Kept<ClusterEndpoint>>();
  readonly #tokens = new Map<string, Kept<string>>();

  constructor(
    private readonly options: {
      credentials: AwsCredentialsManager;
      now: () => Date;
    },
  ) {}

  /** @throws what the SDK throws */
  endpointOf(
    cluster: PlacedCluster,
    signal: AbortSignal,
  ): Promise<ClusterEndpoint> {
    return this.#kept(this.#endpoints, cluster, ENDPOINT_LIFE_MS, async () => {
      const client = new EKSClient({
        region: cluster.region,
        credentials: await this.#credentialsOf(cluster),
        maxAttempts: 2,
      });
      try {
        const { cluster: found } = await client.send(
          new DescribeClusterCommand({ name: cluster.name }),
          { abortSignal: signal },
        );
        if (!found?.endpoint) {
          throw new Error(
            `EKS gives no endpoint of ${cluster.name} (${
              found?.status ?? 'status unknown'
            })`,
          );
        }
        const caData = found.certificateAuthority?.data;
        return { url: found.endpoint, ...(caData && { caData }) };
      } finally {
        client.destroy();
      }
    });
  }

  /** @throws what the credentials provider throws */
  tokenOf(cluster: PlacedCluster): Promise<string> {
    return this.#kept(this.#tokens, cluster, TOKEN_LIFE_MS, async () => {
      const { region } = cluster;
      const hostname = `sts.${region}.amazonaws.com${
        region.startsWith('cn-') ? '.cn' : ''
      }`;
      const signer = new SignatureV4({
        credentials: await this.#credentialsOf(cluster),
        region,
        service: 'sts',
        sha256: Sha256,
      });
      const { query = {} } = await signer.presign(
        {
          method: 'GET',
          protocol: 'https:',
          hostname,
          path: '/',
          headers: { host: hostname, 'x-k8s-aws-id': cluster.name },
          query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        },
        { expiresIn: SIGNED_FOR },
      );
      const signed = new URLSearchParams(query as Record<string, string>);
      const url = `https://${hostname}/?${signed}`;
      return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
    });
  }

  /** Forgets a token that was refused, and where the cluster was. */
  forget(cluster: KubernetesCluster): void {
    this.#endpoints.delete(keyOf(cluster));
    this.#tokens.delete(keyOf(cluster));
  }

  async #credentialsOf({ accountId }: PlacedCluster) {
    const provider = await this.options.credentials.getCredentialProvider({
      accountId,
    });
    return provider.sdkCredentialProvider;
  }

  async #kept<T>(
    memory: Map<string, Kept<T>>,
    cluster: PlacedCluster,
    lifeMs: number,
    make: () => Promise<T>,
  ): Promise<T> {
    const key = keyOf(cluster);
    const now = this.options.now().getTime();
    const known = memory.get(key);
    if (known && known.until > now) return known.value;
    const value = await make();
    memory.set(key, { value, until: now + lifeMs });
    return value;
  }
}

function keyOf({ accountId, region, name }: KubernetesCluster): string {
  return `${accountId}/${region}/${name}`;
}
