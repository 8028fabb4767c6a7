import { createHash } from 'node:crypto';

/** A line of the record as it is sealed. */
export interface SealedEvent {
  promotionId: string;
  sequence: number;
  /** Milliseconds since 1970 UTC. */
  at: number;
  actor: string;
  event: string;
  fromState: string | null;
  toState: string;
  message: string;
  /** JSON as stored. */
  details: string;
  prevHash: string;
}

/** What the first line of a record is sealed with. */
export const FIRST_HASH = '0'.repeat(64);

/** sha256 over all fields, in a fixed order, and the seal of the line before. */
export function sealEvent(event: SealedEvent): string {
  const fields = [
    event.promotionId,
    event.sequence,
    event.at,
    event.actor,
    event.event,
    event.fromState,
    event.toState,
    event.message,
    event.details,
    event.prevHash,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
