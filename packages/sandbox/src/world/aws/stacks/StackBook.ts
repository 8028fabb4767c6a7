import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { RegistryRef } from '../registry/types';
import { JsonFile } from '../JsonFile';
import { ResourceRecord, StackRecord } from './records';
import { Properties } from './ResourceType';

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** A value that a stack lets others of its account and region use. */
export interface StackExport {
  stack: StackRecord;
  name: string;
  value: string;
}

/** The stacks of all accounts and regions, as they are kept, with what happened to them. */
export class StackBook {
  private stacks: StackRecord[];
  private readonly file: JsonFile<StackRecord[]>;

  /** @param seed - makes the stacks of a new world, and what is in them */
  constructor(
    private readonly world: Pick<World, 'clock' | 'dataDir' | 'onClose'>,
    private readonly seed: () => StackRecord[],
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'stacks.json'),
      () => this.stacks,
    );
    const kept = this.file.load();
    this.stacks = kept ?? this.seed();
    if (!kept) {
      this.file.touch();
    }
    world.onClose(() => this.file.flush());
  }

  /** Every stack there is or was, oldest first. */
  all(): readonly StackRecord[] {
    return this.stacks;
  }

  /** Begins again with the stacks of a new world. */
  reset(): void {
    this.stacks = this.seed();
    this.file.touch();
  }

  add(stack: StackRecord): void {
    this.stacks.push(stack);
    this.file.touch();
  }

  /** Has to be called after a record was changed. */
  touch(): void {
    this.file.touch();
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

  /** As `get`, but undefined when there is none. */
  find(place: RegistryRef, nameOrId: string): StackRecord | undefined {
    return this.list(place).find(stack =>
      nameOrId.startsWith('arn:')
        ? stack.id === nameOrId
        : stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE',
    );
  }

  /** What the stacks of a place export, by name. */
  exports(place: RegistryRef): StackExport[] {
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

  /** Puts a stack into a status and tells so. */
  stackEvent(stack: StackRecord, status: string, statusReason?: string): void {
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

  /** Puts a resource into a status and tells so; nothing happens when the stack does not have it. */
  resourceEvent(
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

  /** Tells of something that is, or was, in a stack. */
  event(
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

  /** ISO, UTC. */
  now(): string {
    return this.world.clock.now().toISOString();
  }
}

/** A resource of a stack by its logical id; undefined when there is none yet. */
export function recordOf(
  stack: StackRecord,
  logicalId: string,
): ResourceRecord | undefined {
  return stack.resources.find(resource => resource.logicalId === logicalId);
}
