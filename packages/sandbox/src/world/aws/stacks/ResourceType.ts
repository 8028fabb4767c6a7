import { RegistryRef } from '../ImageRegistry';

export type Properties = Record<string, any>;

/** What a resource type is told about the stack that a resource belongs to. */
export interface ResourceContext {
  place: RegistryRef;
  stackId: string;
  stackName: string;
  logicalId: string;
  /** Tags of the stack, which resources that can be tagged take over. */
  stackTags: Record<string, string>;
}

/**
 * How CloudFormation makes, changes and removes resources of one type. Each
 * method throws when the service refuses; the message becomes the reason in
 * the stack's events.
 */
export interface ResourceType {
  /** All properties that the type has. */
  readonly properties: string[];
  readonly required: string[];
  /** Properties that cannot change without a new resource. */
  readonly replacedBy: string[];
  /** Makes the resource and returns its physical id. */
  create(properties: Properties, context: ResourceContext): string;
  update(
    physicalId: string,
    properties: Properties,
    context: ResourceContext,
  ): void;
  delete(
    physicalId: string,
    properties: Properties,
    context: ResourceContext,
  ): void;
  /** What `Fn::GetAtt` gives. */
  attributes(
    physicalId: string,
    context: ResourceContext,
  ): Record<string, string>;
  /** The resource as it is now, as properties; undefined when it is gone. */
  read(physicalId: string, context: ResourceContext): Properties | undefined;
}
