import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { registryOf } from './ecrAccess';
import { invalidToken, pageSize } from './ecrShared';
import { Handlers } from './handlers';

/** Amazon ECR: where images below a prefix are fetched from. Rules are kept; nothing is fetched. */
export const ecrPullThroughHandlers: Handlers<
  typeof import('@aws-sdk/client-ecr')
> = {
  CreatePullThroughCacheRule(input, context) {
    registryOf(input, context, 'CreatePullThroughCacheRule');
    const { settings } = context.aws.registry;
    const { pullThrough } = settings.of(context);
    if (
      pullThrough.some(({ prefix }) => prefix === input.ecrRepositoryPrefix)
    ) {
      throw new AwsError(
        'PullThroughCacheRuleAlreadyExistsException',
        `A pull through cache rule already exists with the prefix '${input.ecrRepositoryPrefix}' in the registry with id '${context.accountId}'`,
      );
    }
    const createdAt = context.aws.clock.now();
    settings.change(context, {
      pullThrough: [
        ...pullThrough,
        {
          prefix: input.ecrRepositoryPrefix!,
          upstreamUrl: input.upstreamRegistryUrl!,
          upstreamRegistry: input.upstreamRegistry,
          upstreamPrefix: input.upstreamRepositoryPrefix,
          credentialArn: input.credentialArn,
          createdAt: createdAt.toISOString(),
        },
      ],
    });
    return {
      ecrRepositoryPrefix: input.ecrRepositoryPrefix,
      upstreamRegistryUrl: input.upstreamRegistryUrl,
      upstreamRegistry: input.upstreamRegistry,
      upstreamRepositoryPrefix: input.upstreamRepositoryPrefix,
      credentialArn: input.credentialArn,
      registryId: context.accountId,
      createdAt,
    };
  },

  DescribePullThroughCacheRules(input, context) {
    registryOf(input, context, 'DescribePullThroughCacheRules');
    const { pullThrough } = context.aws.registry.settings.of(context);
    const prefixes = input.ecrRepositoryPrefixes;
    const page = paginate(
      pullThrough.filter(
        ({ prefix }) => !prefixes || prefixes.includes(prefix),
      ),
      {
        token: input.nextToken,
        size: pageSize(input.maxResults),
        tokenError: invalidToken(),
      },
    );
    return {
      pullThroughCacheRules: page.items.map(rule => ({
        ecrRepositoryPrefix: rule.prefix,
        upstreamRegistryUrl: rule.upstreamUrl,
        upstreamRegistry: rule.upstreamRegistry as 'ecr-public' | undefined,
        upstreamRepositoryPrefix: rule.upstreamPrefix,
        credentialArn: rule.credentialArn,
        registryId: context.accountId,
        createdAt: new Date(rule.createdAt),
      })),
      nextToken: page.nextToken,
    };
  },

  DeletePullThroughCacheRule(input, context) {
    registryOf(input, context, 'DeletePullThroughCacheRule');
    const { settings } = context.aws.registry;
    const { pullThrough } = settings.of(context);
    const rule = pullThrough.find(
      ({ prefix }) => prefix === input.ecrRepositoryPrefix,
    );
    if (!rule) {
      throw new AwsError(
        'PullThroughCacheRuleNotFoundException',
        `The pull through cache rule with prefix '${input.ecrRepositoryPrefix}' does not exist in the registry with id '${context.accountId}'`,
      );
    }
    settings.change(context, {
      pullThrough: pullThrough.filter(other => other !== rule),
    });
    return {
      ecrRepositoryPrefix: rule.prefix,
      upstreamRegistryUrl: rule.upstreamUrl,
      registryId: context.accountId,
      createdAt: new Date(rule.createdAt),
    };
  },
};
