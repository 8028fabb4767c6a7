import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  Stack,
  StackEvent,
} from '@aws-sdk/client-cloudformation';
import { LoggerService } from '@backstage/backend-plugin-api';
import { setTimeout as sleep } from 'node:timers/promises';

/** What such a stack holds takes seconds; an hour of waiting would mean a lost stack. */
export const TIMEOUT_MS = 5 * 60_000;

/** CloudFormation publishes events about once a second. */
const POLL_MS = 1_000;

/** Small stacks and change sets are often done sooner: the first looks come closer together. */
const FIRST_POLL_MS = 200;

/** A look comes after this share of the time that all before it took: so late it may be. */
const LATENESS = 0.2;

/** Before a stack can be done, looks only tell what it is at. */
const EARLY = { firstMs: 400, share: 0.5 } as const;

/** From when a stack may be done. */
const DUE = { firstMs: 50, share: 0.05 } as const;

/** How long the last stack of a kind took, by CloudFormation's own times. */
const lastTookMs = new Map<string, number>();

/** How a stack is looked at. */
export interface WatchOptions {
  cloudFormation: CloudFormationClient;
  signal?: AbortSignal;
  /** Milliseconds between looks, once the first have passed. */
  pollMs?: number;
}

/** Undefined when there is none of that name or id. */
export async function describeStack(
  { cloudFormation }: WatchOptions,
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
export async function readEvents(
  { cloudFormation }: WatchOptions,
  StackName: string,
): Promise<StackEvent[]> {
  const { StackEvents } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName }),
  );
  return [...(StackEvents ?? [])].reverse();
}

/** An event as a line of a log. */
export function eventLine(event: StackEvent): string {
  return `  ${event.ResourceStatus} ${event.ResourceType} ${
    event.LogicalResourceId
  }${event.ResourceStatusReason ? `: ${event.ResourceStatusReason}` : ''}`;
}

/** The reason of the resource that failed first in the last operation. */
export async function failureReason(
  options: WatchOptions,
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

/** Whether CloudFormation is at work on a stack. */
export function isInMotion({ StackStatus }: Stack): boolean {
  return (
    StackStatus !== 'REVIEW_IN_PROGRESS' &&
    (StackStatus ?? '').endsWith('_IN_PROGRESS')
  );
}

/** Waits until CloudFormation has left a stack alone. */
export async function waitUntilSettled(
  options: WatchOptions,
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

/**
 * Follows the operation of a stack that was just begun, telling each event that
 * was not `seen` before in the log.
 *
 * Stacks of one `kind` hold the same and take about as long: the next look comes
 * when the last one of the kind would have been done, counted from `begunAt`
 * (milliseconds since 1970), and looks after that come close together.
 *
 * @returns the stack, once it was created or updated.
 * @throws Error - it ended otherwise; the message is CloudFormation's reason.
 */
export async function followStack(
  options: WatchOptions & { logger: LoggerService; kind?: string },
  stackId: string,
  seen: Set<string | undefined>,
  begunAt = Date.now(),
): Promise<Stack> {
  const { kind, logger } = options;
  const deadline = begunAt + TIMEOUT_MS;
  const expectedMs = kind === undefined ? undefined : lastTookMs.get(kind);
  let began: StackEvent | undefined;
  let ended: StackEvent | undefined;
  for (;;) {
    await pause(options, deadline, `stack ${stackId}`, expectedMs);
    for (const event of await readEvents(options, stackId)) {
      if (seen.has(event.EventId)) continue;
      seen.add(event.EventId);
      logger.info(eventLine(event));
      began ??= event;
      if (
        event.PhysicalResourceId === event.StackId &&
        !event.ResourceStatus!.endsWith('_IN_PROGRESS')
      ) {
        ended = event;
      }
    }
    if (!ended) continue;
    if (kind !== undefined && ended.ResourceStatus === 'CREATE_COMPLETE') {
      lastTookMs.set(
        kind,
        ended.Timestamp!.getTime() - began!.Timestamp!.getTime(),
      );
    }
    const stack = await describeStack(options, stackId);
    const status = stack?.StackStatus;
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      return stack!;
    }
    if (stack && !isInMotion(stack)) {
      throw new Error(
        `Stack ${stack.StackName} is ${status}: ${await failureReason(
          options,
          stackId,
        )}`,
      );
    }
  }
}

/** An output of a stack. */
export function outputOf(stack: Stack, key: string): string | undefined {
  return stack.Outputs?.find(output => output.OutputKey === key)?.OutputValue;
}

/**
 * Waits until the next look: the longer it takes, the longer, and never past
 * the time that it is expected to take.
 *
 * @throws Error - the deadline, milliseconds since 1970 and {@link TIMEOUT_MS}
 *   after the first look, has passed.
 */
export async function pause(
  { pollMs, signal }: WatchOptions,
  deadline: number,
  what: string,
  expectedMs?: number,
): Promise<void> {
  if (Date.now() > deadline) {
    throw new Error(
      `The ${what} did not settle within ${
        TIMEOUT_MS / 60_000
      } minutes: look at it in the CloudFormation console, then run the task again`,
    );
  }
  const waited = Date.now() - (deadline - TIMEOUT_MS);
  await sleep(
    Math.min(pollMs ?? POLL_MS, untilNextLook(waited, expectedMs)),
    undefined,
    { signal },
  );
}

/** Milliseconds; the caller has waited so many already. */
export function untilNextLook(waited: number, expectedMs?: number): number {
  const atPace = ({ firstMs, share }: { firstMs: number; share: number }) =>
    Math.max(firstMs, waited * share);
  if (expectedMs === undefined) {
    return atPace({ firstMs: FIRST_POLL_MS, share: LATENESS });
  }
  const left = expectedMs - waited;
  return left > 0 ? Math.min(left, atPace(EARLY)) : atPace(DUE);
}
