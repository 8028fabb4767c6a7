import { AdvanceableClock, World } from './types';

interface Task {
  dueAt: number;
  run: () => unknown;
  timer: NodeJS.Timeout;
}

/**
 * The world's time and what is to happen in it. Moving the clock forward also
 * brings scheduled tasks forward, by the same amount of the world's time.
 */
export function createTimeline(options: {
  speed: number;
  report: World['report'];
  /** How far the clock is ahead of the machine's, ms; 0 unless told. */
  offsetMs?: number;
  /** Told the offset whenever it changes. */
  onOffset?(offsetMs: number): void;
}): {
  clock: AdvanceableClock;
  schedule: World['schedule'];
  /** Sets the clock back to the machine's; tasks stay where they are. */
  toNow(): void;
  stop(): void;
} {
  const { speed, report } = options;
  const tasks = new Set<Task>();
  let offsetMs = options.offsetMs ?? 0;
  let stopped = false;

  const arm = (task: Task) => {
    task.timer = setTimeout(async () => {
      tasks.delete(task);
      try {
        await task.run();
      } catch (error) {
        // What was under way when the world ended has nothing left to stand on.
        if (!stopped) {
          report('a scheduled task failed', error);
        }
      }
    }, Math.max(0, task.dueAt - Date.now()));
    task.timer.unref();
  };

  return {
    clock: {
      now: () => new Date(Date.now() + offsetMs),
      advance(ms) {
        if (!(ms >= 0)) {
          throw new Error(`the clock only moves forward, not by ${ms} ms`);
        }
        offsetMs += ms;
        options.onOffset?.(offsetMs);
        for (const task of tasks) {
          clearTimeout(task.timer);
          task.dueAt -= ms / speed;
          arm(task);
        }
      },
    },
    schedule(delayMs, run) {
      const task = { dueAt: Date.now() + delayMs / speed, run } as Task;
      tasks.add(task);
      arm(task);
      return () => {
        clearTimeout(task.timer);
        tasks.delete(task);
      };
    },
    toNow() {
      offsetMs = 0;
      options.onOffset?.(0);
    },
    stop() {
      stopped = true;
      for (const task of tasks) {
        clearTimeout(task.timer);
      }
      tasks.clear();
    },
  };
}
