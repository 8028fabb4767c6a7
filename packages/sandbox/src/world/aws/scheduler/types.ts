import { RegistryRef } from '../registry/types';

/** What a schedule calls. */
export interface ScheduleTarget {
  /** `arn:aws:scheduler:::aws-sdk:<service>:<operation>`, or a resource. */
  Arn: string;
  RoleArn: string;
  Input?: string;
  [other: string]: unknown;
}

/** What a caller decides about a schedule. Times are ISO, UTC. */
export interface ScheduleSettings {
  expression: string;
  /** IANA name. */
  zone: string;
  startAt?: string;
  endAt?: string;
  description?: string;
  state: 'ENABLED' | 'DISABLED';
  kmsKeyArn?: string;
  flexibleTimeWindow: { Mode: string; MaximumWindowInMinutes?: number };
  actionAfterCompletion: 'NONE' | 'DELETE';
  target: ScheduleTarget;
}

/** A schedule of an account in a region. */
export interface Schedule extends RegistryRef, ScheduleSettings {
  name: string;
  group: string;
  createdAt: string;
  modifiedAt: string;
}

/** Schedules that belong together; `default` is always there. */
export interface ScheduleGroup extends RegistryRef {
  name: string;
  tags: Record<string, string>;
  createdAt: string;
  modifiedAt: string;
}

/** One call of a target. */
export interface ScheduleRun extends RegistryRef {
  group: string;
  name: string;
  target: string;
  /** When it was due. */
  dueAt: string;
  /** Words of the target's refusal; undefined when it accepted. */
  error?: string;
}

/** Calls a schedule's target. @throws Error - the target refuses. */
export type CallTarget = (schedule: Schedule) => Promise<void>;
