/**
 * Loaded first into what the launcher starts: ends the process when the launcher
 * is gone, also one that was killed and could tidy up nothing. The kernel closes
 * the channel between the two then, and that is heard here.
 *
 * Workers and processes that this one starts load it, too; it is none of theirs.
 */
const { isMainThread } = require('node:worker_threads');

/** How long it may take to end in order before it is ended. */
const PATIENCE_MS = 8_000;

if (
  isMainThread &&
  process.channel &&
  process.ppid === Number(process.env.FAIRWAY_LAUNCHER)
) {
  process.once('disconnect', () => {
    // nobody reads them any more
    process.stdout.on('error', () => {});
    process.stderr.on('error', () => {});
    setTimeout(
      () => process.kill(-process.pid, 'SIGKILL'),
      PATIENCE_MS,
    ).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // listening alone keeps no process from its end
  process.channel.unref();
}
