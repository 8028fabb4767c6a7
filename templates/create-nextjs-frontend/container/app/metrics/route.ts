import { metrics } from '../../lib/metrics';

export const dynamic = 'force-dynamic';

/** Figures for Prometheus. */
export async function GET(): Promise<Response> {
  const { registry } = metrics();
  return new Response(await registry.metrics(), {
    headers: { 'Content-Type': registry.contentType },
  });
}
