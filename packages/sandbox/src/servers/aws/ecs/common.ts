import type { Tag } from '@aws-sdk/client-ecs';
import { Tags, TaskRecord } from '../../../world/aws/ecs/records';
import { isLive } from '../../../world/aws/ecs/taskLifecycle';

/** What `LATEST` means on Fargate. */
export const FARGATE_VERSION = '1.4.0';

/** A kept time as the wire wants it. */
export const at = (time: string | undefined) =>
  time === undefined ? undefined : new Date(time);

/** ECS writes tags with small letters. */
export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Whether ECS counts a task as running. */
export const isRunning = ({ lastStatus }: TaskRecord) =>
  lastStatus === 'RUNNING';
/** Whether ECS counts a task as pending. */
export const isPending = (task: TaskRecord) => isLive(task) && !isRunning(task);
