import {
  Change,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  Stack,
  StackEvent,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  ECRClient,
  ListTagsForResourceCommand,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  registryStackName,
  registryTags,
  registryTemplate,
  RegistrySpec,
} from './registryTemplate';

/** A registry takes seconds; an hour of waiting would mean a lost stack. */
const TIMEOUT_MS = 5 * 60_000;

/** CloudFormation publishes events about once a second. */
const POLL_MS = 1_000;

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
}

/** The registry as it stands afterwards. */
export interface RegistryStackResult {
  /** Absent after a plan for a stack that does not exist yet. */
  stackId?: string;
  /** Absent where `stackId` is. */
  repositoryUri?: string;
  /** What was done, or would be. */
  outcome: 'created' | 'updated' | 'unchanged';
  /** What it would be made from, as JSON; of a plan only. */
  template?: string;
}

/**
 * Brings the stack of a component's registry to what its spec says: change
 * set, look at it, execute, wait. Each stack event is a line in the log. Run
 * again it finds nothing to change.
 *
 * 1. A stack of another system, or a repository of that name outside our stack,
 *    is refused; its tags say whose it is.
 * 2. A stack that is in motion is waited for. One that failed on creation is
 *    removed: it holds nothing.
 * 3. The change set is created, executed and waited for.
 *
 * @throws ConflictError - the stack or the repository is somebody else's.
 * @throws Error - a resource failed; the message is CloudFormation's reason.
 */
export async function applyRegistryStack(
  options: ApplyRegistryStackOptions,
): Promise<RegistryStackResult> {
  const stack = await settledStack(options);
  if (stack) {
    assertOurs(stack, options.spec);
  } else {
    await assertRepositoryIsFree(options);
  }
  if (options.planOnly) {
    return plan(options, stack);
  }
  const changeSet = await createChangeSet(options, stack !== undefined);
  if (!changeSet) {
    options.logger.info(
      `Stack ${stack!.StackName} is as it should be: nothing to change`,
    );
    return {
      stackId: stack!.StackId!,
      repositoryUri: outputOf(stack!, 'RepositoryUri'),
      outcome: 'unchanged',
    };
  }
  const done = await execute(options, changeSet.stackId, changeSet.id);
  return {
    stackId: done.StackId!,
    repositoryUri: outputOf(done, 'RepositoryUri'),
    outcome: stack ? 'updated' : 'created',
  };
}

async function plan(
  { cloudFormation, spec, logger }: ApplyRegistryStackOptions,
  stack: Stack | undefined,
): Promise<RegistryStackResult> {
  const template = registryTemplate(spec);
  if (!stack) {
    logger.debug(
      `Would create stack ${registryStackName(spec.component)}:\n${template}`,
    );
    return { outcome: 'created', template };
  }
  const { TemplateBody } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stack.StackId }),
  );
  return {
    stackId: stack.StackId,
    repositoryUri: outputOf(stack, 'RepositoryUri'),
    outcome: TemplateBody === template ? 'unchanged' : 'updated',
    template,
  };
}

/** The stack at rest and usable; undefined when there is none (any more). */
async function settledStack(
  options: ApplyRegistryStackOptions,
): Promise<Stack | undefined> {
  const name = registryStackName(options.spec.component);
  let stack = await describeStack(options, name);
  if (!stack) return undefined;
  assertOurs(stack, options.spec);
  if (isInMotion(stack) && !options.planOnly) {
    options.logger.info(
      `Stack ${name} is ${stack.StackStatus}: waiting until it has settled`,
    );
    stack = await waitUntilSettled(options, stack.StackId!);
  }
  switch (stack.StackStatus) {
    case 'REVIEW_IN_PROGRESS':
    case 'DELETE_COMPLETE':
      return undefined;
    case 'CREATE_FAILED':
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED': {
      const reason = await failureReason(options, stack.StackId!);
      if (options.planOnly) {
        options.logger.info(
          `Would remove what a failed attempt left of ${name} (${reason})`,
        );
        return undefined;
      }
      options.logger.warn(
        `An earlier attempt to create ${name} failed (${reason}); removing what it left before trying again`,
      );
      await options.cloudFormation.send(
        new DeleteStackCommand({ StackName: stack.StackId }),
      );
      const removed = await waitUntilSettled(options, stack.StackId!);
      if (removed.StackStatus !== 'DELETE_COMPLETE') {
        throw new Error(
          `Stack ${name} could not be removed: it is ${removed.StackStatus} (${
            removed.StackStatusReason ?? 'no reason given'
          })`,
        );
      }
      return undefined;
    }
    default:
      return stack;
  }
}

