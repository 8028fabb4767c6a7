import { randomUUID } from 'node:crypto';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { RegistryRef } from '../registry/types';
import { STEP_MS } from './OperationSteps';
import { ChangeSetRecord, StackRecord } from './records';
import { StackBook } from './StackBook';
import { StackPlanner } from './StackPlanner';
import {
  checkIdle,
  checkName,
  checkUpdatable,
  CreateOptions,
  define,
  stackArn,
  StackRequest,
} from './stackRequests';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** What change sets ask of the engine once they are decided. */
export interface StackActions {
  /** A stack that is there but has nothing yet. */
  newStack(
    place: RegistryRef,
    name: string,
    request: StackRequest,
    options: CreateOptions,
  ): StackRecord;
  beginCreate(stack: StackRecord, changeSet: ChangeSetRecord): void;
  beginUpdate(stack: StackRecord, changeSet: ChangeSetRecord): void;
}

/** Plans of what a request would change, which can be looked at and then executed. */
export class ChangeSets {
  constructor(
    private readonly world: Pick<World, 'schedule'>,
    private readonly book: StackBook,
    private readonly planner: StackPlanner,
    private readonly actions: StackActions,
  ) {
    for (const changeSet of book.all().flatMap(stack => stack.changeSets)) {
      if (changeSet.status === 'CREATE_PENDING') {
        changeSet.status = 'FAILED';
        changeSet.statusReason = 'The sandbox was stopped; create it again.';
      }
    }
  }

  /**
   * Plans what a request would change. The change set is FAILED, with the
   * reason, when that is nothing.
   */
  create(
    place: RegistryRef,
    stackName: string,
    changeSet: {
      name: string;
      type: 'CREATE' | 'UPDATE';
      description?: string;
    },
    request: StackRequest,
  ): { stack: StackRecord; changeSet: ChangeSetRecord } {
    const stack = this.target(place, stackName, changeSet, request);
    if (stack.changeSets.some(({ name }) => name === changeSet.name)) {
      throw new AwsError(
        'AlreadyExistsException',
        `ChangeSet ${changeSet.name} already exists`,
      );
    }
    const definition = define(
      request,
      changeSet.type === 'UPDATE' ? stack : undefined,
    );
    this.planner.checkCapabilities(definition);
    const unchanged =
      changeSet.type === 'UPDATE' &&
      this.planner.isUnchanged(stack, definition);
    const record: ChangeSetRecord = {
      ...changeSet,
      id: stackArn(place, `changeSet/${changeSet.name}/${randomUUID()}`),
      status: 'CREATE_PENDING',
      executionStatus: 'UNAVAILABLE',
      definition,
      changes: this.planner.plan(stack, definition),
      createdAt: this.book.now(),
    };
    stack.changeSets.push(record);
    this.book.touch();
    this.world.schedule(STEP_MS, () => {
      record.status = unchanged ? 'FAILED' : 'CREATE_COMPLETE';
      record.statusReason = unchanged ? NO_CHANGES : undefined;
      record.executionStatus = unchanged ? 'UNAVAILABLE' : 'AVAILABLE';
      this.book.touch();
    });
    return { stack, changeSet: record };
  }

  /** @throws AwsError - ChangeSetNotFoundException */
  get(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): { stack: StackRecord; changeSet: ChangeSetRecord } {
    const stacks = stackName
      ? [this.book.get(place, stackName)]
      : this.book.list(place);
    for (const stack of stacks) {
      const changeSet = stack.changeSets.find(
        ({ id, name }) => id === nameOrId || (stackName && name === nameOrId),
      );
      if (changeSet) {
        return { stack, changeSet };
      }
    }
    throw new AwsError(
      'ChangeSetNotFoundException',
      `ChangeSet [${nameOrId}] does not exist`,
      404,
    );
  }

  /** @throws AwsError - ChangeSetNotFoundException, InvalidChangeSetStatusException */
  execute(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): void {
    const { stack, changeSet } = this.get(place, nameOrId, stackName);
    if (changeSet.executionStatus !== 'AVAILABLE') {
      throw new AwsError(
        'InvalidChangeSetStatusException',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
      );
    }
    checkIdle(stack, 'updated');
    // Executing one change set removes all others of the stack.
    stack.changeSets = [changeSet];
    changeSet.executionStatus = 'EXECUTE_COMPLETE';
    if (changeSet.type === 'CREATE') {
      this.actions.beginCreate(stack, changeSet);
    } else {
      this.actions.beginUpdate(stack, changeSet);
    }
  }

  /** Nothing happens when there is none. */
  delete(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): void {
    let found;
    try {
      found = this.get(place, nameOrId, stackName);
    } catch (error) {
      if ((error as AwsError).code === 'ChangeSetNotFoundException') {
        return;
      }
      throw error;
    }
    const { stack, changeSet } = found;
    stack.changeSets = stack.changeSets.filter(other => other !== changeSet);
    this.book.touch();
  }

  /** The stack that a change set is for; made, without anything in it, when it is to create one. */
  private target(
    place: RegistryRef,
    stackName: string,
    changeSet: Pick<ChangeSetRecord, 'name' | 'type'>,
    request: StackRequest,
  ): StackRecord {
    if (changeSet.type === 'UPDATE') {
      const stack = this.book.get(place, stackName);
      checkUpdatable(stack);
      return stack;
    }
    checkName(stackName);
    const existing = this.book.find(place, stackName);
    if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
      throw new AwsError(
        'ValidationError',
        `Stack [${stackName}] already exists and cannot be created again with the changeSet [${changeSet.name}].`,
      );
    }
    if (existing) {
      return existing;
    }
    const stack = this.actions.newStack(place, stackName, request, {
      onFailure: 'ROLLBACK',
      terminationProtection: false,
    });
    this.book.stackEvent(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
    return stack;
  }
}
