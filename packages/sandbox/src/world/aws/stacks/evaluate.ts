import { AwsError } from '../AwsError';
import { Template } from './parseTemplate';

/** What a resource that exists answers to `Ref` and `Fn::GetAtt`. */
export interface LiveResource {
  physicalId: string;
  attributes: Record<string, string>;
}

/** Everything that an expression of a template may refer to. */
export interface Scope {
  template: Template;
  parameters: Record<string, string>;
  accountId: string;
  region: string;
  stackName: string;
  stackId: string;
  /** Undefined when the resource does not exist yet. */
  resource(logicalId: string): LiveResource | undefined;
  /** What a stack of this place exports by a name; undefined when none does. */
  exported(name: string): string | undefined;
}

/** Stands for what is known only after a resource was made. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** A template imports what no stack of the place exports. */
export class NoSuchExport extends AwsError {
  constructor(name: string) {
    super('ValidationError', `No export named ${name} found`);
  }
}

const NO_VALUE = Symbol('AWS::NoValue');

function fail(message: string): never {
  throw new AwsError('ValidationError', `Template error: ${message}`);
}

/**
 * Evaluates the intrinsic functions in a value of a template.
 *
 * Members that come down to `AWS::NoValue` are left out.
 *
 * @throws AwsError - ValidationError for a function that the sandbox has not, or wrong arguments.
 */
export function evaluate(value: unknown, scope: Scope): any {
  const result = evaluateNode(value, scope);
  return result === NO_VALUE ? undefined : result;
}

/** Whether a condition of the template holds. @throws AwsError - ValidationError when there is none of that name. */
export function conditionHolds(name: string, scope: Scope): boolean {
  if (!(name in scope.template.Conditions)) {
    fail(`Unresolved condition ${name}`);
  }
  return Boolean(evaluate(scope.template.Conditions[name], scope));
}

function evaluateNode(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value
      .map(item => evaluateNode(item, scope))
      .filter(item => item !== NO_VALUE);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [name, argument] = entries[0];
    const call = functionOf(name);
    if (call) {
      return call(argument, scope);
    }
    if (name.startsWith('Fn::')) {
      fail(`the function ${name} is not in the sandbox`);
    }
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, evaluateNode(item, scope)] as const)
      .filter(([, item]) => item !== NO_VALUE),
  );
}

type Evaluator = (argument: any, scope: Scope) => unknown;

function list(argument: unknown, scope: Scope, name: string): any[] {
  const items = evaluateNode(argument, scope);
  return Array.isArray(items) ? items : fail(`${name} needs a list`);
}

function reference(name: string, scope: Scope): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return scope.accountId;
    case 'AWS::Region':
      return scope.region;
    case 'AWS::StackName':
      return scope.stackName;
    case 'AWS::StackId':
      return scope.stackId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return NO_VALUE;
    default:
  }
  if (name in scope.parameters) {
    const value = scope.parameters[name];
    const type = scope.template.Parameters[name]?.Type ?? 'String';
    return type === 'CommaDelimitedList' || type.startsWith('List<')
      ? value.split(',').map(item => item.trim())
      : value;
  }
  return scope.resource(name)?.physicalId ?? KNOWN_AFTER_APPLY;
}

function attribute(argument: unknown, scope: Scope): string {
  const [logicalId, ...path] =
    typeof argument === 'string' ? argument.split('.') : (argument as string[]);
  const name = path.join('.');
  const resource = scope.resource(logicalId);
  if (!resource) {
    return KNOWN_AFTER_APPLY;
  }
  return (
    resource.attributes[name] ??
    fail(
      `resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`,
    )
  );
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') {
    fail('Fn::Sub needs a string');
  }
  const own = (evaluateNode(variables ?? {}, scope) ?? {}) as Record<
    string,
    unknown
  >;
  return (text as string).replace(
    /\$\{(!?)([^}]+)\}/g,
    (_match, literal: string, name: string) => {
      if (literal) {
        return `\${${name}}`;
      }
      const key = name.trim();
      if (key in own) {
        return String(own[key]);
      }
      return String(
        key.includes('.') ? attribute(key, scope) : reference(key, scope),
      );
    },
  );
}

const FUNCTIONS: Record<string, Evaluator> = {
  Ref: (name, scope) => reference(String(name), scope),
  Condition: (name, scope) => conditionHolds(String(name), scope),
  'Fn::GetAtt': attribute,
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, items] = list(argument, scope, 'Fn::Join');
    return Array.isArray(items)
      ? items.join(separator)
      : fail('every Fn::Join object requires a delimiter and a list');
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = list(argument, scope, 'Fn::Split');
    return String(text).split(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(argument, scope, 'Fn::Select');
    return (
      items?.[Number(index)] ??
      fail(`Fn::Select cannot select nonexistent value at index ${index}`)
    );
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(argument, scope, 'Fn::FindInMap');
    return (
      scope.template.Mappings[map]?.[first]?.[second] ??
      fail(`Unable to get mapping for ${map}::${first}::${second}`)
    );
  },
  'Fn::ImportValue': (argument, scope) => {
    const name = String(evaluateNode(argument, scope));
    const value = scope.exported(name);
    if (value === undefined) {
      throw new NoSuchExport(name);
    }
    return value;
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(String(evaluateNode(argument, scope))).toString('base64'),
  'Fn::If': ([name, whenTrue, whenFalse], scope) =>
    evaluateNode(conditionHolds(name, scope) ? whenTrue : whenFalse, scope),
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(argument, scope, 'Fn::Equals');
    return String(left) === String(right);
  },
  'Fn::And': (argument, scope) =>
    list(argument, scope, 'Fn::And').every(Boolean),
  'Fn::Or': (argument, scope) => list(argument, scope, 'Fn::Or').some(Boolean),
  'Fn::Not': (argument, scope) => !list(argument, scope, 'Fn::Not')[0],
};

function functionOf(name: string): Evaluator | undefined {
  return FUNCTIONS[name];
}