function assertOurs(stack: Stack, spec: RegistrySpec): void {
  const tags = Object.fromEntries(
    (stack.Tags ?? []).map(tag => [tag.Key, tag.Value]),
  );
  // A stack that never got beyond its first change set has no tags in some
  // regions' answers; it holds nothing that could be somebody's.
  if (stack.StackStatus === 'REVIEW_IN_PROGRESS' && !stack.Tags?.length) return;
  const wanted = registryTags(spec);
  for (const key of ['ManagedBy', 'System', 'Component']) {
    if (tags[key] !== wanted[key]) {
      throw new ConflictError(
        `Stack ${
          stack.StackName
        } exists and is not this component's: ${describeTags(
          tags,
        )}. Choose another name, or ask its owner`,
      );
    }
  }
}

async function assertRepositoryIsFree({
  ecr,
  spec,
}: ApplyRegistryStackOptions): Promise<void> {
  try {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [spec.component] }),
    );
    const repository = repositories?.[0];
    if (!repository) return;
    const { tags } = await ecr.send(
      new ListTagsForResourceCommand({
        resourceArn: repository.repositoryArn,
      }),
    );
    throw new ConflictError(
      `An image repository named ${spec.component} exists in account ${
        repository.registryId
      } and was not made for this component: ${describeTags(
        Object.fromEntries((tags ?? []).map(tag => [tag.Key, tag.Value])),
      )}. Choose another name, or have the repository imported into the stack ${registryStackName(
        spec.component,
      )}`,
    );
  } catch (error) {
    if (
      error instanceof RepositoryNotFoundException ||
      (error as Error).name === 'RepositoryNotFoundException'
    ) {
      return;
    }
    throw error;
  }
}

function describeTags(tags: Record<string, string | undefined>): string {
  const entries = Object.entries(tags);
  return entries.length === 0
    ? 'it has no tags that would say whose it is'
    : `its tags are ${entries
        .map(([key, value]) => `${key}=${value}`)
        .join(', ')}`;
}

/** Undefined when there is nothing to change. */
async function createChangeSet(
  options: ApplyRegistryStackOptions,
  update: boolean,
): Promise<{ stackId: string; id: string } | undefined> {
  const { cloudFormation, spec, logger } = options;
  const StackName = registryStackName(spec.component);
  const ChangeSetName = `fairway-${options.taskId}-${Date.now().toString(36)}`
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 128);
  const created = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      ChangeSetType: update ? 'UPDATE' : 'CREATE',
      TemplateBody: registryTemplate(spec),
      Tags: Object.entries(registryTags(spec)).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    }),
  );
  const stackId = created.StackId!;
  const id = created.Id!;
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const changeSet = await cloudFormation.send(
      new DescribeChangeSetCommand({ StackName: stackId, ChangeSetName: id }),
    );
    if (changeSet.Status === 'CREATE_COMPLETE') {
      logger.info(`Change set for ${StackName} is ready`);
      changeSet.Changes?.forEach(change => logger.info(changeLine(change)));
      return { stackId, id };
    }
    if (changeSet.Status === 'FAILED') {
      await cloudFormation.send(
        new DeleteChangeSetCommand({ StackName: stackId, ChangeSetName: id }),
      );
      const reason = changeSet.StatusReason ?? '';
      if (
        /didn't contain changes|No updates are to be performed/i.test(reason)
      ) {
        return undefined;
      }
      throw new Error(
        `CloudFormation refused the change set for ${StackName}: ${
          reason || 'it gave no reason'
        }`,
      );
    }
    await pause(options, deadline, `change set of ${StackName}`);
  }
}

function changeLine({ ResourceChange: change }: Change): string {
  return `  ${change?.Action} ${change?.ResourceType} ${
    change?.LogicalResourceId
  }${change?.Replacement === 'True' ? ' (replaced)' : ''}`;
}

