import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import {
  expiredImages,
  readLifecyclePolicy,
} from '../../world/aws/registry/lifecyclePolicy';
import { invalidToken, pageSize } from './ecrShared';
import { registryOf } from './ecrAccess';
import { CallContext, Handlers } from './handlers';

// A preview of a small repository is there within seconds.
const PREVIEW_MS = 2_000;

/** Amazon ECR: what a lifecycle policy would remove. */
export const ecrPreviewHandlers: Handlers<
  typeof import('@aws-sdk/client-ecr')
> = {
  StartLifecyclePolicyPreview(input, context) {
    const registry = registryOf(input, context, 'StartLifecyclePolicyPreview');
    const name = input.repositoryName!;
    const repository = context.aws.registry.repositories.get(registry, name);
    const policyText = input.lifecyclePolicyText ?? repository.lifecyclePolicy;
    if (policyText === undefined) {
      throw new AwsError(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registry.accountId}'`,
      );
    }
    readLifecyclePolicy(policyText);
    const { settings } = context.aws.registry;
    const { previews } = settings.of(registry);
    const running = previews.find(({ repository: other }) => other === name);
    if (running && isRunning(running.startedAt, context)) {
      throw new AwsError(
        'LifecyclePolicyPreviewInProgressException',
        `The previous lifecycle policy preview request for repository '${name}' has not completed. Wait and try again.`,
      );
    }
    settings.change(registry, {
      previews: [
        ...previews.filter(other => other !== running),
        {
          repository: name,
          policyText,
          startedAt: context.aws.clock.now().toISOString(),
        },
      ],
    });
    return {
      registryId: registry.accountId,
      repositoryName: name,
      lifecyclePolicyText: policyText,
      status: 'IN_PROGRESS',
    };
  },

  GetLifecyclePolicyPreview(input, context) {
    const registry = registryOf(input, context, 'GetLifecyclePolicyPreview');
    const name = input.repositoryName!;
    const store = context.aws.registry;
    store.repositories.get(registry, name);
    const preview = store.settings
      .of(registry)
      .previews.find(({ repository }) => repository === name);
    if (!preview) {
      throw new AwsError(
        'LifecyclePolicyPreviewNotFoundException',
        `There is no preview for lifecycle policy with repository name '${name}' in the registry with id '${registry.accountId}'`,
      );
    }
    const common = {
      registryId: registry.accountId,
      repositoryName: name,
      lifecyclePolicyText: preview.policyText,
    };
    if (isRunning(preview.startedAt, context)) {
      return { ...common, status: 'IN_PROGRESS' };
    }
    const expiries = expiredImages(
      preview.policyText,
      store.listImages(registry, name),
      new Date(preview.startedAt),
    );
    const page = paginate(expiries, {
      token: input.nextToken,
      size: pageSize(input.maxResults),
      tokenError: invalidToken(),
    });
    return {
      ...common,
      status: 'COMPLETE',
      previewResults: page.items.map(({ image, rulePriority }) => ({
        imageTags: image.tags,
        imageDigest: image.digest,
        imagePushedAt: image.pushedAt,
        action: { type: 'EXPIRE' },
        appliedRulePriority: rulePriority,
      })),
      summary: { expiringImageTotalCount: expiries.length },
      nextToken: page.nextToken,
    };
  },
};

function isRunning(startedAt: string, { aws }: CallContext): boolean {
  return aws.clock.now().getTime() - Date.parse(startedAt) < PREVIEW_MS;
}
