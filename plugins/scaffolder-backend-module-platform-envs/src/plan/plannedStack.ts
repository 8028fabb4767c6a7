import {
  PlannedProperty,
  PlannedThing,
} from '@fairway/plugin-platform-envs-common';

/** What {@link plannedStack} is told. */
export interface StackParts {
  name: string;
  accountId: string;
  region: string;
  /** CloudFormation, as JSON. */
  template: string;
  outcome: 'created' | 'updated' | 'unchanged';
  /** The stack in the console, when it is there. */
  url?: string;
}

const CHANGES = {
  created: 'create',
  updated: 'update',
  unchanged: 'keep',
} as const;

/** A CloudFormation stack and each of its resources, with properties and policies. */
export function plannedStack(parts: StackParts): PlannedThing[] {
  const { name, accountId, region, template, outcome, url } = parts;
  const where = `${accountId}/${region}`;
  const change = CHANGES[outcome];
  const { Resources = {} } = JSON.parse(template) as {
    Resources?: Record<
      string,
      { Type: string; DeletionPolicy?: string; Properties?: object }
    >;
  };
  return [
    ...Object.entries(Resources).map(([id, resource]): PlannedThing => {
      const properties = propertiesOf(resource.Properties ?? {});
      return {
        kind: resource.Type.startsWith('AWS::IAM::') ? 'iam' : 'awsResource',
        name:
          properties.find(property => /^[A-Za-z]*Name$/.test(property.name))
            ?.value ?? id,
        where: resource.Type.startsWith('AWS::IAM::') ? accountId : where,
        change,
        resourceType: resource.Type,
        properties: [
          ...properties,
          ...(resource.DeletionPolicy
            ? [{ name: 'DeletionPolicy', value: resource.DeletionPolicy }]
            : []),
        ],
      };
    }),
    {
      kind: 'awsResource',
      name,
      where,
      change,
      resourceType: 'AWS::CloudFormation::Stack',
      content: `${template.trimEnd()}\n`,
      note: 'It holds the others, so that they are changed and undone together',
      ...(url && { url }),
    },
  ];
}

function propertiesOf(properties: object): PlannedProperty[] {
  return Object.entries(properties).map(([name, value]) => ({
    name,
    value: textOf(name, value),
  }));
}

function textOf(name: string, value: unknown): string {
  if (name === 'Tags' && Array.isArray(value)) {
    return value.map(({ Key, Value }) => `${Key}=${Value}`).join(', ');
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const readable = parseTexts(value);
  const line = JSON.stringify(readable);
  return line.length <= 60 ? line : JSON.stringify(readable, null, 2);
}

/** Policies are JSON in a string within JSON; people read one level. */
function parseTexts(value: unknown): unknown {
  if (typeof value === 'string' && /^[{[]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(parseTexts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, parseTexts(one)]),
    );
  }
  return value;
}
