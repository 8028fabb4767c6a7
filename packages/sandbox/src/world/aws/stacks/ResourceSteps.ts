import { isDeepStrictEqual } from 'node:util';
import { Blueprint, checkProperties } from './Blueprint';
import { OperationSteps } from './OperationSteps';
import { ResourceRecord, StackRecord } from './records';
import { recordOf, StackBook } from './StackBook';
import { changedProperties, contextOf, StackPlanner } from './StackPlanner';

/** Makes, changes and removes the resources of a stack, one after another. */
export class ResourceSteps {
  constructor(
    private readonly book: StackBook,
    private readonly planner: StackPlanner,
    private readonly steps: OperationSteps,
  ) {}

  /** @throws Error - the service refuses; the message says why. */
  async create(
    stack: StackRecord,
    blueprint: Blueprint,
    logicalId: string,
  ): Promise<void> {
    const typeName = blueprint.typeOf(logicalId);
    const properties = blueprint.propertiesOf(logicalId);
    const record: ResourceRecord = {
      logicalId,
      type: typeName,
      status: 'CREATE_IN_PROGRESS',
      properties,
      deletionPolicy: blueprint.deletionPolicyOf(logicalId),
      updatedAt: this.book.now(),
    };
    const position = stack.resources.findIndex(
      resource => resource.logicalId === logicalId,
    );
    if (position < 0) {
      stack.resources.push(record);
    } else {
      stack.resources[position] = record;
    }
    this.book.resourceEvent(stack, logicalId, 'CREATE_IN_PROGRESS');
    await this.steps.next(stack);
    const type = this.planner.typeOf(typeName);
    checkProperties(typeName, type, properties);
    record.physicalId = type.create(properties, contextOf(stack, logicalId));
    this.book.resourceEvent(
      stack,
      logicalId,
      'CREATE_IN_PROGRESS',
      'Resource creation Initiated',
    );
    await this.steps.next(stack);
    this.book.resourceEvent(stack, logicalId, 'CREATE_COMPLETE');
  }

  /** Creates, changes or replaces one resource as the blueprint wants it; returns the one that was replaced. */
  async bringUpToDate(
    stack: StackRecord,
    blueprint: Blueprint,
    logicalId: string,
  ): Promise<ResourceRecord | undefined> {
    const record = recordOf(stack, logicalId);
    if (!record?.physicalId) {
      await this.create(stack, blueprint, logicalId);
      return undefined;
    }
    const properties = blueprint.propertiesOf(logicalId);
    const typeName = blueprint.typeOf(logicalId);
    const type = this.planner.typeOf(typeName);
    const changed = changedProperties(record.properties, properties);
    record.deletionPolicy = blueprint.deletionPolicyOf(logicalId);
    if (
      record.type !== typeName ||
      changed.some(name => type.replacedBy.includes(name))
    ) {
      const old = { ...record };
      this.book.resourceEvent(
        stack,
        logicalId,
        'UPDATE_IN_PROGRESS',
        'Requested update requires the creation of a new physical resource; hence creating one.',
      );
      await this.steps.next(stack);
      checkProperties(typeName, type, properties);
      const physicalId = type.create(properties, contextOf(stack, logicalId));
      Object.assign(record, { type: typeName, properties, physicalId });
      await this.steps.next(stack);
      this.book.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
      return old;
    }
    if (changed.length > 0 || tagsDiffer(stack)) {
      this.book.resourceEvent(stack, logicalId, 'UPDATE_IN_PROGRESS');
      await this.steps.next(stack);
      checkProperties(typeName, type, properties);
      type.update(record.physicalId, properties, contextOf(stack, logicalId));
      record.properties = properties;
      await this.steps.next(stack);
      this.book.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
    }
    return undefined;
  }

  /** Removes what the blueprint has no more, and what was replaced. */
  async cleanUp(
    stack: StackRecord,
    blueprint: Blueprint,
    replaced: ResourceRecord[],
  ): Promise<void> {
    const gone = stack.resources.filter(
      ({ logicalId }) => !blueprint.order.includes(logicalId),
    );
    await this.delete(stack, gone);
    stack.resources = stack.resources.filter(
      resource => !gone.includes(resource),
    );
    for (const old of replaced) {
      const type = this.planner.typeOf(old.type);
      try {
        type.delete(
          old.physicalId!,
          old.properties,
          contextOf(stack, old.logicalId),
        );
        this.book.event(stack, {
          ...old,
          status: 'DELETE_COMPLETE',
          statusReason: undefined,
        });
      } catch (error) {
        // As in CloudFormation, what cannot be cleaned up is left and told.
        this.book.event(stack, {
          ...old,
          status: 'DELETE_FAILED',
          statusReason: (error as Error).message,
        });
      }
    }
    await this.steps.next(stack);
  }

  /**
   * Last made first. Returns the logical ids of those that could not be deleted.
   *
   * @param options.undoesCreation - the stack itself could not be created:
   *   `RetainExceptOnCreate` keeps nothing then
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
   */
  async delete(
    stack: StackRecord,
    resources: ResourceRecord[],
    options: { undoesCreation?: boolean } = {},
  ): Promise<string[]> {
    const failed: string[] = [];
    for (const record of [...resources].reverse()) {
      if (!record.physicalId || record.status === 'DELETE_COMPLETE') {
        continue;
      }
      if (
        record.deletionPolicy === 'Retain' ||
        (record.deletionPolicy === 'RetainExceptOnCreate' &&
          !options.undoesCreation)
      ) {
        this.book.resourceEvent(stack, record.logicalId, 'DELETE_SKIPPED');
        continue;
      }
      this.book.resourceEvent(stack, record.logicalId, 'DELETE_IN_PROGRESS');
      await this.steps.next(stack);
      try {
        this.planner
          .typeOf(record.type)
          .delete(
            record.physicalId,
            record.properties,
            contextOf(stack, record.logicalId),
          );
        this.book.resourceEvent(stack, record.logicalId, 'DELETE_COMPLETE');
      } catch (error) {
        failed.push(record.logicalId);
        this.book.resourceEvent(
          stack,
          record.logicalId,
          'DELETE_FAILED',
          (error as Error).message,
        );
      }
    }
    return failed;
  }
}

function tagsDiffer(stack: StackRecord): boolean {
  return (
    stack.previous !== undefined &&
    !isDeepStrictEqual(stack.previous.tags, stack.definition.tags)
  );
}
