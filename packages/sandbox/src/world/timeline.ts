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
}): {
  clock: AdvanceableClock;
  schedule: World['schedule'];
  stop(): void;
} {
  const { speed, report } = options;
  const tasks = new Set<Task>();
  let offsetMs = 0;

  const arm = (task: Task) => {
    task.timer = setTimeout(async () => {
      tasks.delete(task);
      try {
        await task.run();
      } catch (error) {
        report('a scheduled task failed', error);
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
    stop() {
      for (const task of tasks) {
        clearTimeout(task.timer);
      }
      tasks.clear();
    },
  };
}
