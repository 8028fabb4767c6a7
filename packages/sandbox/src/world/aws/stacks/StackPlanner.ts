import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../AwsError';
import { Blueprint } from './Blueprint';
import { creationOrder } from './creationOrder';
import { LiveResource } from './evaluate';
import { parseTemplate, Template } from './parseTemplate';
import {
  PlannedChange,
  ResourceRecord,
  StackDefinition,
  StackRecord,
} from './records';
import { Properties, ResourceContext, ResourceType } from './ResourceType';
import { recordOf, StackBook } from './StackBook';

/** Tells what a definition would make of a stack, and what has become of it; changes nothing. */
export class StackPlanner {
  /** @param types - what stacks can make, by the name of the type */
  constructor(
    private readonly book: StackBook,
    private readonly types: Record<string, ResourceType>,
  ) {}

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

  /** @throws AwsError - there is no such type. */
  typeOf(name: string): ResourceType {
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

  /** @throws AwsError - ValidationError when the template or its parameters do not hold together. */
  blueprint(stack: StackRecord, definition: StackDefinition): Blueprint {
    this.readTemplate(definition.templateBody);
    return new Blueprint(
      definition,
      stack,
      logicalId => this.liveResource(stack, logicalId),
      name =>
        this.book.exports(stack).find(found => found.name === name)?.value,
    );
  }

  /** One change for each resource that would be made, changed or removed; empty when none would. */
  plan(stack: StackRecord, definition: StackDefinition): PlannedChange[] {
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

  /** Whether a definition leaves the resources, tags and outputs of a stack as they are. */
  isUnchanged(stack: StackRecord, definition: StackDefinition): boolean {
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

  /**
   * @throws AwsError - InsufficientCapabilitiesException: the template makes
   * identities and the caller did not say that this is meant.
   */
  checkCapabilities({ templateBody, capabilities }: StackDefinition): void {
    const needed = capabilitiesOf(parseTemplate(templateBody));
    const given = new Set([
      ...capabilities,
      // The wider one covers both.
      ...(capabilities.includes('CAPABILITY_NAMED_IAM')
        ? ['CAPABILITY_IAM']
        : []),
    ]);
    if (!needed.every(capability => given.has(capability))) {
      throw new AwsError(
        'InsufficientCapabilitiesException',
        `Requires capabilities : [${needed.join(', ')}]`,
      );
    }
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
}

/** What a resource type is told about a resource of a stack. */
export function contextOf(
  stack: StackRecord,
  logicalId: string,
): ResourceContext {
  return {
    place: { accountId: stack.accountId, region: stack.region },
    stackId: stack.id,
    stackName: stack.name,
    logicalId,
    stackTags: stack.definition.tags,
  };
}

/** Names of the properties that differ. */
export function changedProperties(
  before: Properties,
  after: Properties,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    name => !isDeepStrictEqual(before[name], after[name]),
  );
}

/**
 * What a caller has to acknowledge before a template is used: that it makes
 * identities, or ones whose names it chooses.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export function capabilitiesOf({ Resources }: Template): string[] {
  const identities = Object.values(Resources).filter(({ Type }) =>
    Type.startsWith('AWS::IAM::'),
  );
  if (identities.length === 0) {
    return [];
  }
  const named = identities.some(
    ({ Properties: properties = {} }) =>
      'RoleName' in properties || 'ManagedPolicyName' in properties,
  );
  return [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}
