import { DeploymentEvent } from '@fairway/plugin-platform-envs-common';
import { z } from 'zod';
import { text } from './schema';

const event = z.object({
  type: text,
  reason: text,
  message: z.string().min(1),
  count: z.number().int().nullish(),
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  involvedObject: z.object({ kind: z.string(), name: z.string() }).nullish(),
});

const list = z.object({ items: z.array(z.unknown()).nullish() });

/** At most so many events of one application are told of. */
const MAX_EVENTS = 20;

/**
 * Reads lists of Kubernetes events and merges them, newest first. Those that
 * cannot be understood, or have no time, are left out.
 */
export function parseEvents(bodies: unknown[]): DeploymentEvent[] {
  return bodies
    .flatMap(body => list.safeParse(body).data?.items ?? [])
    .flatMap(item => toEvent(item) ?? [])
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MAX_EVENTS);
}

function toEvent(item: unknown): DeploymentEvent | undefined {
  const read = event.safeParse(item).data;
  const time = read?.lastTimestamp ?? read?.eventTime ?? read?.firstTimestamp;
  const atMs = Date.parse(time ?? '');
  if (!read || Number.isNaN(atMs)) return undefined;
  const { type, reason, message, count, involvedObject } = read;
  const isOwn = !involvedObject || involvedObject.kind === 'Application';
  return {
    at: new Date(atMs).toISOString(),
    ...(type === 'Warning' && { isWarning: true }),
    ...(reason && { reason }),
    message,
    ...(count && count > 1 && { count }),
    ...(!isOwn && { object: involvedObject }),
  };
}
