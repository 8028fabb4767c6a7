import { DateTime } from 'luxon';
import { CellResource } from './api';
import { SyncWindowState } from './applicationDetail';

/** What a kubelet says of an image that it cannot get, in each of its wordings. */
const UNPULLABLE =
  /(?:pulling|pull|pull and unpack) image "([^"]+)"|resolve reference "([^"]+)"|apply default image tag "([^"]+)"/;

/**
 * Why something is not well, by its resources: an image that cannot be pulled
 * before anything else, then the first that is Degraded and says why.
 * Undefined when none does.
 *
 * @public
 */
export function causeOf(
  resources: CellResource[],
  healthMessage?: string,
): string | undefined {
  const messages = [...resources.map(r => r.message), healthMessage];
  for (const message of messages) {
    const found = message ? UNPULLABLE.exec(message) : null;
    const image = found?.[1] ?? found?.[2] ?? found?.[3];
    if (image) return `the image ${image} cannot be pulled`;
  }
  const degraded = resources.filter(r => r.health === 'Degraded');
  const telling = degraded.find(r => r.message) ?? degraded[0];
  // the deployer's own words, where they name what its resource says
  const message = healthMessage ?? telling?.message;
  const isNamed = telling && message?.includes(telling.name);
  const where =
    telling && !isNamed ? `${telling.kind} ${telling.name}` : undefined;
  return [where, message].filter(Boolean).join(': ') || undefined;
}

/**
 * What a closed sync window means for who waits, as the end of a sentence:
 * `its sync window is closed until Tue 6 Jan 09:00 UTC`. Undefined while open.
 *
 * @public
 */
export function describeClosedWindow(
  syncWindow: SyncWindowState | undefined,
): string | undefined {
  if (!syncWindow || syncWindow.isOpen) return undefined;
  const { closedUntil, timeZone, description, manualSync } = syncWindow;
  const until = closedUntil
    ? ` until ${formatMoment(closedUntil, timeZone)}`
    : ', and no end of that is in sight';
  return `its sync window is closed${until}${
    description ? ` (${description})` : ''
  }${manualSync ? '; people may sync' : ''}`;
}

/** A moment to come, in its own zone: `Tue 6 Jan 09:00 UTC`. */
function formatMoment(at: string, zone = 'UTC'): string {
  const moment = DateTime.fromISO(at, { zone, locale: 'en-GB' });
  const place = zone === 'UTC' ? 'UTC' : `(${zone})`;
  return `${moment.toFormat('ccc d LLL HH:mm')} ${place}`;
}
