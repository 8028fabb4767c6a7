import { AwsError } from '../AwsError';
import { creationOrder } from './creationOrder';
import {
  conditionHolds,
  evaluate,
  LiveResource,
  NoSuchExport,
  Scope,
} from './evaluate';
import { parseTemplate, Template } from './parseTemplate';
import { OutputRecord, StackDefinition, StackRecord } from './records';
import { Properties, ResourceType } from './ResourceType';

type StackIdentity = Pick<StackRecord, 'accountId' | 'region' | 'name' | 'id'>;

/** A stack's definition with its conditions decided: which resources it has and what they look like. */
export class Blueprint {
  readonly template: Template;
  /** Logical ids, each after those that it refers to. */
  readonly order: string[];
  /** Names of the exports that were used so far. */
  readonly imported = new Set<string>();
  private readonly scope: Scope;

  /**
   * @param resource - looks up what exists already
   * @param exported - the value that another stack exports by a name
   * @throws AwsError - ValidationError when the template or its parameters do not hold together.
   */
  constructor(
    readonly definition: StackDefinition,
    stack: StackIdentity,
    resource: (logicalId: string) => LiveResource | undefined,
    exported: (name: string) => string | undefined = () => undefined,
  ) {
    this.template = parseTemplate(definition.templateBody);
    this.scope = {
      template: this.template,
      parameters: definition.parameters,
      accountId: stack.accountId,
      region: stack.region,
      stackName: stack.name,
      stackId: stack.id,
      resource,
      exported: name => {
        const value = exported(name);
        if (value !== undefined) {
          this.imported.add(name);
        }
        return value;
      },
    };
    this.order = creationOrder(
      this.template,
      Object.entries(this.template.Resources)
        .filter(
          ([, { Condition }]) =>
            Condition === undefined || conditionHolds(Condition, this.scope),
        )
        .map(([logicalId]) => logicalId),
    );
  }

  typeOf(logicalId: string): string {
    return this.template.Resources[logicalId].Type;
  }

  deletionPolicyOf(logicalId: string): string | undefined {
    return this.template.Resources[logicalId].DeletionPolicy;
  }

  /** Properties of a resource; those that hang on resources yet to be made hold a placeholder. */
  propertiesOf(logicalId: string): Properties {
    return evaluate(
      this.template.Resources[logicalId].Properties ?? {},
      this.scope,
    );
  }

  /** Why the stack cannot be made: it imports what nobody exports. Undefined when all is there. */
  missingImport(): AwsError | undefined {
    try {
      this.order.forEach(logicalId => this.propertiesOf(logicalId));
      this.outputs();
    } catch (error) {
      if (error instanceof NoSuchExport) {
        return error;
      }
    }
    return undefined;
  }

  outputs(): OutputRecord[] {
    return Object.entries(this.template.Outputs)
      .filter(
        ([, { Condition }]) =>
          Condition === undefined || conditionHolds(Condition, this.scope),
      )
      .map(([key, { Value, Description, Export }]) => ({
        key,
        value: String(evaluate(Value, this.scope)),
        description: Description,
        exportName: Export && String(evaluate(Export.Name, this.scope)),
      }));
  }
}

/** @throws AwsError - for properties that the type does not have, or that it needs and are absent. */
export function checkProperties(
  typeName: string,
  type: ResourceType,
  properties: Properties,
): void {
  const problems = [
    ...Object.keys(properties)
      .filter(key => !type.properties.includes(key))
      .map(key => `#: extraneous key [${key}] is not permitted`),
    ...type.required
      .filter(key => properties[key] === undefined)
      .map(key => `#: required key [${key}] not found`),
  ];
  if (problems.length > 0) {
    throw new AwsError(
      'InvalidRequest',
      `Properties validation failed for resource of type ${typeName} with message: [${problems.join(
        ', ',
      )}]`,
    );
  }
}
