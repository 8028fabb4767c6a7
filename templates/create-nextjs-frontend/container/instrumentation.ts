/** Runs once, before the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const [{ logger }, { metrics }, { observeRequests }, { stopInOrder }] = await Promise.all([
    import('./lib/logger'),
    import('./lib/metrics'),
    import('./lib/observe'),
    import('./lib/stopInOrder'),
  ]);
  observeRequests(metrics(), logger);
  stopInOrder(logger);
}
