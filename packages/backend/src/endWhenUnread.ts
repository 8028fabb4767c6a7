/** How long an orderly end may take before the process is ended. */
const PATIENCE_MS = 10_000;

/**
 * Ends the portal, in order, when nobody reads its log any more: whatever
 * started it is gone. Without this an error of writing to the log is logged,
 * which fails again, and so on for ever: the portal would stay, busy, growing
 * and unwatched.
 *
 * @see https://nodejs.org/docs/latest-v24.x/api/process.html#a-note-on-process-io
 */
export function endWhenUnread(): void {
  let isEnding = false;
  const onError = (error: NodeJS.ErrnoException) => {
    if (isEnding || error.code !== 'EPIPE') return;
    isEnding = true;
    endInOrder();
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
}

function endInOrder(): void {
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}