async function execute(
  options: ApplyRegistryStackOptions,
  stackId: string,
  changeSetId: string,
): Promise<Stack> {
  const seen = new Set(
    (await readEvents(options, stackId)).map(event => event.EventId),
  );
  await options.cloudFormation.send(
    new ExecuteChangeSetCommand({
      StackName: stackId,
      ChangeSetName: changeSetId,
    }),
  );
  const deadline = Date.now() + TIMEOUT_MS;
  const stackEvents = new Set<string>();
  for (;;) {
    const stack = await describeStack(options, stackId);
    const events = (await readEvents(options, stackId)).filter(
      event => !seen.has(event.EventId),
    );
    for (const event of events) {
      seen.add(event.EventId);
      options.logger.info(eventLine(event));
      if (event.PhysicalResourceId === event.StackId) {
        stackEvents.add(event.ResourceStatus!);
      }
    }
    const status = stackEvents.has(stack?.StackStatus ?? '')
      ? stack?.StackStatus
      : // Still the state of the operation before ours.
        undefined;
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      return stack!;
    }
    if (stack && status && !isInMotion(stack)) {
      throw new Error(
        `Stack ${stack.StackName} is ${status}: ${await failureReason(
          options,
          stackId,
        )}`,
      );
    }
    await pause(options, deadline, `stack ${stack?.StackName ?? stackId}`);
  }
}

async function waitUntilSettled(
  options: ApplyRegistryStackOptions,
  stackId: string,
): Promise<Stack> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const stack = await describeStack(options, stackId);
    if (!stack) return { StackStatus: 'DELETE_COMPLETE' } as Stack;
    if (!isInMotion(stack)) return stack;
    await pause(options, deadline, `stack ${stack.StackName}`);
  }
}

function isInMotion({ StackStatus }: Stack): boolean {
  return (
    StackStatus !== 'REVIEW_IN_PROGRESS' &&
    (StackStatus ?? '').endsWith('_IN_PROGRESS')
  );
}

async function describeStack(
  { cloudFormation }: ApplyRegistryStackOptions,
  StackName: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName }),
    );
    return Stacks?.[0];
  } catch (error) {
    // CloudFormation has no error code of its own for this.
    if (
      (error as Error).name === 'ValidationError' &&
      /does not exist/.test((error as Error).message)
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Oldest first. */
async function readEvents(
  { cloudFormation }: ApplyRegistryStackOptions,
  StackName: string,
): Promise<StackEvent[]> {
  const { StackEvents } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName }),
  );
  return [...(StackEvents ?? [])].reverse();
}

function eventLine(event: StackEvent): string {
  return `  ${event.ResourceStatus} ${event.ResourceType} ${
    event.LogicalResourceId
  }${event.ResourceStatusReason ? `: ${event.ResourceStatusReason}` : ''}`;
}

/** The reason of the resource that failed first in the last operation. */
async function failureReason(
  options: ApplyRegistryStackOptions,
  stackId: string,
): Promise<string> {
  const events = await readEvents(options, stackId);
  const start = events.findLastIndex(
    event =>
      event.PhysicalResourceId === event.StackId &&
      /^(CREATE|UPDATE)_IN_PROGRESS$/.test(event.ResourceStatus ?? ''),
  );
  const failed = events
    .slice(Math.max(start, 0))
    .filter(
      event =>
        event.ResourceStatus?.endsWith('_FAILED') && event.ResourceStatusReason,
    );
  const first =
    failed.find(event => event.ResourceType !== 'AWS::CloudFormation::Stack') ??
    failed[0];
  return first
    ? `${first.ResourceType} ${first.LogicalResourceId}: ${first.ResourceStatusReason}`
    : 'CloudFormation gave no reason';
}

function outputOf(stack: Stack, key: string): string | undefined {
  return stack.Outputs?.find(output => output.OutputKey === key)?.OutputValue;
}

async function pause(
  { pollMs, signal }: ApplyRegistryStackOptions,
  deadline: number,
  what: string,
): Promise<void> {
  if (Date.now() > deadline) {
    throw new Error(
      `The ${what} did not settle within ${
        TIMEOUT_MS / 60_000
      } minutes: look at it in the CloudFormation console, then run the task again`,
    );
  }
  await sleep(pollMs ?? POLL_MS, undefined, { signal });
}
