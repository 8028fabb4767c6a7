import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeRegistryCommand,
  ECRClient,
  ReplicationRule,
} from '@aws-sdk/client-ecr';
import { LoggerService } from '@backstage/backend-plugin-api';
import { applyStack } from './stack/applyStack';
import { waitUntilSettled } from './stack/watchStack';

/** The stack that holds the one replication setting of a registry. */
export const REPLICATION_STACK = 'fairway-replication';

/** Whoever is in the way the third time is no other run that began together with this. */
const MAX_ATTEMPTS = 3;

/** Options of {@link ensureReplication}. */
export interface EnsureReplicationOptions {
  cloudFormation: CloudFormationClient;
  ecr: ECRClient;
  accountId: string;
  /** Where images are to be, too. */
  replicaRegions: string[];
  /** Image repository. */
  repository: string;
  /** Name of the System. */
  system: string;
  taskId: string;
  logger: LoggerService;
  planOnly?: boolean;
  signal?: AbortSignal;
  pollMs?: number;
}

/** How it stands with the copies of a repository. */
export interface ReplicationResult {
  /**
   * `covered`: a rule that was there has the images copied. `created`: there
   * was no rule; the stack made one, or would. `missing`: there are rules that
   * somebody else keeps, and none of them has the images copied.
   */
  outcome: 'covered' | 'created' | 'missing';
  /** Regions that the images do not reach; of `missing` only. */
  missingRegions: string[];
  /** The stack's template, as JSON; of a plan that would create it. */
  template?: string;
}

/**
 * Sees to it that images of a repository are copied to other regions of its
 * account. A registry has one replication setting, so this never changes what
 * is there: rules that cover the repository are enough, and rules of somebody
 * else are left to them.
 *
 * @throws Error - the stack failed; the message is CloudFormation's reason.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export async function ensureReplication(
  options: EnsureReplicationOptions,
): Promise<ReplicationResult> {
  const { replicaRegions, repository, logger } = options;
  let missingRegions = await uncovered(options);
  if (missingRegions === undefined) {
    const template = replicationTemplate(options);
    if (options.planOnly) {
      return { outcome: 'created', missingRegions: [], template };
    }
    const created = await createRule(options, template);
    if (created) return { outcome: 'created', missingRegions: [] };
    missingRegions = (await uncovered(options)) ?? replicaRegions;
  }
  if (missingRegions.length === 0) {
    return { outcome: 'covered', missingRegions };
  }
  logger.warn(
    `Images of ${repository} will not be copied to ${missingRegions.join(
      ', ',
    )}: account ${
      options.accountId
    } has replication rules that somebody else keeps, and none covers it. Add ${repository} to them`,
  );
  return { outcome: 'missing', missingRegions };
}

/** Regions that no rule has the images copied to; undefined: there are no rules at all. */
async function uncovered({
  ecr,
  accountId,
  replicaRegions,
  repository,
}: EnsureReplicationOptions): Promise<string[] | undefined> {
  const { replicationConfiguration } = await ecr.send(
    new DescribeRegistryCommand({}),
  );
  const rules = replicationConfiguration?.rules ?? [];
  if (rules.length === 0) return undefined;
  return replicaRegions.filter(
    region =>
      !rules.some(
        rule =>
          covers(rule, repository) &&
          rule.destinations?.some(
            destination =>
              destination.region === region &&
              destination.registryId === accountId,
          ),
      ),
  );
}

function covers(
  { repositoryFilters = [] }: ReplicationRule,
  repository: string,
): boolean {
  return (
    repositoryFilters.length === 0 ||
    repositoryFilters.some(({ filter }) => repository.startsWith(filter!))
  );
}

/**
 * Whether our stack made the rule; false: another run was faster. Two that begin
 * together are in each other's way, so what fails is looked at again.
 */
async function createRule(
  options: EnsureReplicationOptions,
  template: string,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await applyStack({
        ...options,
        name: REPLICATION_STACK,
        template,
        tags: {
          System: options.system,
          Environment: 'shared',
          ManagedBy: 'fairway',
        },
        ownedBy: ['ManagedBy'],
        whose: "the portal's",
      });
      return true;
    } catch (error) {
      options.signal?.throwIfAborted();
      await waitUntilSettled(options, REPLICATION_STACK);
      if ((await uncovered(options)) !== undefined) return false;
      if (attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function replicationTemplate({
  accountId,
  replicaRegions,
}: EnsureReplicationOptions): string {
  return JSON.stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'Copies of all images in other regions, made by Fairway',
      Resources: {
        Replication: {
          Type: 'AWS::ECR::ReplicationConfiguration',
          Properties: {
            ReplicationConfiguration: {
              // No filter: whatever a platform adds later is covered as well.
              Rules: [
                {
                  Destinations: replicaRegions.map(Region => ({
                    Region,
                    RegistryId: accountId,
                  })),
                },
              ],
            },
          },
        },
      },
    },
    undefined,
    2,
  );
}
