import {
  Change,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  Stack,
  Tag,
} from '@aws-sdk/client-cloudformation';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  describeStack,
  eventLine,
  failureReason,
  followStack,
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
  /** Stacks of one kind hold the same: how long one took says when to look at the next. */
  kind?: string;
  /** Called where there is no such stack; it only looks, and throws what is in the way. */
  beforeCreate?(): Promise<void>;
  /** A look a moment ago said `isAbsent`: it need not be looked at again. */
  isAbsent?: boolean;
  /**
   * Has CloudFormation begin to create what is not there, and leaves it to that.
   * What is there is only looked at: whoever applies the stack later follows it.
   */
  beginOnly?: boolean;
  /**
   * Milliseconds since 1970: when this was applied with `beginOnly` and created
   * the stack. What is found is known to be from this template and tags then.
   */
  begunAt?: number;
}

/** A stack as it stands afterwards. */
export interface StackResult {
  /** Absent after a plan for a stack that does not exist yet. */
  stack?: Stack;
  /** What was done, or would be. */
  outcome: 'created' | 'updated' | 'unchanged';
  /** There was nothing of that name, not even what a failed attempt left. */
  isAbsent: boolean;
}

/**
 * Brings a stack to what its template says. Each stack event is a line in the
 * log. Run again it finds nothing to change.
 *
 * 1. A stack that is somebody else's by its tags is refused.
 * 2. A stack that is being created is followed; one in another motion is waited
 *    for. One that failed on creation is removed: it holds nothing.
 * 3. Where there is none it is created. One that was made from the same template
 *    and tags is left alone; for any other a change set is made, looked at,
 *    executed and waited for.
 *
 * @throws ConflictError - the stack is somebody else's.
 * @throws Error - a resource failed; the message is CloudFormation's reason.
 */
export async function applyStack(
  options: ApplyStackOptions,
): Promise<StackResult> {
  const { name, planOnly, beginOnly, begunAt } = options;
  const found = options.isAbsent
    ? undefined
    : await describeStack(options, name);
  const isAbsent = found === undefined;
  if (found) assertOurs(found, options);
  if (found && beginOnly)
    return { stack: found, outcome: 'unchanged', isAbsent };
  if (found && !planOnly) {
    const created = await followCreation(options, found);
    if (created && (begunAt || (await isAsWanted(options, created)))) {
      return { stack: created, outcome: 'created', isAbsent };
    }
  }
  const stack = found && (await settle(options, found));
  if (!stack && !options.isAbsent) await options.beforeCreate?.();
  if (planOnly) return { ...(await plan(options, stack)), isAbsent };
  if (isAbsent) {
    const created = await create(options);
    return created
      ? { stack: created, outcome: 'created', isAbsent }
      : // It is there since: made by another run, or by a call whose answer got lost.
        applyStack({ ...options, isAbsent: false });
  }
  const changeSet =
    stack && (await isAsWanted(options, stack))
      ? undefined
      : await createChangeSet(options, stack !== undefined);
  if (!changeSet) {
    options.logger.info(`Stack ${name} is as it should be: nothing to change`);
    return { stack, outcome: 'unchanged', isAbsent };
  }
  return {
    stack: await execute(options, changeSet.stackId, changeSet.id),
    outcome: stack ? 'updated' : 'created',
    isAbsent,
  };
}

/** Undefined when the stack is not one that is, or by this run was, being created. */
async function followCreation(
  options: ApplyStackOptions,
  found: Stack,
): Promise<Stack | undefined> {
  const { logger, begunAt } = options;
  if (found.StackStatus === 'CREATE_IN_PROGRESS') {
    logger.info(`Stack ${options.name} is being created`);
    return followStack(options, found.StackId!, new Set(), begunAt);
  }
  if (!begunAt || found.StackStatus !== 'CREATE_COMPLETE') return undefined;
  const events = await readEvents(options, found.StackId!);
  events.forEach(event => logger.info(eventLine(event)));
  return found;
}

/** Whether a change set would find nothing: the template has no parameters. */
async function isAsWanted(
  options: ApplyStackOptions,
  stack: Stack,
): Promise<boolean> {
  const { tags: wanted } = options;
  const tags = stack.Tags ?? [];
  return (
    tags.length === Object.keys(wanted).length &&
    tags.every(({ Key, Value }) => wanted[Key!] === Value) &&
    (await readTemplate(options, stack)) === options.template
  );
}

async function readTemplate(
  { cloudFormation }: ApplyStackOptions,
  stack: Stack,
): Promise<string | undefined> {
  const { TemplateBody } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stack.StackId }),
  );
  return TemplateBody;
}

/** Undefined when there is a stack of that name by now. */
async function create(options: ApplyStackOptions): Promise<Stack | undefined> {
  const { cloudFormation, name: StackName, logger } = options;
  try {
    const { StackId } = await cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: options.template,
        Tags: tagsOf(options),
      }),
    );
    logger.info(`Creating stack ${StackName}`);
    if (options.beginOnly) return { StackId, StackName } as Stack;
    return await followStack(options, StackId!, new Set());
  } catch (error) {
    if ((error as Error).name === 'AlreadyExistsException') return undefined;
    throw error;
  }
}

async function plan(
  options: ApplyStackOptions,
  stack: Stack | undefined,
): Promise<Omit<StackResult, 'isAbsent'>> {
  const { name, template, logger } = options;
  if (!stack) {
    logger.debug(`Would create stack ${name}:\n${template}`);
    return { outcome: 'created' };
  }
  const isSame = (await readTemplate(options, stack)) === template;
  return { stack, outcome: isSame ? 'unchanged' : 'updated' };
}

/** The stack at rest and usable; undefined when it is none (any more). */
async function settle(
  options: ApplyStackOptions,
  found: Stack,
): Promise<Stack | undefined> {
  const { name } = options;
  let stack = found;
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

function tagsOf({ tags }: ApplyStackOptions): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
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
      Tags: tagsOf(options),
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
  return followStack(options, stackId, seen);
}
