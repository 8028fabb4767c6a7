import { AwsError } from '../../world/aws/AwsError';
import { readLifecyclePolicy } from '../../world/aws/registry/lifecyclePolicy';
import { checkOwnRegistry } from './ecrShared';
import { CallContext, Handlers } from './handlers';

/** Amazon ECR: policies of a repository. */
export const ecrPolicyHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> =
  {
    PutLifecyclePolicy(input, context) {
      checkOwnRegistry(input.registryId, context);
      readLifecyclePolicy(input.lifecyclePolicyText!);
      context.aws.registry.updateRepository(context, input.repositoryName!, {
        lifecyclePolicy: input.lifecyclePolicyText,
      });
      return {
        registryId: context.accountId,
        repositoryName: input.repositoryName,
        lifecyclePolicyText: input.lifecyclePolicyText,
      };
    },

    GetLifecyclePolicy(input, context) {
      return { ...lifecyclePolicyOf(input.repositoryName!, context) };
    },

    DeleteLifecyclePolicy(input, context) {
      checkOwnRegistry(input.registryId, context);
      const reply = lifecyclePolicyOf(input.repositoryName!, context);
      context.aws.registry.updateRepository(context, input.repositoryName!, {
        lifecyclePolicy: undefined,
      });
      return reply;
    },

    SetRepositoryPolicy(input, context) {
      checkOwnRegistry(input.registryId, context);
      checkPolicyText(input.policyText!);
      context.aws.registry.updateRepository(context, input.repositoryName!, {
        policy: input.policyText,
      });
      return {
        registryId: context.accountId,
        repositoryName: input.repositoryName,
        policyText: input.policyText,
      };
    },

    GetRepositoryPolicy(input, context) {
      return repositoryPolicyOf(input.repositoryName!, context);
    },

    DeleteRepositoryPolicy(input, context) {
      checkOwnRegistry(input.registryId, context);
      const reply = repositoryPolicyOf(input.repositoryName!, context);
      context.aws.registry.updateRepository(context, input.repositoryName!, {
        policy: undefined,
      });
      return reply;
    },
  };

function checkPolicyText(text: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (parsed === null || typeof parsed !== 'object') {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'`,
    );
  }
}

function lifecyclePolicyOf(name: string, context: CallContext) {
  const { lifecyclePolicy } = context.aws.registry.getRepository(context, name);
  if (lifecyclePolicy === undefined) {
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${context.accountId}'`,
    );
  }
  return {
    registryId: context.accountId,
    repositoryName: name,
    lifecyclePolicyText: lifecyclePolicy,
  };
}

function repositoryPolicyOf(name: string, context: CallContext) {
  const { policy } = context.aws.registry.getRepository(context, name);
  if (policy === undefined) {
    throw new AwsError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${name}' in the registry with id '${context.accountId}'`,
    );
  }
  return {
    registryId: context.accountId,
    repositoryName: name,
    policyText: policy,
  };
}
