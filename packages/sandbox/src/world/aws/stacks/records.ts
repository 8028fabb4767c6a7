import { RegistryRef } from '../ImageRegistry';
import { Properties } from './ResourceType';

/** One resource of a stack. Times are ISO, UTC. */
export interface ResourceRecord {
  logicalId: string;
  type: string;
  physicalId?: string;
  status: string;
  statusReason?: string;
  /** As last applied. */
  properties: Properties;
  deletionPolicy?: string;
  updatedAt: string;
}

/** What happened to a stack or one of its resources. */
export interface StackEventRecord {
  id: string;
  logicalId: string;
  physicalId?: string;
  type: string;
  status: string;
  statusReason?: string;
  properties?: Properties;
  at: string;
  token?: string;
}

export interface OutputRecord {
  key: string;
  value: string;
  description?: string;
  exportName?: string;
}

/** What a stack is asked to be. */
export interface StackDefinition {
  templateBody: string;
  /** All parameters, resolved. */
  parameters: Record<string, string>;
  tags: Record<string, string>;
  capabilities: string[];
}

export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';

/** A change of one resource, as a change set shows it. */
export interface PlannedChange {
  action: 'Add' | 'Modify' | 'Remove';
  logicalId: string;
  physicalId?: string;
  type: string;
  replacement?: boolean;
  /** Names of properties that change. */
  properties: string[];
  tagsChange: boolean;
}

export interface ChangeSetRecord {
  id: string;
  name: string;
  type: 'CREATE' | 'UPDATE';
  status: string;
  statusReason?: string;
  executionStatus: string;
  description?: string;
  definition: StackDefinition;
  changes: PlannedChange[];
  createdAt: string;
}

export interface StackRecord extends RegistryRef {
  id: string;
  name: string;
  status: string;
  statusReason?: string;
  description?: string;
  definition: StackDefinition;
  /** What the stack was before the update that is under way. */
  previous?: StackDefinition;
  onFailure: OnFailure;
  terminationProtection: boolean;
  /** The stack policy, JSON. */
  policy?: string;
  /** Names of exports of other stacks that it uses. */
  imports?: string[];
  roleArn?: string;
  notificationArns: string[];
  resources: ResourceRecord[];
  outputs: OutputRecord[];
  /** Newest first. */
  events: StackEventRecord[];
  changeSets: ChangeSetRecord[];
  createdAt: string;
  updatedAt?: string;
  deletedAt?: string;
}
