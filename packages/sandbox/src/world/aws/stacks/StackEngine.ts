import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { RegistryRef } from '../ImageRegistry';
import { JsonFile } from '../JsonFile';
import { Blueprint, checkProperties } from './Blueprint';
import { creationOrder } from './creationOrder';
import { LiveResource } from './evaluate';
import { parseTemplate, Template } from './parseTemplate';
import {
  ChangeSetRecord,
  OnFailure,
  PlannedChange,
  ResourceRecord,
  StackDefinition,
  StackRecord,
} from './records';
import { GivenParameter, resolveParameters } from './resolveParameters';
import { Properties, ResourceContext, ResourceType } from './ResourceType';

// A stack of one resource takes a little over a second.
const STEP_MS = 350;

const STACK_TYPE = 'AWS::CloudFormation::Stack';
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** What a caller asks a stack to be; undefined parts of an update stay as they are. */
export interface StackRequest {
  /** Undefined: the template that the stack has. */
  templateBody: string | undefined;
  parameters: GivenParameter[];
  tags: Record<string, string> | undefined;
  capabilities: string[];
  roleArn?: string;
  notificationArns?: string[];
}

export interface CreateOptions {
  onFailure: OnFailure;
  terminationProtection: boolean;
}

type Surroundings = Pick<
  World,
  'clock' | 'schedule' | 'dataDir' | 'images' | 'report' | 'onReset' | 'onClose'
>;

/**
 * CloudFormation stacks of all accounts and regions.
 *
 * An operation answers at once and then goes on by itself: through the events of
 * the stack and, one after another, of its resources. What was under way when
 * the sandbox stopped goes on when it starts again.
 */
export class StackEngine {
  private stacks: StackRecord[] = [];
  /** Operations of an earlier world stop at their next step. */
  private generation = 0;
  /** By stack id: which operation is under way; a newer one stops an older. */
  private readonly operations = new Map<string, number>();
  private readonly cancelled = new Set<string>();
  private readonly file: JsonFile<StackRecord[]>;

