import { AwsError } from '../AwsError';
import { RegistryRef } from '../registry/types';
import { parseTemplate } from './parseTemplate';
import { OnFailure, StackDefinition, StackRecord } from './records';
import { GivenParameter, resolveParameters } from './resolveParameters';

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

/** What is decided once, when a stack is made. */
export interface CreateOptions {
  onFailure: OnFailure;
  terminationProtection: boolean;
}

/**
 * What a request comes down to, given the stack that it updates.
 *
 * @throws AwsError - ValidationError: no template, or its parameters do not fit.
 */
export function define(
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

/** @throws AwsError - ValidationError when a stack cannot have this name. */
export function checkName(name: string): void {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
}

/** @throws AwsError - ValidationError while an operation of the stack is under way. */
export function checkIdle(stack: StackRecord, verb: string): void {
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

/** @throws AwsError - ValidationError when the last operation left the stack so that it cannot be updated. */
export function checkUpdatable(stack: StackRecord): void {
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

/** The ARN of something of CloudFormation's; `path` is `stack/<name>/<id>`. */
export function stackArn(
  { accountId, region }: RegistryRef,
  path: string,
): string {
  return `arn:aws:cloudformation:${region}:${accountId}:${path}`;
}
