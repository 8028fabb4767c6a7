/**
 * Loaded into a backend that is measured: on SIGUSR2 it collects its garbage
 * and writes what it holds to the file FAIRWAY_BENCH_MEMORY_FILE, in bytes,
 * with the delay of its event loop since the last time, in milliseconds. What
 * processes that it has started hold for themselves is its own.
 */
const fs = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const RESOLUTION_MS = 10;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('SIGUSR2', () => {
  const file = process.env.FAIRWAY_BENCH_MEMORY_FILE;
  const eventLoopP99Ms = Math.max(
    0,
    delay.percentile(99) / 1e6 - RESOLUTION_MS,
  );
  const rss = process.memoryUsage().rss + ofChildren();
  globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  // renamed into place: a reader never sees half of it
  fs.writeFileSync(
    `${file}.new`,
    JSON.stringify({ rss, heapUsed, eventLoopP99Ms }),
  );
  fs.renameSync(`${file}.new`, file);
  delay.reset();
});

/** Anonymous memory of the processes that this one has started, where Linux tells. */
function ofChildren() {
  try {
    return fs
      .readdirSync('/proc/self/task')
      .flatMap(thread =>
        fs
          .readFileSync(`/proc/self/task/${thread}/children`, 'utf8')
          .split(' '),
      )
      .filter(Boolean)
      .map(pid => fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
      .map(status => Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0))
      .reduce((sum, kb) => sum + kb * 1024, 0);
  } catch {
    return 0;
  }
}
