import {
  CollectionTag,
  isCollection,
  parseDocument,
  ScalarTag,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { AwsError } from '../AwsError';

/** What a template declares of one resource; values may hold intrinsic functions. */
export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
  DeletionPolicy?: string;
}

export interface TemplateParameter {
  Type: string;
  Default?: unknown;
  AllowedValues?: unknown[];
  AllowedPattern?: string;
  ConstraintDescription?: string;
  Description?: string;
  MinLength?: number | string;
  MaxLength?: number | string;
  NoEcho?: boolean | string;
}

export interface TemplateOutput {
  Value: unknown;
  Description?: string;
  Condition?: string;
  Export?: { Name: unknown };
}

/** A CloudFormation template, read but not evaluated. */
export interface Template {
  Description?: string;
  Parameters: Record<string, TemplateParameter>;
  Mappings: Record<string, Record<string, Record<string, unknown>>>;
  Conditions: Record<string, unknown>;
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, TemplateOutput>;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MAX_BODY_BYTES = 51_200;

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
];

const SHORT_FORMS = [
  'And',
  'Base64',
  'Cidr',
  'Condition',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Ref',
  'Select',
  'Split',
  'Sub',
];

/** `!Ref x` means `{Ref: x}`, `!Sub x` means `{Fn::Sub: x}`. */
function longForm(name: string, value: unknown): Record<string, unknown> {
  if (name === 'Ref' || name === 'Condition') {
    return { [name]: value };
  }
  if (name === 'GetAtt' && typeof value === 'string') {
    const [resource, ...attribute] = value.split('.');
    return { 'Fn::GetAtt': [resource, attribute.join('.')] };
  }
  return { [`Fn::${name}`]: value };
}

const shortFormTags = SHORT_FORMS.flatMap(
  (name): Array<ScalarTag | CollectionTag> => [
    { tag: `!${name}`, resolve: (text: string) => longForm(name, text) },
    ...(['seq', 'map'] as const).map(
      (collection): CollectionTag => ({
        tag: `!${name}`,
        collection,
        resolve: (node: YAMLMap | YAMLSeq) =>
          longForm(name, isCollection(node) ? node.toJSON() : node),
      }),
    ),
  ],
);

function formatError(message: string): AwsError {
  return new AwsError('ValidationError', `Template format error: ${message}`);
}

function isRecord(value: unknown): value is Record<string, any> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function readBody(body: string): unknown {
  if (/^\s*\{/.test(body)) {
    try {
      return JSON.parse(body);
    } catch (error) {
      throw formatError(`JSON not well-formed. (${(error as Error).message})`);
    }
  }
  const document = parseDocument(body, { customTags: shortFormTags });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const [position] = problem.linePos ?? [];
    throw formatError(
      position
        ? `YAML not well-formed. (line ${position.line}, column ${position.col})`
        : 'YAML not well-formed.',
    );
  }
  return document.toJS();
}

/**
 * Reads a template in JSON or YAML, short forms included.
 *
 * @throws AwsError - ValidationError `Template format error: …`
 */
export function parseTemplate(body: string): Template {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
    );
  }
  const parsed = readBody(body);
  if (!isRecord(parsed)) {
    throw formatError('unsupported structure.');
  }
  const unknown = Object.keys(parsed).filter(key => !SECTIONS.includes(key));
  if (unknown.length > 0) {
    throw new AwsError(
      'ValidationError',
      `Invalid template property or properties [${unknown.join(', ')}]`,
    );
  }
  if (parsed.Transform) {
    throw new AwsError(
      'ValidationError',
      `Transforms are not in the sandbox: ${JSON.stringify(parsed.Transform)}`,
    );
  }
  if (
    !isRecord(parsed.Resources) ||
    Object.keys(parsed.Resources).length === 0
  ) {
    throw formatError('At least one Resources member must be defined.');
  }
  for (const [logicalId, resource] of Object.entries(parsed.Resources)) {
    checkResource(logicalId, resource);
  }
  return {
    Description: parsed.Description,
    Parameters: parsed.Parameters ?? {},
    Mappings: parsed.Mappings ?? {},
    Conditions: parsed.Conditions ?? {},
    Resources: parsed.Resources,
    Outputs: parsed.Outputs ?? {},
  };
}

function checkResource(logicalId: string, resource: unknown): void {
  if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
    throw formatError(`Resource name ${logicalId} is non alphanumeric.`);
  }
  if (!isRecord(resource) || typeof resource.Type !== 'string') {
    throw formatError(
      `[/Resources/${logicalId}] Every Resources object must contain a Type member.`,
    );
  }
  if (resource.Properties !== undefined && !isRecord(resource.Properties)) {
    throw formatError(
      `[/Resources/${logicalId}/Properties] Every Properties member must be an object.`,
    );
  }
}
