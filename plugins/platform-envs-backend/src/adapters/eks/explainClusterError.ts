import {
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { KubernetesCluster } from '@fairway/plugin-platform-envs-node';
import { KubernetesAnswerError } from './KubernetesApi';

const MANUAL = 'docs/operations/clusters.md';

/** An error of Kubernetes, AWS or the network as one of ours, in words that name the next step. */
export function explainClusterError(
  error: unknown,
  cluster: KubernetesCluster,
): Error {
  if (
    error instanceof ServiceUnavailableError ||
    error instanceof NotAllowedError ||
    error instanceof NotFoundError
  ) {
    return error;
  }
  if (error instanceof KubernetesAnswerError)
    return explainAnswer(error, cluster);
  const { name: clusterName, accountId, region } = cluster;
  const { name = 'Error', message = String(error) } = error as Error;
  if (name === 'ResourceNotFoundException') {
    return new NotFoundError(
      `Account ${accountId} has no EKS cluster ${clusterName} in ${region}; check spec.cluster and spec.awsAccountId of the environment`,
    );
  }
  if (
    /AccessDenied|UnauthorizedOperation|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(
      name,
    )
  ) {
    return new NotAllowedError(
      `No access to AWS account ${accountId} (${message}); check the role that aws.accounts or aws.accountDefaults names, whom it trusts, and its right eks:DescribeCluster (${MANUAL})`,
    );
  }
  if (/Throttl|TooManyRequests/.test(name)) {
    return new ServiceUnavailableError(
      `AWS account ${accountId} throttles calls of EKS in ${region}; asking again`,
    );
  }
  if (/Abort|Timeout/.test(name)) {
    return new ServiceUnavailableError(
      `The cluster ${clusterName} did not answer in time`,
    );
  }
  return new ServiceUnavailableError(
    `The cluster ${clusterName} cannot be asked: ${message}`,
  );
}

/** Why a list of metrics could not be had. */
export function whyNoMetrics(error: unknown): string {
  if (!(error instanceof KubernetesAnswerError)) {
    const { name, message } = error as Error;
    return /Abort|Timeout/.test(name)
      ? 'The metrics API did not answer in time'
      : `The metrics API cannot be asked: ${message}`;
  }
  if (error.status === 404) {
    return 'The cluster serves no metrics.k8s.io: metrics-server is not installed';
  }
  if (error.status === 403) {
    return `The portal may not read metrics.k8s.io there (${MANUAL})`;
  }
  return error.status === 503
    ? 'metrics-server does not answer'
    : `The metrics API answered ${error.status}`;
}

function explainAnswer(
  error: KubernetesAnswerError,
  { name }: KubernetesCluster,
): Error {
  const { said } = error;
  if (error.status === 401) {
    return new NotAllowedError(
      `The cluster ${name} does not know the portal's token; give its role an access entry, or renew platformEnvs.clusters.overrides.${name}.token (${MANUAL})`,
    );
  }
  if (error.status === 403) {
    return new NotAllowedError(
      `The cluster ${name} does not let the portal look${
        said ? ` (${said})` : ''
      }; apply the ClusterRole of ${MANUAL}`,
    );
  }
  if (error.status === 429) {
    return new ServiceUnavailableError(
      `The cluster ${name} throttles calls; asking again`,
    );
  }
  return new ServiceUnavailableError(
    `The cluster ${name} answered ${error.status}${said ? `: ${said}` : ''}`,
  );
}
