import {
  Change,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  Stack,
} from '@aws-sdk/client-cloudformation';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  describeStack,
  eventLine,
  failureReason,
  isInMotion,
  pause,
  readEvents,
  TIMEOUT_MS,
  waitUntilSettled,
  WatchOptions,
} from './watchStack';

/** Options of {@link applyStack}. */
export interface ApplyStackOptions extends WatchOptions {
  name: string;
  /** JSON; the same wish gives the same text. */
  template: string;
  tags: Record<string, string>;
  /** Keys of `tags` by which a stack is known to be ours. */
  ownedBy: string[];
  /** Whose it would be, for messages: `this component's`. */
  whose: string;
  /** Makes the change set's name; the same task gives the same name. */
  taskId: string;
  logger: LoggerService;
  /** Only says what would be done; nothing is written, failed stacks stay. */
  planOnly?: boolean;
  /** Called when there is no such stack, before there is one. */
  beforeCreate?(): Promise<void>;
}

/** A stack as it stands afterwards. */
export interface StackResult {
  /** Absent after a plan for a stack that does not exist yet. */
  stack?: Stack;
  /** What was done, or would be. */
  outcome: 'created' | 'updated' | 'unchanged';
}

/**
 * Brings a stack to what its template says: change set, look at it, execute,
 * wait. Each stack event is a line in the log. Run again it finds nothing to
 * change.
 *
 * 1. A stack that is somebody else's by its tags is refused.
 * 2. A stack that is in motion is waited for. One that failed on creation is
 *    removed: it holds nothing.
 * 3. The change set is created, executed and waited for.
 *
 * @throws ConflictError - the stack is somebody else's.
 * @throws Error - a resource failed; the message is CloudFormation's reason.
 */
export async function applyStack(
  options: ApplyStackOptions,
): Promise<StackResult> {
  const stack = await settledStack(options);
  if (!stack) await options.beforeCreate?.();
  if (options.planOnly) return plan(options, stack);
  const changeSet = await createChangeSet(options, stack !== undefined);
  if (!changeSet) {
    options.logger.info(
      `Stack ${options.name} is as it should be: nothing to change`,
    );
    return { stack, outcome: 'unchanged' };
  }
  return {
    stack: await execute(options, changeSet.stackId, changeSet.id),
    outcome: stack ? 'updated' : 'created',
  };
}

async function plan(
  { cloudFormation, name, template, logger }: ApplyStackOptions,
  stack: Stack | undefined,
): Promise<StackResult> {
  if (!stack) {
    logger.debug(`Would create stack ${name}:\n${template}`);
    return { outcome: 'created' };
  }
  const { TemplateBody } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stack.StackId }),
  );
  return {
    stack,
    outcome: TemplateBody === template ? 'unchanged' : 'updated',
  };
}

/** The stack at rest and usable; undefined when there is none (any more). */
async function settledStack(
  options: ApplyStackOptions,
): Promise<Stack | undefined> {
  const { name } = options;
  let stack = await describeStack(options, name);
  if (!stack) return undefined;
  assertOurs(stack, options);
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

function assertOurs(
  stack: Stack,
  { tags: wanted, ownedBy, whose }: ApplyStackOptions,
): void {
  const tags = Object.fromEntries(
    (stack.Tags ?? []).map(tag => [tag.Key, tag.Value]),
  );
  // A stack that never got beyond its first change set has no tags in some
  // regions' answers; it holds nothing that could be somebody's.
  if (stack.StackStatus === 'REVIEW_IN_PROGRESS' && !stack.Tags?.length) return;
  if (ownedBy.some(key => tags[key] !== wanted[key])) {
    throw new ConflictError(
      `Stack ${stack.StackName} exists and is not ${whose}: ${describeTags(
        tags,
      )}. Choose another name, or ask its owner`,
    );
  }
}

/** Whose something is, by its tags. */
export function describeTags(tags: Record<string, string | undefined>): string {
  const entries = Object.entries(tags);
  return entries.length === 0
    ? 'it has no tags that would say whose it is'
    : `its tags are ${entries
        .map(([key, value]) => `${key}=${value}`)
        .join(', ')}`;
}

/** Undefined when there is nothing to change. */
async function createChangeSet(
  options: ApplyStackOptions,
  update: boolean,
): Promise<{ stackId: string; id: string } | undefined> {
  const { cloudFormation, name: StackName, logger } = options;
  const ChangeSetName = `fairway-${options.taskId}-${Date.now().toString(36)}`
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 128);
  const created = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      ChangeSetType: update ? 'UPDATE' : 'CREATE',
      TemplateBody: options.template,
      Tags: Object.entries(options.tags).map(([Key, Value]) => ({
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
  options: ApplyStackOptions,
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
