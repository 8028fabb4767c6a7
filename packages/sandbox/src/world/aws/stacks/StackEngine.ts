import { randomUUID } from 'node:crypto';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { RegistryRef } from '../registry/types';
import { ChangeSets } from './ChangeSets';
import { OperationSteps } from './OperationSteps';
import { parseTemplate } from './parseTemplate';
import { StackDefinition, StackRecord } from './records';
import { ResourceType } from './ResourceType';
import { seedStacks } from './seedStacks';
import { StackBook } from './StackBook';
import { StackOperations } from './StackOperations';
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

type Surroundings = Pick<
  World,
  | 'clock'
  | 'schedule'
  | 'dataDir'
  | 'platforms'
  | 'report'
  | 'onReset'
  | 'onClose'
>;

/**
 * CloudFormation stacks of all accounts and regions.
 *
 * An operation answers at once and then goes on by itself: through the events of
 * the stack and, one after another, of its resources. What was under way when
 * the sandbox stopped goes on when it starts again.
 */
export class StackEngine {
  /** The stacks as they are. */
  readonly book: StackBook;
  readonly planner: StackPlanner;
  readonly changeSets: ChangeSets;
  private readonly operations: StackOperations;

  /** @param types - what stacks can make, by the name of the type */
  constructor(world: Surroundings, types: Record<string, ResourceType>) {
    const steps = new OperationSteps(world);
    const seed = () => seedStacks(world.platforms, types, world.clock.now());
    this.book = new StackBook(world, seed);
    this.planner = new StackPlanner(this.book, types);
    this.operations = new StackOperations(this.book, this.planner, steps);
    this.changeSets = new ChangeSets(world, this.book, this.planner, {
      newStack: (...request) => this.newStack(...request),
      beginCreate: (stack, { definition }) => {
        stack.definition = definition;
        stack.description = parseTemplate(definition.templateBody).Description;
        this.operations.beginCreate(stack);
      },
      beginUpdate: (stack, { definition }) =>
        this.beginUpdate(stack, definition),
    });
    this.book.all().forEach(stack => this.operations.resume(stack));
    world.onReset(() => {
      steps.stopAll();
      this.book.reset();
    });
  }

  /** @throws AwsError - AlreadyExistsException; ValidationError for the template or its parameters. */
  create(
    place: RegistryRef,
    name: string,
    request: StackRequest,
    options: CreateOptions,
  ): StackRecord {
    checkName(name);
    if (this.book.find(place, name)) {
      throw new AwsError(
        'AlreadyExistsException',
        `Stack [${name}] already exists`,
      );
    }
    const stack = this.newStack(place, name, request, options);
    this.operations.beginCreate(stack);
    return stack;
  }

  /** @throws AwsError - ValidationError, also `No updates are to be performed.` */
  update(
    place: RegistryRef,
    nameOrId: string,
    request: StackRequest,
  ): StackRecord {
    const stack = this.book.get(place, nameOrId);
    checkUpdatable(stack);
    const definition = define(request, stack);
    this.planner.checkCapabilities(definition);
    if (this.planner.isUnchanged(stack, definition)) {
      throw new AwsError('ValidationError', 'No updates are to be performed.');
    }
    this.beginUpdate(stack, definition);
    return stack;
  }

  /** Nothing happens when there is no such stack, as in CloudFormation. */
  delete(place: RegistryRef, nameOrId: string): void {
    const stack = this.book.find(place, nameOrId);
    if (!stack || stack.status === 'DELETE_COMPLETE') {
      return;
    }
    if (stack.terminationProtection) {
      throw new AwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    }
    // What is being made can be deleted meanwhile; what is being changed cannot.
    if (
      !['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'].includes(stack.status)
    ) {
      checkIdle(stack, 'deleted');
    }
    this.operations.beginDelete(stack);
  }

  /** Lets the update that is under way go back. @throws AwsError - ValidationError: there is none. */
  cancelUpdate(place: RegistryRef, nameOrId: string): void {
    const stack = this.book.get(place, nameOrId);
    if (stack.status !== 'UPDATE_IN_PROGRESS') {
      throw new AwsError(
        'ValidationError',
        'CancelUpdateStack cannot be called from current stack status',
      );
    }
    this.operations.cancelUpdate(stack);
  }

  /**
   * Goes on with a rollback that failed.
   *
   * @param skipped - logical ids of resources to leave as they are
   * @throws AwsError - ValidationError
   */
  continueRollback(
    place: RegistryRef,
    nameOrId: string,
    skipped: string[],
  ): void {
    const stack = this.book.get(place, nameOrId);
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
      throw new AwsError(
        'ValidationError',
        `Stack:${stack.id} is in ${stack.status} state and can not continue update rollback.`,
      );
    }
    this.operations.beginUpdateRollback(stack, skipped);
  }

  /** Changes what is kept about a stack beside its template. */
  change(
    stack: StackRecord,
    change: Pick<Partial<StackRecord>, 'terminationProtection' | 'policy'>,
  ): void {
    Object.assign(stack, change);
    this.book.touch();
  }

  private newStack(
    place: RegistryRef,
    name: string,
    request: StackRequest,
    options: CreateOptions,
  ): StackRecord {
    const definition = define(request, undefined);
    this.planner.checkCapabilities(definition);
    const stack: StackRecord = {
      accountId: place.accountId,
      region: place.region,
      id: stackArn(place, `stack/${name}/${randomUUID()}`),
      name,
      status: 'REVIEW_IN_PROGRESS',
      description: parseTemplate(definition.templateBody).Description,
      definition,
      onFailure: options.onFailure,
      terminationProtection: options.terminationProtection,
      roleArn: request.roleArn,
      notificationArns: request.notificationArns ?? [],
      resources: [],
      outputs: [],
      events: [],
      changeSets: [],
      createdAt: this.book.now(),
    };
    // Refuses what does not hold together before the stack is there.
    this.planner.blueprint(stack, definition);
    this.book.add(stack);
    return stack;
  }

  private beginUpdate(stack: StackRecord, definition: StackDefinition): void {
    stack.previous = stack.definition;
    stack.definition = definition;
    stack.description = parseTemplate(definition.templateBody).Description;
    stack.updatedAt = this.book.now();
    this.operations.beginUpdate(stack);
  }
}
