import { AwsError } from '../../world/aws/AwsError';
import { readLifecyclePolicy } from '../../world/aws/registry/lifecyclePolicy';
import { registryOf } from './ecrAccess';
import { CallContext, Handlers } from './handlers';

/** A call about one repository. */
interface RepositoryInput {
  registryId?: string;
  repositoryName?: string;
}

/** Amazon ECR: policies of a repository. */
export const ecrPolicyHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> =
  {
    PutLifecyclePolicy(input, context) {
      const { lifecyclePolicyText } = input;
      readLifecyclePolicy(lifecyclePolicyText!);
      return {
        ...change(input, context, 'PutLifecyclePolicy', {
          lifecyclePolicy: lifecyclePolicyText,
        }),
        lifecyclePolicyText,
      };
    },

    GetLifecyclePolicy(input, context) {
      return lifecyclePolicyOf(input, context, 'GetLifecyclePolicy');
    },

    DeleteLifecyclePolicy(input, context) {
      const action = 'DeleteLifecyclePolicy';
      const reply = lifecyclePolicyOf(input, context, action);
      change(input, context, action, { lifecyclePolicy: undefined });
      return reply;
    },

    SetRepositoryPolicy(input, context) {
      const { policyText } = input;
      checkPolicyText(policyText!, 'repository');
      return {
        ...change(input, context, 'SetRepositoryPolicy', {
          policy: policyText,
        }),
        policyText,
      };
    },

    GetRepositoryPolicy(input, context) {
      return repositoryPolicyOf(input, context, 'GetRepositoryPolicy');
    },

    DeleteRepositoryPolicy(input, context) {
      const action = 'DeleteRepositoryPolicy';
      const reply = repositoryPolicyOf(input, context, action);
      change(input, context, action, { policy: undefined });
      return reply;
    },
  };

/** What is no JSON object is no policy. @throws AwsError - InvalidParameterException */
export function checkPolicyText(
  text: string,
  kind: 'repository' | 'registry',
): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (parsed === null || typeof parsed !== 'object') {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid ${kind} policy provided'`,
    );
  }
}

function change(
  input: RepositoryInput,
  context: CallContext,
  action: string,
  policies: { lifecyclePolicy?: string } | { policy?: string },
) {
  const registry = registryOf(input, context, action);
  const { name } = context.aws.registry.repositories.update(
    registry,
    input.repositoryName!,
    policies,
  );
  return { registryId: registry.accountId, repositoryName: name };
}

/** The repository with what every reply says of it. */
function read(input: RepositoryInput, context: CallContext, action: string) {
  const registry = registryOf(input, context, action);
  const name = input.repositoryName!;
  return {
    repository: context.aws.registry.repositories.get(registry, name),
    reply: { registryId: registry.accountId, repositoryName: name },
    where: `the repository with name '${name}' in the registry with id '${registry.accountId}'`,
  };
}

function lifecyclePolicyOf(
  input: RepositoryInput,
  context: CallContext,
  action: string,
) {
  const { repository, reply, where } = read(input, context, action);
  if (repository.lifecyclePolicy === undefined) {
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for ${where}`,
    );
  }
  return { ...reply, lifecyclePolicyText: repository.lifecyclePolicy };
}

function repositoryPolicyOf(
  input: RepositoryInput,
  context: CallContext,
  action: string,
) {
  const { repository, reply, where } = read(input, context, action);
  if (repository.policy === undefined) {
    throw new AwsError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for ${where}`,
    );
  }
  return { ...reply, policyText: repository.policy };
}
