import { readiness } from '../../lib/readiness';

export const dynamic = 'force-dynamic';

/** New requests may be sent here. */
export function GET(): Response {
  return readiness().stopping
    ? Response.json({ status: 'not ready' }, { status: 503 })
    : Response.json({ status: 'ok' });
}
