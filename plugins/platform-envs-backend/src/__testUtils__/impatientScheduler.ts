import {
  coreServices,
  createServiceFactory,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';

type Task = SchedulerServiceTaskScheduleDefinition & {
  fn: (signal: AbortSignal) => void | Promise<void>;
};

/** A scheduler that runs every task at once and then each second, one run at a time. */
export const impatientScheduler = createServiceFactory({
  service: coreServices.scheduler,
  deps: { lifecycle: coreServices.rootLifecycle },
  factory: ({ lifecycle }) => {
    const abort = new AbortController();
    lifecycle.addShutdownHook(() => abort.abort());
    const run = async (task: Task) => {
      while (!abort.signal.aborted) {
        await task.fn(abort.signal);
        await new Promise(resolve => {
          setTimeout(resolve, 1_000).unref();
        });
      }
    };
    return {
      async scheduleTask(task: Task) {
        void run(task);
      },
    } as never;
  },
});
