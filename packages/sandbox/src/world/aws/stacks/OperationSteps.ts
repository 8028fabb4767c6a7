import { World } from '../../types';
import { StackRecord } from './records';

/** One step of an operation: a stack of one resource takes a little over a second. */
export const STEP_MS = 350;

/**
 * Lets operations of stacks take their time. A stack has one operation: a newer
 * one stops the older at its next step, and a reset of the world stops all.
 */
export class OperationSteps {
  /** By stack id. */
  private readonly operations = new Map<string, symbol>();

  constructor(private readonly world: Pick<World, 'schedule' | 'report'>) {}

  /** Begins an operation of a stack; it goes on by itself. */
  begin(stack: StackRecord, run: () => Promise<void>): void {
    this.operations.set(stack.id, Symbol(stack.name));
    run().catch(error =>
      this.world.report(
        `stack ${stack.name} stopped at ${stack.status}`,
        error,
      ),
    );
  }

  /** Waits for one step of the world's time; for ever when the operation was stopped meanwhile. */
  next(stack: StackRecord): Promise<void> {
    const operation = this.operations.get(stack.id);
    return new Promise(resolve => {
      this.world.schedule(STEP_MS, () => {
        if (operation && operation === this.operations.get(stack.id)) {
          resolve();
        }
      });
    });
  }

  /** Stops whatever is under way. */
  stopAll(): void {
    this.operations.clear();
  }
}
