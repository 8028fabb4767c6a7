/** What went wrong with a cluster, for a person, and whether waiting will not help. */
export function explainEcsError(
  error: unknown,
  place: { accountId: string; region: string; cluster: string },
): { message: string; isLasting: boolean } {
  const { accountId, region, cluster } = place;
  const { name = 'Error', message = String(error) } = error as Error;
  if (name === 'ClusterNotFoundException') {
    return {
      isLasting: true,
      message: `Account ${accountId} has no ECS cluster ${cluster} in ${region}`,
    };
  }
  if (
    /AccessDenied|UnauthorizedOperation|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(
      name,
    )
  ) {
    return {
      isLasting: true,
      message: `No access to AWS account ${accountId} (${message}); check the role that aws.accounts or aws.accountDefaults names, whom it trusts, and its rights (docs/operations/rights.md)`,
    };
  }
  if (/Throttl|TooManyRequests/.test(name)) {
    return {
      isLasting: false,
      message: `AWS account ${accountId} throttles calls of ECS in ${region}; asking again`,
    };
  }
  if (/Timeout|Abort/.test(name)) {
    return {
      isLasting: false,
      message: `ECS in ${region} did not answer in time`,
    };
  }
  return {
    isLasting: false,
    message: `ECS in ${region} of account ${accountId} cannot be asked: ${name}: ${message}`,
  };
}
