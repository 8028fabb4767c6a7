import { AwsError } from '../AwsError';
import { Blueprint } from './Blueprint';
import { OperationSteps } from './OperationSteps';
import { OutputRecord, ResourceRecord, StackRecord } from './records';
import { ResourceSteps } from './ResourceSteps';
import { recordOf, StackBook } from './StackBook';
import { StackPlanner } from './StackPlanner';

/**
 * What stacks go through, from the first event to the last. Each operation can
 * be taken up again where the end of the process interrupted it.
 */
export class StackOperations {
  private readonly cancelled = new Set<string>();
  private readonly resources: ResourceSteps;

  constructor(
    private readonly book: StackBook,
    private readonly planner: StackPlanner,
    private readonly steps: OperationSteps,
  ) {
    this.resources = new ResourceSteps(book, planner, steps);
  }

  beginCreate(stack: StackRecord): void {
    this.book.stackEvent(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    this.steps.begin(stack, () => this.runCreate(stack));
  }

  beginUpdate(stack: StackRecord): void {
    this.cancelled.delete(stack.id);
    this.book.stackEvent(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.steps.begin(stack, () => this.runUpdate(stack));
  }

  beginDelete(stack: StackRecord): void {
    this.book.stackEvent(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    this.steps.begin(stack, () => this.runDelete(stack));
  }

  /** @param skipped - logical ids of resources to leave as they are */
  beginUpdateRollback(stack: StackRecord, skipped: string[]): void {
    this.book.stackEvent(
      stack,
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'User Initiated',
    );
    this.steps.begin(stack, () => this.runUpdateRollback(stack, skipped));
  }

  /** Lets the update that is under way go back at its next resource. */
  cancelUpdate(stack: StackRecord): void {
    this.cancelled.add(stack.id);
  }

  /** Takes up an operation that the end of the process interrupted. */
  resume(stack: StackRecord): void {
    const run = {
      CREATE_IN_PROGRESS: () => this.runCreate(stack),
      ROLLBACK_IN_PROGRESS: () => this.runRollback(stack),
      UPDATE_IN_PROGRESS: () => this.runUpdate(stack),
      UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: () => this.runUpdate(stack),
      UPDATE_ROLLBACK_IN_PROGRESS: () => this.runUpdateRollback(stack),
      UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: () =>
        this.runUpdateRollback(stack),
      DELETE_IN_PROGRESS: () => this.runDelete(stack),
    }[stack.status];
    if (run) {
      this.steps.begin(stack, run);
    }
  }

  private async runCreate(stack: StackRecord): Promise<void> {
    await this.steps.next(stack);
    const blueprint = this.planner.blueprint(stack, stack.definition);
    const missing = blueprint.missingImport();
    if (missing) {
      await this.failCreate(stack, stack.name, missing);
      return;
    }
    for (const logicalId of blueprint.order) {
      const existing = recordOf(stack, logicalId);
      if (existing?.status === 'CREATE_COMPLETE') {
        continue;
      }
      if (existing?.physicalId) {
        // Made before the sandbox stopped, but not told yet.
        this.book.resourceEvent(stack, logicalId, 'CREATE_COMPLETE');
        continue;
      }
      try {
        await this.resources.create(stack, blueprint, logicalId);
      } catch (error) {
        await this.failCreate(stack, logicalId, error as Error);
        return;
      }
    }
    const taken = this.takenExport(stack, blueprint);
    if (taken) {
      await this.failCreate(stack, stack.name, new Error(taken));
      return;
    }
    stack.outputs = blueprint.outputs();
    stack.imports = [...blueprint.imported];
    await this.steps.next(stack);
    this.book.stackEvent(stack, 'CREATE_COMPLETE');
  }

  private async failCreate(
    stack: StackRecord,
    logicalId: string,
    error: Error,
  ): Promise<void> {
    this.book.resourceEvent(stack, logicalId, 'CREATE_FAILED', error.message);
    await this.steps.next(stack);
    const reason =
      logicalId === stack.name
        ? `${error.message}. `
        : `The following resource(s) failed to create: [${logicalId}]. `;
    switch (stack.onFailure) {
      case 'DO_NOTHING':
        this.book.stackEvent(stack, 'CREATE_FAILED', reason);
        return;
      case 'DELETE':
        this.book.stackEvent(
          stack,
          'DELETE_IN_PROGRESS',
          `${reason}Delete requested by user.`,
        );
        await this.runDelete(stack);
        return;
      default:
        this.book.stackEvent(
          stack,
          'ROLLBACK_IN_PROGRESS',
          `${reason}Rollback requested by user.`,
        );
        await this.runRollback(stack);
    }
  }

  private async runRollback(stack: StackRecord): Promise<void> {
    const failed = await this.resources.delete(stack, stack.resources, {
      undoesCreation: true,
    });
    await this.steps.next(stack);
    this.book.stackEvent(
      stack,
      failed.length > 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE',
      failed.length > 0 ? failedToDelete(failed) : undefined,
    );
  }

  private async runUpdate(stack: StackRecord): Promise<void> {
    await this.steps.next(stack);
    const blueprint = this.planner.blueprint(stack, stack.definition);
    const replaced: ResourceRecord[] = [];
    for (const logicalId of blueprint.order) {
      try {
        if (this.cancelled.delete(stack.id)) {
          throw new AwsError('Cancelled', 'Resource update cancelled');
        }
        const old = await this.resources.bringUpToDate(
          stack,
          blueprint,
          logicalId,
        );
        if (old) {
          replaced.push(old);
        }
      } catch (error) {
        const known = recordOf(stack, logicalId)?.physicalId !== undefined;
        this.book.resourceEvent(
          stack,
          logicalId,
          known ? 'UPDATE_FAILED' : 'CREATE_FAILED',
          (error as Error).message,
        );
        await this.goBack(
          stack,
          `The following resource(s) failed to update: [${logicalId}]. `,
        );
        return;
      }
    }
    const held = this.heldExport(stack, blueprint.outputs());
    if (held) {
      await this.goBack(stack, held);
      return;
    }
    stack.outputs = blueprint.outputs();
    stack.imports = [...blueprint.imported];
    await this.steps.next(stack);
    this.book.stackEvent(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.resources.cleanUp(stack, blueprint, replaced);
    stack.previous = undefined;
    this.book.stackEvent(stack, 'UPDATE_COMPLETE');
  }

  /** Makes of a stack again what it was before the update. */
  private async goBack(stack: StackRecord, reason: string): Promise<void> {
    await this.steps.next(stack);
    this.book.stackEvent(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
    // From here on the failed definition is the one to come back from.
    [stack.definition, stack.previous] = [
      stack.previous ?? stack.definition,
      stack.definition,
    ];
    await this.runUpdateRollback(stack);
  }

  private async runUpdateRollback(
    stack: StackRecord,
    skipped: string[] = [],
  ): Promise<void> {
    const blueprint = this.planner.blueprint(stack, stack.definition);
    const replaced: ResourceRecord[] = [];
    for (const logicalId of blueprint.order) {
      if (skipped.includes(logicalId)) {
        this.book.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
        continue;
      }
      try {
        const old = await this.resources.bringUpToDate(
          stack,
          blueprint,
          logicalId,
        );
        if (old) {
          replaced.push(old);
        }
      } catch (error) {
        this.book.resourceEvent(
          stack,
          logicalId,
          'UPDATE_FAILED',
          (error as Error).message,
        );
        this.book.stackEvent(
          stack,
          'UPDATE_ROLLBACK_FAILED',
          `The following resource(s) failed to update: [${logicalId}]. `,
        );
        return;
      }
    }
    await this.steps.next(stack);
    this.book.stackEvent(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.resources.cleanUp(stack, blueprint, replaced);
    stack.previous = undefined;
    stack.outputs = blueprint.outputs();
    this.book.stackEvent(stack, 'UPDATE_ROLLBACK_COMPLETE');
  }

  /** Why a stack cannot have new outputs: others use what it exports. Undefined when it can. */
  private heldExport(
    stack: StackRecord,
    outputs: OutputRecord[],
  ): string | undefined {
    for (const { exportName, value } of stack.outputs) {
      const next = outputs.find(output => output.exportName === exportName);
      const [importer] =
        exportName && next?.value !== value
          ? this.book.importers(stack, exportName)
          : [];
      if (importer) {
        return `Export ${exportName} cannot be ${
          next ? 'updated' : 'deleted'
        } as it is in use by ${importer}`;
      }
    }
    return undefined;
  }

  private async runDelete(stack: StackRecord): Promise<void> {
    const held = this.heldExport(stack, []);
    if (held) {
      await this.steps.next(stack);
      this.book.stackEvent(stack, 'DELETE_FAILED', `Delete canceled. ${held}.`);
      return;
    }
    const failed = await this.resources.delete(stack, stack.resources);
    await this.steps.next(stack);
    if (failed.length > 0) {
      this.book.stackEvent(stack, 'DELETE_FAILED', failedToDelete(failed));
      return;
    }
    stack.deletedAt = this.book.now();
    stack.changeSets = [];
    this.book.stackEvent(stack, 'DELETE_COMPLETE');
  }

  /** Why a stack cannot export what it wants to; undefined when it can. */
  private takenExport(
    stack: StackRecord,
    blueprint: Blueprint,
  ): string | undefined {
    const names = blueprint.outputs().map(({ exportName }) => exportName);
    const taken = this.book
      .exports(stack)
      .find(other => other.stack !== stack && names.includes(other.name));
    return (
      taken &&
      `Export with name ${taken.name} is already exported by stack ${taken.stack.name}`
    );
  }
}

function failedToDelete(logicalIds: string[]): string {
  return `The following resource(s) failed to delete: [${logicalIds.join(
    ', ',
  )}]. `;
}
