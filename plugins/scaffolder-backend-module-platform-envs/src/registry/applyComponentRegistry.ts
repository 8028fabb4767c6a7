import { LoggerService } from '@backstage/backend-plugin-api';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { LRUCache } from 'lru-cache';
import { Platform } from '../platform/readPlatform';
import { applyRegistryStack, RegistryStackResult } from './applyRegistryStack';
import { ensureReplication, ReplicationResult } from './ensureReplication';
import { explainAwsRefusal } from './explainAwsRefusal';
import { registryClients } from './registryClients';
import { RegistrySpec } from './registryTemplate';

/** A look ahead is no event of the run. */
const SILENCE: LoggerService = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => SILENCE,
};

/** When runs began registries of which nothing was there, in this process. */
const begun = new LRUCache<string, number>({ max: 1_000 });

/** Options of {@link applyComponentRegistry}. */
export interface ComponentRegistryOptions {
  awsCredentials: AwsCredentialsManager;
  platform: Platform;
  component: string;
  /** Entity ref of the owner. */
  owner: string;
  taskId: string;
  logger: LoggerService;
  /** Only says what would be done. */
  planOnly?: boolean;
  /**
   * Has CloudFormation begin what is not there, and does not wait: the same task
   * applies the registry again later. Replication is left to that.
   */
  beginOnly?: boolean;
  signal?: AbortSignal;
  /** Milliseconds between looks at CloudFormation. */
  pollMs?: number;
}

/** The registry of a component, its copies in other regions included. */
export interface ComponentRegistryResult extends RegistryStackResult {
  /** One for each other region in which the platform runs; by region. */
  replicas: Array<RegistryStackResult & { region: string }>;
  /** How images get there; absent where there is no other region. */
  replication?: ReplicationResult;
}

/**
 * Applies the registry stack of a component in the account and region that hold
 * the platform's registries; every environment's account may pull from it.
 * Where the platform runs in other regions, too, the same stack is applied
 * there: a repository that replication makes by itself would have neither
 * policy nor immutable tags.
 *
 * @throws as {@link applyRegistryStack}; all regions were tried then.
 */
export async function applyComponentRegistry(
  options: ComponentRegistryOptions,
): Promise<ComponentRegistryResult> {
  const { awsCredentials, platform, component, owner, ...rest } = options;
  const { planOnly: isPlan, beginOnly, taskId } = rest;
  const { accountId, region, replicaRegions } = platform.registry;
  const run = [taskId, accountId, component].join(' ');
  const begunAt = begun.get(run);
  // once: if it comes to nothing, a retry looks at everything again
  if (!isPlan) begun.delete(run);
  const spec: RegistrySpec = {
    component,
    system: platform.system,
    owner,
    pullAccountIds: platform.environments.flatMap(
      environment => environment.accountId ?? [],
    ),
  };
  const places = await Promise.all(
    [region, ...replicaRegions].map(async place => ({
      region: place,
      ...(await registryClients(awsCredentials, accountId, place)),
    })),
  );
  const explained = (place: string) => (error: unknown) => {
    throw explainAwsRefusal(error, { accountId, region: place });
  };
  const apply = (
    planOnly: boolean | undefined,
    logger: LoggerService,
    planned: Array<{ isAbsent: boolean }> = [],
  ) =>
    allSettled(
      places.map(async (place, index) => ({
        ...(await applyRegistryStack({
          ...rest,
          planOnly,
          cloudFormation: place.cloudFormation,
          ecr: place.ecr,
          spec,
          logger: places.length > 1 ? inRegion(logger, place.region) : logger,
          isAbsent: planned[index]?.isAbsent,
          begunAt,
        }).catch(explained(place.region))),
        region: place.region,
      })),
    );
  // What is refused in one region must not be made in another.
  const planned =
    places.length > 1 && !isPlan && begunAt === undefined
      ? await apply(true, SILENCE)
      : undefined;
  const now = Date.now();
  const registries = apply(isPlan, rest.logger, planned);
  const [{ cloudFormation, ecr }] = places;
  const replicating =
    replicaRegions.length > 0 && !beginOnly
      ? ensureReplication({
          ...rest,
          cloudFormation,
          ecr,
          accountId,
          replicaRegions,
          repository: component,
          system: platform.system,
        }).catch(explained(region))
      : undefined;
  // both to their end: neither is left at work when the other fails
  await Promise.allSettled([registries, replicating]);
  const [primary, ...replicas] = await registries;
  const isNew = [primary, ...replicas].every(
    ({ outcome }) => outcome === 'created',
  );
  if (beginOnly && isNew) begun.set(run, now);
  const replication = await replicating;
  return { ...primary, replicas, ...(replication && { replication }) };
}

/** @throws the first that failed, once all have ended. */
async function allSettled<T>(promises: Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map(result => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The same log, each line with the region that it is about. */
function inRegion(logger: LoggerService, region: string): LoggerService {
  const say =
    (level: 'debug' | 'info' | 'warn' | 'error') => (message: string) =>
      logger[level](`[${region}] ${message}`);
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => inRegion(logger, region),
  };
}
