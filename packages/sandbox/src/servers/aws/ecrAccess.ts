import { AwsError } from '../../world/aws/AwsError';
import { RegistryRef } from '../../world/aws/ImageRegistry';
import { allowsAccount } from '../../world/aws/repositoryPolicy';
import { CallContext } from './handlers';

/**
 * Lets a call into another account's registry only when the policy of the
 * repository it names allows the caller's account.
 *
 * Only the principals of `Allow` statements are looked at, not their actions.
 *
 * @throws AwsError - AccessDeniedException
 */
export function checkRegistryAccess(
  registry: RegistryRef,
  context: CallContext,
  repositoryName: string | undefined,
): void {
  if (registry.accountId === context.accountId) {
    return;
  }
  const policy =
    repositoryName === undefined
      ? undefined
      : context.aws.registry.findRepository(registry, repositoryName)?.policy;
  if (!policy || !allowsAccount(policy, context.accountId)) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${
        context.callerArn
      } is not authorized to access the registry of account ${
        registry.accountId
      }${
        repositoryName
          ? ` because no policy of ${repositoryName} allows it`
          : ''
      }`,
    );
  }
}
