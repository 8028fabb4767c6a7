import { SourceState } from './status';

/**
 * What a feed last read from outside, and how far that can be trusted now.
 *
 * `live`: `value` is current. `stale`: `value` is the last good one, and
 * `message` says why it was not renewed. `error`: nothing was ever read, or
 * waiting will not help. `absent`: there is no such source, and `message` says
 * which key or field would make one.
 *
 * @public
 */
export interface Observed<T> {
  state: SourceState;
  /** The last good reading; never filled in where nothing was read. */
  value?: T;
  /** ISO 8601 UTC time at which `value` was read. */
  observedAt?: string;
  /** Why the state is not `live`: a sentence that names the thing and the next step. */
  message?: string;
  /** It is being read at this moment. */
  isBeingRead?: boolean;
}
