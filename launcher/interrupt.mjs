import { killAll, runningChildren, stopAll } from './processes.mjs';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

let stopping = false;

/** Whether a signal came in: everything is being stopped, errors are its echo. */
export function isStopping() {
  return stopping;
}

/**
 * On Ctrl-C, a closed terminal or a polite kill: stops everything that was
 * started, then ends with the signal's usual code. A second Ctrl-C does not
 * wait.
 */
export function stopOnSignals() {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => stopThenExit(code));
  }
  // nobody reads any more: the terminal is gone, or `| head` has enough
  process.stdout.on('error', () => stopThenExit(SIGNALS.SIGHUP));
  process.stderr.on('error', () => {});
  // a fault in the launcher itself must not leave children behind
  process.on('exit', killAll);
}

async function stopThenExit(code) {
  if (stopping) {
    killAll();
    process.exit(code);
  }
  stopping = true;
  if (runningChildren().length > 0) process.stdout.write('\nStopping ...\n');
  await stopAll();
  process.exit(code);
}
