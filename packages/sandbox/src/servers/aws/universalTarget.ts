import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../world/aws/AwsError';
import { AwsWorld } from '../../world/aws/AwsWorld';
import { CallTarget } from '../../world/aws/scheduler/types';
import { LoadedService, loadService } from './services';
import { checkInput } from './wire/checkInput';

/** Names of services in universal targets that are not their signing names. */
const SIGNING_NAMES: Record<string, string> = {
  cloudwatch: 'monitoring',
  costexplorer: 'ce',
  resourcegroupstaggingapi: 'tagging',
};

/**
 * Calls what a schedule's target names: any operation that the sandbox serves,
 * by `arn:aws:scheduler:::aws-sdk:<service>:<operation>`.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export function universalTarget(aws: AwsWorld): CallTarget {
  return async ({ accountId, region, target }) => {
    const [, serviceName, operationName] =
      /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):(\w+)$/.exec(target.Arn) ?? [];
    const service =
      serviceName && loadService(SIGNING_NAMES[serviceName] ?? serviceName);
    const name = service && operationOf(service, operationName);
    if (!service || !name) {
      throw new AwsError(
        'ResourceNotFoundException',
        `nothing in the sandbox takes calls of ${target.Arn}`,
      );
    }
    const { input: schema } = service.model.operations.get(name)!;
    const input = withModelNames(schema, JSON.parse(target.Input || '{}'));
    const problem = schema.isStructSchema()
      ? checkInput(schema, input)
      : undefined;
    if (problem) {
      throw problem.kind === 'missing'
        ? service.missingMember(problem.path)
        : new AwsError('ValidationException', problem.message);
    }
    await service.handlers[name]!(input as Record<string, unknown>, {
      accountId,
      region,
      callerArn: target.RoleArn,
      callerId: 'scheduler',
      aws,
    });
  };
}

/** Targets write operations in lower camel case. */
function operationOf(service: LoadedService, name: string): string | undefined {
  return Object.keys(service.handlers).find(
    operation =>
      operation[0].toLocaleLowerCase('en-US') + operation.slice(1) === name,
  );
}

/** The same value with members named as the model names them; targets differ in upper and lower case. */
function withModelNames(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map(item => withModelNames(schema.getValueSchema(), item));
  }
  if (!schema.isStructSchema() || value === null || typeof value !== 'object') {
    return value;
  }
  const members = [...schema.structIterator()];
  const lower = (text: string) => text.toLocaleLowerCase('en-US');
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const member = members.find(([name]) => lower(name) === lower(key));
      return member
        ? [member[0], withModelNames(member[1], item)]
        : [key, item];
    }),
  );
}
