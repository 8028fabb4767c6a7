import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { RegistryRef } from '../registry/types';
import { Properties, ResourceContext, ResourceType } from './ResourceType';

/** How resources of a type are named that only stacks know. */
export interface PlainType {
  /** Property that holds the name; a name is made up without it. */
  nameProperty: string;
  required?: string[];
  properties: string[];
  replacedBy?: string[];
  /** S3 and ECR want lower case. */
  lowerCase?: boolean;
  /** Names are unique in all accounts and regions. */
  isGlobal?: boolean;
  attributes(name: string, place: RegistryRef): Record<string, string>;
  /** What `Ref` gives; the name unless told. */
  physicalId?(name: string, place: RegistryRef): string;
}

interface PlainRecord extends RegistryRef {
  type: string;
  physicalId: string;
  properties: Properties;
}

/**
 * Resources whose services the sandbox does not serve: stacks make, change and
 * remove them, names are taken, drift can be seen; nothing else comes of them.
 */
export class PlainResources {
  private records: PlainRecord[];
  private readonly file: JsonFile<PlainRecord[]>;

  constructor(world: Pick<World, 'dataDir' | 'onReset' | 'onClose'>) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'stack-resources.json'),
      () => this.records,
    );
    this.records = this.file.load() ?? [];
    world.onReset(() => {
      this.records = [];
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** How CloudFormation handles a type of these resources. */
  typeOf(typeName: string, plain: PlainType): ResourceType {
    const idOf = (name: string, place: RegistryRef) =>
      plain.physicalId?.(name, place) ?? name;
    const find = (physicalId: string, { place }: ResourceContext) =>
      this.records.find(
        record =>
          record.type === typeName &&
          record.physicalId === physicalId &&
          (plain.isGlobal ||
            (record.accountId === place.accountId &&
              record.region === place.region)),
      );
    return {
      properties: plain.properties,
      required: plain.required ?? [],
      replacedBy: [plain.nameProperty, ...(plain.replacedBy ?? [])],
      create: (properties, context) => {
        const name =
          properties[plain.nameProperty] ?? generatedName(context, plain);
        const physicalId = idOf(name, context.place);
        if (find(physicalId, context)) {
          throw new AwsError(
            'AlreadyExists',
            `Resource handler returned message: "${name} already exists" (RequestToken: ${randomUUID()}, HandlerErrorCode: AlreadyExists)`,
          );
        }
        this.records.push({
          accountId: context.place.accountId,
          region: context.place.region,
          type: typeName,
          physicalId,
          properties,
        });
        this.file.touch();
        return physicalId;
      },
      update: (physicalId, properties, context) => {
        const record = find(physicalId, context);
        if (!record) {
          throw new AwsError(
            'NotFound',
            `Resource handler returned message: "${physicalId} does not exist" (RequestToken: ${randomUUID()}, HandlerErrorCode: NotFound)`,
          );
        }
        record.properties = properties;
        this.file.touch();
      },
      delete: (physicalId, _properties, context) => {
        const record = find(physicalId, context);
        this.records = this.records.filter(other => other !== record);
        this.file.touch();
      },
      attributes: (physicalId, { place }) =>
        plain.attributes(physicalId, place),
      read: (physicalId, context) => find(physicalId, context)?.properties,
    };
  }
}

/** As CloudFormation names what has no name of its own. */
export function generatedName(
  { stackName, logicalId }: ResourceContext,
  { lowerCase }: { lowerCase?: boolean } = {},
): string {
  const name = `${stackName}-${logicalId}-${randomBytes(6).toString('hex')}`;
  return lowerCase ? name.toLocaleLowerCase('en-US') : name;
}
