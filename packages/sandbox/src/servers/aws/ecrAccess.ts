import { AwsError } from '../../world/aws/AwsError';
import { policyAllows } from '../../world/aws/repositoryPolicy';
import { RegistryRef } from '../../world/aws/registry/types';
import { CallContext } from './handlers';

/** What calls about repositories have in common. */
interface RepositoryInput {
  registryId?: string;
  repositoryName?: string;
}

/**
 * The registry that a call means: the caller's own, or that of another account
 * as far as the policy of the repository allows the action.
 *
 * @param action - name of the operation, `BatchGetImage`
 * @throws AwsError - AccessDeniedException
 */
export function registryOf(
  { registryId, repositoryName }: RepositoryInput,
  context: CallContext,
  action: string,
): RegistryRef {
  const registry = {
    accountId: registryId ?? context.accountId,
    region: context.region,
  };
  if (registry.accountId === context.accountId) {
    return registry;
  }
  const policy =
    repositoryName === undefined
      ? undefined
      : context.aws.registry.repositories.find(registry, repositoryName)
          ?.policy;
  if (!policy || !policyAllows(policy, context.accountId, `ecr:${action}`)) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${
        context.callerArn
      } is not authorized to perform: ecr:${action} on resource: arn:aws:ecr:${
        registry.region
      }:${registry.accountId}:repository/${
        repositoryName ?? '*'
      } because no resource-based policy allows the ecr:${action} action`,
    );
  }
  return registry;
}