  /** @param types - what stacks can make, by the name of the type */
  constructor(
    private readonly world: Surroundings,
    private readonly types: Record<string, ResourceType>,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'stacks.json'),
      () => this.stacks,
    );
    this.stacks = this.file.load() ?? [];
    this.stacks.forEach(stack => this.resume(stack));
    world.onReset(() => {
      this.generation += 1;
      this.stacks = [];
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** Stacks of a place, newest first, deleted ones too. */
  list({ accountId, region }: RegistryRef): StackRecord[] {
    return this.stacks
      .filter(stack => stack.accountId === accountId && stack.region === region)
      .reverse();
  }

  /**
   * A stack by name or, also when deleted, by id.
   *
   * @throws AwsError - ValidationError when there is none.
   */
  get(place: RegistryRef, nameOrId: string): StackRecord {
    const stack = this.find(place, nameOrId);
    if (!stack) {
      throw new AwsError(
        'ValidationError',
        `Stack with id ${nameOrId} does not exist`,
      );
    }
    return stack;
  }

  find(place: RegistryRef, nameOrId: string): StackRecord | undefined {
    return this.list(place).find(stack =>
      nameOrId.startsWith('arn:')
        ? stack.id === nameOrId
        : stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE',
    );
  }

  /** @throws AwsError - AlreadyExistsException; ValidationError for the template or its parameters. */
  create(
    place: RegistryRef,
    name: string,
    request: StackRequest,
    options: CreateOptions,
  ): StackRecord {
    checkName(name);
    if (this.find(place, name)) {
      throw new AwsError(
        'AlreadyExistsException',
        `Stack [${name}] already exists`,
      );
    }
    const stack = this.newStack(place, name, request, options);
    this.stackEvent(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    this.start(stack, () => this.runCreate(stack));
    return stack;
  }

  /** @throws AwsError - ValidationError, also `No updates are to be performed.` */
  update(
    place: RegistryRef,
    nameOrId: string,
    request: StackRequest,
  ): StackRecord {
    const stack = this.get(place, nameOrId);
    checkUpdatable(stack);
    const definition = define(request, stack);
    if (this.isUnchanged(stack, definition)) {
      throw new AwsError('ValidationError', 'No updates are to be performed.');
    }
    this.beginUpdate(stack, definition);
    return stack;
  }

  /** Nothing happens when there is no such stack, as in CloudFormation. */
  delete(place: RegistryRef, nameOrId: string): void {
    const stack = this.find(place, nameOrId);
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
    this.stackEvent(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    this.start(stack, () => this.runDelete(stack));
  }

  /** Lets the update that is under way go back. @throws AwsError - ValidationError: there is none. */
  cancelUpdate(place: RegistryRef, nameOrId: string): void {
    const stack = this.get(place, nameOrId);
    if (stack.status !== 'UPDATE_IN_PROGRESS') {
      throw new AwsError(
        'ValidationError',
        'CancelUpdateStack cannot be called from current stack status',
      );
    }
    this.cancelled.add(stack.id);
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
    const stack = this.get(place, nameOrId);
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
      throw new AwsError(
        'ValidationError',
        `Stack:${stack.id} is in ${stack.status} state and can not continue update rollback.`,
      );
    }
    this.stackEvent(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
    this.start(stack, () => this.runUpdateRollback(stack, skipped));
  }

  /** Changes what is kept about a stack beside its template. */
  change(
    stack: StackRecord,
    change: Pick<Partial<StackRecord>, 'terminationProtection' | 'policy'>,
  ): void {
    Object.assign(stack, change);
    this.file.touch();
  }

  /** What the stacks of a place export, by name. */
  exports(
    place: RegistryRef,
  ): Array<{ stack: StackRecord; name: string; value: string }> {
    return this.list(place)
      .filter(({ status }) => status !== 'DELETE_COMPLETE')
      .flatMap(stack =>
        stack.outputs.flatMap(({ exportName, value }) =>
          exportName === undefined ? [] : [{ stack, name: exportName, value }],
        ),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names of the stacks that import a value. */
  importers(place: RegistryRef, exportName: string): string[] {
    return this.list(place)
      .filter(
        ({ status, imports }) =>
          status !== 'DELETE_COMPLETE' && imports?.includes(exportName),
      )
      .map(({ name }) => name);
  }

  /**
   * Plans what a request would change. The change set is FAILED, with the
   * reason, when that is nothing.
   */
  createChangeSet(
    place: RegistryRef,
    stackName: string,
    changeSet: {
      name: string;
      type: 'CREATE' | 'UPDATE';
      description?: string;
    },
    request: StackRequest,
  ): { stack: StackRecord; changeSet: ChangeSetRecord } {
    let stack = this.find(place, stackName);
    if (changeSet.type === 'CREATE') {
      checkName(stackName);
      if (stack && stack.status !== 'REVIEW_IN_PROGRESS') {
        throw new AwsError(
          'ValidationError',
          `Stack [${stackName}] already exists and cannot be created again with the changeSet [${changeSet.name}].`,
        );
      }
      if (!stack) {
        stack = this.newStack(place, stackName, request, {
          onFailure: 'ROLLBACK',
          terminationProtection: false,
        });
        this.stackEvent(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
      }
    } else {
      stack = this.get(place, stackName);
      checkUpdatable(stack);
    }
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
    const unchanged =
      changeSet.type === 'UPDATE' && this.isUnchanged(stack, definition);
    const record: ChangeSetRecord = {
      ...changeSet,
      id: arn(place, `changeSet/${changeSet.name}/${randomUUID()}`),
      status: 'CREATE_PENDING',
      executionStatus: 'UNAVAILABLE',
      definition,
      changes: this.plan(stack, definition),
      createdAt: this.now(),
    };
    stack.changeSets.push(record);
    this.file.touch();
    this.world.schedule(STEP_MS, () => {
      record.status = unchanged ? 'FAILED' : 'CREATE_COMPLETE';
      record.statusReason = unchanged ? NO_CHANGES : undefined;
      record.executionStatus = unchanged ? 'UNAVAILABLE' : 'AVAILABLE';
      this.file.touch();
    });
    return { stack, changeSet: record };
  }

  /** @throws AwsError - ChangeSetNotFoundException */
  getChangeSet(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): { stack: StackRecord; changeSet: ChangeSetRecord } {
    const stacks = stackName ? [this.get(place, stackName)] : this.list(place);
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
  executeChangeSet(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): void {
    const { stack, changeSet } = this.getChangeSet(place, nameOrId, stackName);
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
      stack.definition = changeSet.definition;
      stack.description = parseTemplate(
        changeSet.definition.templateBody,
      ).Description;
      this.stackEvent(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
      this.start(stack, () => this.runCreate(stack));
    } else {
      this.beginUpdate(stack, changeSet.definition);
    }
  }

  /** Nothing happens when there is none. */
  deleteChangeSet(
    place: RegistryRef,
    nameOrId: string,
    stackName: string | undefined,
  ): void {
    let found;
    try {
      found = this.getChangeSet(place, nameOrId, stackName);
    } catch (error) {
      if ((error as AwsError).code === 'ChangeSetNotFoundException') {
        return;
      }
      throw error;
    }
    const { stack, changeSet } = found;
    stack.changeSets = stack.changeSets.filter(other => other !== changeSet);
    this.file.touch();
  }

  /** @throws AwsError - ValidationError when the template does not hold together. */
  readTemplate(body: string): Template {
    const template = parseTemplate(body);
    const unknown = new Set(
      Object.values(template.Resources)
        .map(({ Type }) => Type)
        .filter(type => !this.types[type]),
    );
    if (unknown.size > 0) {
      throw new AwsError(
        'ValidationError',
        `Template format error: Unrecognized resource types: [${[
          ...unknown,
        ].join(', ')}]`,
      );
    }
    creationOrder(template, Object.keys(template.Resources));
    return template;
  }

  /** Resources as they are now beside what the stack asked for; `actual` is undefined when one is gone. */
  inspect(stack: StackRecord): Array<{
    resource: ResourceRecord;
    expected: Properties;
    actual: Properties | undefined;
  }> {
    return stack.resources
      .filter(({ physicalId }) => physicalId)
      .map(resource => {
        const actual = this.types[resource.type].read(
          resource.physicalId!,
          contextOf(stack, resource.logicalId),
        );
        return { resource, expected: resource.properties, actual };
      });
  }

  private newStack(
    place: RegistryRef,
    name: string,
    request: StackRequest,
    options: CreateOptions,
  ): StackRecord {
    const definition = define(request, undefined);
    const stack: StackRecord = {
      accountId: place.accountId,
      region: place.region,
      id: arn(place, `stack/${name}/${randomUUID()}`),
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
      createdAt: this.now(),
    };
    // Refuses what does not hold together before the stack is there.
    this.blueprint(stack, definition);
    this.stacks.push(stack);
    return stack;
  }

  private beginUpdate(stack: StackRecord, definition: StackDefinition): void {
    stack.previous = stack.definition;
    stack.definition = definition;
    stack.description = parseTemplate(definition.templateBody).Description;
    stack.updatedAt = this.now();
    this.stackEvent(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.start(stack, () => this.runUpdate(stack));
  }

  private async runCreate(stack: StackRecord): Promise<void> {
    await this.step(stack);
    const blueprint = this.blueprint(stack, stack.definition);
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
      try {
        await this.createResource(stack, blueprint, logicalId);
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
    await this.step(stack);
    this.stackEvent(stack, 'CREATE_COMPLETE');
  }

  private async failCreate(
    stack: StackRecord,
    logicalId: string,
    error: Error,
  ): Promise<void> {
    this.resourceEvent(stack, logicalId, 'CREATE_FAILED', error.message);
    await this.step(stack);
    const reason =
      logicalId === stack.name
        ? `${error.message}. `
        : `The following resource(s) failed to create: [${logicalId}]. `;
    switch (stack.onFailure) {
      case 'DO_NOTHING':
        this.stackEvent(stack, 'CREATE_FAILED', reason);
        return;
      case 'DELETE':
        this.stackEvent(
          stack,
          'DELETE_IN_PROGRESS',
          `${reason}Delete requested by user.`,
        );
        await this.runDelete(stack);
        return;
      default:
        this.stackEvent(
          stack,
          'ROLLBACK_IN_PROGRESS',
          `${reason}Rollback requested by user.`,
        );
        await this.runRollback(stack);
    }
  }

  private async runRollback(stack: StackRecord): Promise<void> {
    const failed = await this.deleteResources(stack, stack.resources);
    await this.step(stack);
    this.stackEvent(
      stack,
      failed.length > 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE',
      failed.length > 0 ? failedToDelete(failed) : undefined,
    );
  }

  private async runUpdate(stack: StackRecord): Promise<void> {
    await this.step(stack);
    const blueprint = this.blueprint(stack, stack.definition);
    const replaced: ResourceRecord[] = [];
    for (const logicalId of blueprint.order) {
      try {
        if (this.cancelled.delete(stack.id)) {
          throw new AwsError('Cancelled', 'Resource update cancelled');
        }
        const old = await this.bringUpToDate(stack, blueprint, logicalId);
        if (old) {
          replaced.push(old);
        }
      } catch (error) {
        const known = recordOf(stack, logicalId)?.physicalId !== undefined;
        this.resourceEvent(
          stack,
          logicalId,
          known ? 'UPDATE_FAILED' : 'CREATE_FAILED',
          (error as Error).message,
        );
        await this.step(stack);
        this.stackEvent(
          stack,
          'UPDATE_ROLLBACK_IN_PROGRESS',
          `The following resource(s) failed to update: [${logicalId}]. `,
        );
        // From here on the failed definition is the one to come back from.
        [stack.definition, stack.previous] = [
          stack.previous ?? stack.definition,
          stack.definition,
        ];
        await this.runUpdateRollback(stack);
        return;
      }
    }
    this.cancelled.delete(stack.id);
    stack.outputs = blueprint.outputs();
    stack.imports = [...blueprint.imported];
    await this.step(stack);
    this.stackEvent(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.cleanUp(stack, blueprint, replaced);
    stack.previous = undefined;
    this.stackEvent(stack, 'UPDATE_COMPLETE');
  }

  private async runUpdateRollback(
    stack: StackRecord,
    skipped: string[] = [],
  ): Promise<void> {
    const blueprint = this.blueprint(stack, stack.definition);
    const replaced: ResourceRecord[] = [];
    for (const logicalId of blueprint.order) {
      if (skipped.includes(logicalId)) {
        this.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
        continue;
      }
      try {
        const old = await this.bringUpToDate(stack, blueprint, logicalId);
        if (old) {
          replaced.push(old);
        }
      } catch (error) {
        this.resourceEvent(
          stack,
          logicalId,
          'UPDATE_FAILED',
          (error as Error).message,
        );
        this.stackEvent(
          stack,
          'UPDATE_ROLLBACK_FAILED',
          `The following resource(s) failed to update: [${logicalId}]. `,
        );
        return;
      }
    }
    await this.step(stack);
    this.stackEvent(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.cleanUp(stack, blueprint, replaced);
    stack.previous = undefined;
    stack.outputs = blueprint.outputs();
    this.stackEvent(stack, 'UPDATE_ROLLBACK_COMPLETE');
  }

  /** Why a stack cannot export what it wants to; undefined when it can. */
  private takenExport(
    stack: StackRecord,
    blueprint: Blueprint,
  ): string | undefined {
    const names = blueprint.outputs().map(({ exportName }) => exportName);
    const taken = this.exports(stack).find(
      other => other.stack !== stack && names.includes(other.name),
    );
    return (
      taken &&
      `Export with name ${taken.name} is already exported by stack ${taken.stack.name}`
    );
  }

  private async runDelete(stack: StackRecord): Promise<void> {
    for (const { exportName } of stack.outputs) {
      const [importer] = exportName ? this.importers(stack, exportName) : [];
      if (importer) {
        await this.step(stack);
        this.stackEvent(
          stack,
          'DELETE_FAILED',
          `Delete canceled. Cannot delete export ${exportName} as it is in use by ${importer}.`,
        );
        return;
      }
    }
    const failed = await this.deleteResources(stack, stack.resources);
    await this.step(stack);
    if (failed.length > 0) {
      this.stackEvent(stack, 'DELETE_FAILED', failedToDelete(failed));
      return;
    }
    stack.deletedAt = this.now();
    stack.changeSets = [];
    this.stackEvent(stack, 'DELETE_COMPLETE');
  }

  private async createResource(
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
      updatedAt: this.now(),
    };
    const position = stack.resources.findIndex(
      resource => resource.logicalId === logicalId,
    );
    if (position < 0) {
      stack.resources.push(record);
    } else {
      stack.resources[position] = record;
    }
    this.resourceEvent(stack, logicalId, 'CREATE_IN_PROGRESS');
    await this.step(stack);
    const type = this.typeOf(typeName);
    checkProperties(typeName, type, properties);
    record.physicalId = type.create(properties, contextOf(stack, logicalId));
    this.resourceEvent(
      stack,
      logicalId,
      'CREATE_IN_PROGRESS',
      'Resource creation Initiated',
    );
    await this.step(stack);
    this.resourceEvent(stack, logicalId, 'CREATE_COMPLETE');
  }

  /** Creates, changes or replaces one resource as the blueprint wants it; returns the one that was replaced. */
  private async bringUpToDate(
    stack: StackRecord,
    blueprint: Blueprint,
    logicalId: string,
  ): Promise<ResourceRecord | undefined> {
    const record = recordOf(stack, logicalId);
    if (!record?.physicalId) {
      await this.createResource(stack, blueprint, logicalId);
      return undefined;
    }
    const properties = blueprint.propertiesOf(logicalId);
    const typeName = blueprint.typeOf(logicalId);
    const type = this.typeOf(typeName);
    const changed = changedProperties(record.properties, properties);
    record.deletionPolicy = blueprint.deletionPolicyOf(logicalId);
    if (
      record.type !== typeName ||
      changed.some(name => type.replacedBy.includes(name))
    ) {
      const old = { ...record };
      this.resourceEvent(
        stack,
        logicalId,
        'UPDATE_IN_PROGRESS',
        'Requested update requires the creation of a new physical resource; hence creating one.',
      );
      await this.step(stack);
      checkProperties(typeName, type, properties);
      const physicalId = type.create(properties, contextOf(stack, logicalId));
      Object.assign(record, { type: typeName, properties, physicalId });
      await this.step(stack);
      this.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
      return old;
    }
    if (changed.length > 0 || this.tagsDiffer(stack)) {
      this.resourceEvent(stack, logicalId, 'UPDATE_IN_PROGRESS');
      await this.step(stack);
      checkProperties(typeName, type, properties);
      type.update(record.physicalId, properties, contextOf(stack, logicalId));
      record.properties = properties;
      await this.step(stack);
      this.resourceEvent(stack, logicalId, 'UPDATE_COMPLETE');
    }
    return undefined;
  }

  /** Removes what the blueprint has no more, and what was replaced. */
  private async cleanUp(
    stack: StackRecord,
    blueprint: Blueprint,
    replaced: ResourceRecord[],
  ): Promise<void> {
    const gone = stack.resources.filter(
      ({ logicalId }) => !blueprint.order.includes(logicalId),
    );
    await this.deleteResources(stack, gone);
    stack.resources = stack.resources.filter(
      resource => !gone.includes(resource),
    );
    for (const old of replaced) {
      const type = this.types[old.type];
      try {
        type.delete(
          old.physicalId!,
          old.properties,
          contextOf(stack, old.logicalId),
        );
        this.event(stack, {
          ...old,
          status: 'DELETE_COMPLETE',
          statusReason: undefined,
        });
      } catch (error) {
        // As in CloudFormation, what cannot be cleaned up is left and told.
        this.event(stack, {
          ...old,
          status: 'DELETE_FAILED',
          statusReason: (error as Error).message,
        });
      }
    }
    await this.step(stack);
  }

  /** Last made first. Returns the logical ids of those that could not be deleted. */
  private async deleteResources(
    stack: StackRecord,
    resources: ResourceRecord[],
  ): Promise<string[]> {
    const failed: string[] = [];
    for (const record of [...resources].reverse()) {
      if (!record.physicalId || record.status === 'DELETE_COMPLETE') {
        continue;
      }
      if (record.deletionPolicy === 'Retain') {
        this.resourceEvent(stack, record.logicalId, 'DELETE_SKIPPED');
        continue;
      }
      this.resourceEvent(stack, record.logicalId, 'DELETE_IN_PROGRESS');
      await this.step(stack);
      try {
        this.types[record.type].delete(
          record.physicalId,
          record.properties,
          contextOf(stack, record.logicalId),
        );
        this.resourceEvent(stack, record.logicalId, 'DELETE_COMPLETE');
      } catch (error) {
        failed.push(record.logicalId);
        this.resourceEvent(
          stack,
          record.logicalId,
          'DELETE_FAILED',
          (error as Error).message,
        );
      }
    }
    return failed;
  }

  private plan(
    stack: StackRecord,
    definition: StackDefinition,
  ): PlannedChange[] {
    const blueprint = this.blueprint(stack, definition);
    const tagsChange = !isDeepStrictEqual(
      definition.tags,
      stack.definition.tags,
    );
    const changes: PlannedChange[] = [];
    for (const logicalId of blueprint.order) {
      const record = recordOf(stack, logicalId);
      const type = blueprint.typeOf(logicalId);
      if (!record?.physicalId) {
        changes.push({
          action: 'Add',
          logicalId,
          type,
          properties: [],
          tagsChange: false,
        });
        continue;
      }
      const properties = changedProperties(
        record.properties,
        blueprint.propertiesOf(logicalId),
      );
      if (properties.length > 0 || tagsChange || record.type !== type) {
        changes.push({
          action: 'Modify',
          logicalId,
          physicalId: record.physicalId,
          type,
          replacement:
            record.type !== type ||
            properties.some(name =>
              this.types[type]?.replacedBy.includes(name),
            ),
          properties,
          tagsChange,
        });
      }
    }
    for (const record of stack.resources) {
      if (record.physicalId && !blueprint.order.includes(record.logicalId)) {
        changes.push({
          action: 'Remove',
          logicalId: record.logicalId,
          physicalId: record.physicalId,
          type: record.type,
          properties: [],
          tagsChange: false,
        });
      }
    }
    return changes;
  }

  private isUnchanged(
    stack: StackRecord,
    definition: StackDefinition,
  ): boolean {
    return (
      this.plan(stack, definition).length === 0 &&
      isDeepStrictEqual(definition.tags, stack.definition.tags) &&
      isDeepStrictEqual(
        parseTemplate(definition.templateBody).Outputs,
        parseTemplate(stack.definition.templateBody).Outputs,
      ) &&
      isDeepStrictEqual(
        this.blueprint(stack, definition).outputs(),
        this.blueprint(stack, stack.definition).outputs(),
      )
    );
  }

  private tagsDiffer(stack: StackRecord): boolean {
    return (
      stack.previous !== undefined &&
      !isDeepStrictEqual(stack.previous.tags, stack.definition.tags)
    );
  }

  private blueprint(
    stack: StackRecord,
    definition: StackDefinition,
  ): Blueprint {
    this.readTemplate(definition.templateBody);
    return new Blueprint(
      definition,
      stack,
      logicalId => this.liveResource(stack, logicalId),
      name => this.exports(stack).find(found => found.name === name)?.value,
    );
  }

  private liveResource(
    stack: StackRecord,
    logicalId: string,
  ): LiveResource | undefined {
    const record = recordOf(stack, logicalId);
    return record?.physicalId === undefined
      ? undefined
      : {
          physicalId: record.physicalId,
          attributes: this.types[record.type].attributes(
            record.physicalId,
            contextOf(stack, logicalId),
          ),
        };
  }

  private typeOf(name: string): ResourceType {
    const type = this.types[name];
    if (!type) {
      throw new AwsError(
        'NotServed',
        `Resource type ${name} is not in the sandbox; it has ${Object.keys(
          this.types,
        ).join(', ')}`,
      );
    }
    return type;
  }

  private stackEvent(
    stack: StackRecord,
    status: string,
    statusReason?: string,
  ): void {
    stack.status = status;
    stack.statusReason = statusReason;
    this.event(stack, {
      logicalId: stack.name,
      physicalId: stack.id,
      type: STACK_TYPE,
      status,
      statusReason,
    });
  }

  private resourceEvent(
    stack: StackRecord,
    logicalId: string,
    status: string,
    statusReason?: string,
  ): void {
    const record = recordOf(stack, logicalId);
    if (record) {
      record.status = status;
      record.statusReason = statusReason;
      record.updatedAt = this.now();
      this.event(stack, record);
    }
  }

  private event(
    stack: StackRecord,
    event: Pick<
      ResourceRecord,
      'logicalId' | 'physicalId' | 'type' | 'status' | 'statusReason'
    > & { properties?: Properties },
  ): void {
    stack.events.unshift({
      id: `${event.logicalId}-${event.status}-${randomUUID()}`,
      logicalId: event.logicalId,
      physicalId: event.physicalId,
      type: event.type,
      status: event.status,
      statusReason: event.statusReason,
      properties: event.properties,
      at: this.now(),
    });
    this.file.touch();
  }

  /** Takes up an operation that the end of the process interrupted. */
  private resume(stack: StackRecord): void {
    for (const changeSet of stack.changeSets) {
      if (changeSet.status === 'CREATE_PENDING') {
        changeSet.status = 'FAILED';
        changeSet.statusReason = 'The sandbox was stopped; create it again.';
      }
    }
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
      this.start(stack, run);
    }
  }

  private start(stack: StackRecord, run: () => Promise<void>): void {
    this.operations.set(stack.id, (this.operations.get(stack.id) ?? 0) + 1);
    run().catch(error =>
      this.world.report(
        `stack ${stack.name} stopped at ${stack.status}`,
        error,
      ),
    );
  }

  /**
   * Waits for one step of the world's time; for ever when the world was reset
   * or another operation of the stack began meanwhile.
   */
  private step(stack: StackRecord): Promise<void> {
    const { generation } = this;
    const operation = this.operations.get(stack.id);
    return new Promise(resolve => {
      this.world.schedule(STEP_MS, () => {
        if (
          generation === this.generation &&
          operation === this.operations.get(stack.id)
        ) {
          resolve();
        }
      });
    });
  }

  private now(): string {
    return this.world.clock.now().toISOString();
  }
}

function arn({ accountId, region }: RegistryRef, path: string): string {
  return `arn:aws:cloudformation:${region}:${accountId}:${path}`;
}

function recordOf(
  stack: StackRecord,
  logicalId: string,
): ResourceRecord | undefined {
  return stack.resources.find(resource => resource.logicalId === logicalId);
}

function contextOf(stack: StackRecord, logicalId: string): ResourceContext {
  return {
    place: { accountId: stack.accountId, region: stack.region },
    stackId: stack.id,
    stackName: stack.name,
    logicalId,
    stackTags: stack.definition.tags,
  };
}

function changedProperties(before: Properties, after: Properties): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    name => !isDeepStrictEqual(before[name], after[name]),
  );
}

function failedToDelete(logicalIds: string[]): string {
  return `The following resource(s) failed to delete: [${logicalIds.join(
    ', ',
  )}]. `;
}

/** What a request comes down to, given the stack that it updates. */
function define(
  request: StackRequest,
  stack: StackRecord | undefined,
): StackDefinition {
  const templateBody = request.templateBody ?? stack?.definition.templateBody;
  if (templateBody === undefined) {
    throw new AwsError(
      'ValidationError',
      'Either Template URL or Template Body must be specified.',
    );
  }
  return {
    templateBody,
    parameters: resolveParameters(
      parseTemplate(templateBody),
      request.parameters,
      stack?.definition.parameters,
    ),
    tags: request.tags ?? stack?.definition.tags ?? {},
    capabilities: request.capabilities,
  };
}

function checkName(name: string): void {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
}

function checkIdle(stack: StackRecord, verb: string): void {
  if (
    stack.status.endsWith('_IN_PROGRESS') &&
    stack.status !== 'REVIEW_IN_PROGRESS'
  ) {
    throw new AwsError(
      'ValidationError',
      `Stack:${stack.id} is in ${stack.status} state and can not be ${verb}.`,
    );
  }
}

function checkUpdatable(stack: StackRecord): void {
  const updatable = [
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
  ];
  if (!updatable.includes(stack.status)) {
    throw new AwsError(
      'ValidationError',
      `Stack:${stack.id} is in ${stack.status} state and can not be updated.`,
    );
  }
}
