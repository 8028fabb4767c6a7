import { stopAll } from './processes.mjs';

/**
 * On Ctrl-C, a closed terminal or a polite kill: stops everything that was
 * started, then ends with the signal's usual code.
 *
 * @param {() => Promise<void>} [also] what else to stop
 */
export function stopOnSignals(also) {
  let stopping = false;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      process.stdout.write('\nStopping ...\n');
      await stopAll();
      await also?.();
      process.exit(code);
    });
  }
}
