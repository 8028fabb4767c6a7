import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  ECRClient,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  Repository,
} from '@aws-sdk/client-ecr';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  registryStackName,
  registryTags,
  registryTemplate,
  RegistrySpec,
} from './registryTemplate';
import { applyStack, describeTags } from './stack/applyStack';
import { isInMotion, outputOf } from './stack/watchStack';

/** Tags by which a stack is known to be a component's registry. */
const OWNED_BY = ['ManagedBy', 'System', 'Component'];

/** Tells how a repository comes into a stack. */
const IMPORTING = 'docs/operations/registries.md';

/** Options of {@link applyRegistryStack}. */
export interface ApplyRegistryStackOptions {
  cloudFormation: CloudFormationClient;
  ecr: ECRClient;
  spec: RegistrySpec;
  /** Makes the change set's name; the same task gives the same name. */
  taskId: string;
  logger: LoggerService;
  /** Only says what would be done; nothing is written, failed stacks stay. */
  planOnly?: boolean;
  signal?: AbortSignal;
  /** Milliseconds between looks. */
  pollMs?: number;
  /** A plan a moment ago said so: the stack need not be looked for again. */
  isAbsent?: boolean;
  /** Does not wait for a stack that is, or is being, created. */
  beginOnly?: boolean;
  /** Milliseconds since 1970: when this task began it, and there was none. */
  begunAt?: number;
}

/** The registry as it stands afterwards. */
export interface RegistryStackResult {
  /** Absent after a plan for a stack that does not exist yet. */
  stackId?: string;
  /** Absent where `stackId` is, and before the stack is complete. */
  repositoryUri?: string;
  /** What was done, or would be. */
  outcome: 'created' | 'updated' | 'unchanged';
  /** What it would be made from, as JSON; of a plan only. */
  template?: string;
  /** There was no such stack, not even what a failed attempt left. */
  isAbsent: boolean;
}

/**
 * Brings the stack of a component's registry to what its spec says. A
 * repository of that name outside our stack is refused; its tags say whose it
 * is. One in our stack that somebody changed by hand is changed back.
 *
 * @throws ConflictError - the stack or the repository is somebody else's, or
 *   the repository was deleted behind the stack's back.
 * @throws Error - a resource failed; the message is CloudFormation's reason.
 */
export async function applyRegistryStack(
  options: ApplyRegistryStackOptions,
): Promise<RegistryStackResult> {
  const { spec, planOnly } = options;
  const template = registryTemplate(spec);
  const { stack, outcome, isAbsent } = await applyStack({
    ...options,
    name: registryStackName(spec.component),
    template,
    tags: registryTags(spec),
    ownedBy: OWNED_BY,
    whose: "this component's",
    kind: 'registry',
    beforeCreate: () => assertRepositoryIsFree(options),
  });
  // a plan does not wait for a stack that is being made: its repository may be to come
  const mended =
    outcome === 'unchanged' && stack && !options.beginOnly && !isInMotion(stack)
      ? await mend(options)
      : false;
  return {
    ...(stack && {
      stackId: stack.StackId!,
      repositoryUri: outputOf(stack, 'RepositoryUri'),
    }),
    outcome: mended ? 'updated' : outcome,
    isAbsent,
    ...(planOnly && { template }),
  };
}

/** Undefined when there is none. */
async function findRepository({
  ecr,
  spec,
}: ApplyRegistryStackOptions): Promise<Repository | undefined> {
  try {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [spec.component] }),
    );
    return repositories?.[0];
  } catch (error) {
    if ((error as Error).name === 'RepositoryNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

async function assertRepositoryIsFree(
  options: ApplyRegistryStackOptions,
): Promise<void> {
  const { ecr, spec } = options;
  const repository = await findRepository(options);
  if (!repository) return;
  const { tags = [] } = await ecr.send(
    new ListTagsForResourceCommand({ resourceArn: repository.repositoryArn }),
  );
  const found = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  const wanted = registryTags(spec);
  const stackName = registryStackName(spec.component);
  const isOurs = OWNED_BY.every(key => found[key] === wanted[key]);
  throw new ConflictError(
    isOurs
      ? `The image repository ${spec.component} in account ${
          repository.registryId
        } is this component's, but the stack ${stackName} that made it is gone: ${describeTags(
          found,
        )}. Have platform engineering import it into a stack of that name with those tags (${IMPORTING}), then press Retry or make the plan again`
      : `An image repository named ${spec.component} exists in account ${
          repository.registryId
        } and was not made for this component: ${describeTags(
          found,
        )}. Choose another name, or ask whoever it belongs to. If it is this component's, platform engineering can import it into the stack ${stackName} (${IMPORTING})`,
  );
}

/**
 * What CloudFormation does not see: what was changed in the repository since
 * the stack made it.
 *
 * @returns whether something was, or would be, changed back.
 */
async function mend(options: ApplyRegistryStackOptions): Promise<boolean> {
  const { ecr, spec, logger, planOnly } = options;
  const repositoryName = spec.component;
  const repository = await findRepository(options);
  if (!repository) {
    throw new ConflictError(
      `The stack ${registryStackName(
        repositoryName,
      )} stands, but its repository ${repositoryName} was deleted: delete the stack, then run the task again`,
    );
  }
  const isMutable = repository.imageTagMutability !== 'IMMUTABLE';
  const isUnscanned = !repository.imageScanningConfiguration?.scanOnPush;
  if (planOnly) return isMutable || isUnscanned;
  if (isMutable) {
    logger.warn(
      `Tags of ${repositoryName} were made ${repository.imageTagMutability} by hand; they are made IMMUTABLE again`,
    );
    await ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE',
      }),
    );
  }
  if (isUnscanned) {
    logger.warn(
      `Scanning of what is pushed to ${repositoryName} was turned off by hand; it is turned on again`,
    );
    await ecr.send(
      new PutImageScanningConfigurationCommand({
        repositoryName,
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
  }
  return isMutable || isUnscanned;
}
