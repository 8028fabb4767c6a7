/** Lets one thing at a time happen to what has the same name, in order. */
export class TaskQueues {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `task` when everything before it is done, well or not. */
  run(name: string, task: () => Promise<void>): Promise<void> {
    const before = this.last.get(name) ?? Promise.resolve();
    const next = before.then(task, task);
    const settled = next.catch(() => {});
    this.last.set(name, settled);
    settled.then(() => {
      if (this.last.get(name) === settled) {
        this.last.delete(name);
      }
    });
    return next;
  }
}
