export const dynamic = 'force-dynamic';

/** The process works. */
export function GET(): Response {
  return Response.json({ status: 'ok' });
}
