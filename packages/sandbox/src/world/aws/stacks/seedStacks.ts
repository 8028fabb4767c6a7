import { stringify } from 'yaml';
import { stableUid } from '../../kubernetes/ids';
import { SeedEnvironment, SeedPlatform } from '../../platforms';
import { noise, seedOf } from '../noise';
import { Blueprint } from './Blueprint';
import { LiveResource } from './evaluate';
import { ResourceRecord, StackEventRecord, StackRecord } from './records';
import { ResourceType } from './ResourceType';
import { contextOf } from './StackPlanner';
import { stackArn } from './stackRequests';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The stacks of the platforms: one in each environment's account, which its
 * clusters and databases stand on. What is in them is made with them.
 */
export function seedStacks(
  platforms: SeedPlatform[],
  types: Record<string, ResourceType>,
  now: Date,
): StackRecord[] {
  return platforms.flatMap(platform =>
    platform.environments
      .filter(({ accountId }) => accountId)
      .map(environment => seedStack(platform, environment, types, now)),
  );
}

function seedStack(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  types: Record<string, ResourceType>,
  now: Date,
): StackRecord {
  const name = `${platform.system}-${environment.shortName}-baseline`;
  const place = {
    accountId: environment.accountId!,
    region: environment.regions[0],
  };
  const days = 240 + Math.floor(noise(seedOf(name), 0) * 120);
  const createdAt = new Date(now.getTime() - days * DAY_MS).toISOString();
  const stack: StackRecord = {
    ...place,
    id: stackArn(place, `stack/${name}/${stableUid(`stack/${name}`)}`),
    name,
    status: 'CREATE_COMPLETE',
    description: `What ${environment.shortName} of ${platform.system} stands on`,
    definition: {
      templateBody: templateOf(platform, environment),
      parameters: {},
      tags: { Environment: environment.shortName, System: platform.system },
      capabilities: ['CAPABILITY_NAMED_IAM'],
    },
    onFailure: 'ROLLBACK',
    terminationProtection: environment.shortName === 'prod',
    notificationArns: [],
    resources: [],
    outputs: [],
    events: [],
    changeSets: [],
    createdAt,
  };
  build(stack, types);
  return stack;
}

/** Makes the resources of a stack, all in the moment in which the stack was made. */
function build(stack: StackRecord, types: Record<string, ResourceType>): void {
  const live = new Map<string, LiveResource>();
  const blueprint = new Blueprint(stack.definition, stack, id => live.get(id));
  tell(stack, stack.name, 'CREATE_IN_PROGRESS');
  for (const logicalId of blueprint.order) {
    const typeName = blueprint.typeOf(logicalId);
    const type = types[typeName];
    const context = contextOf(stack, logicalId);
    const properties = blueprint.propertiesOf(logicalId);
    const physicalId = type.create(properties, context);
    live.set(logicalId, {
      physicalId,
      attributes: type.attributes(physicalId, context),
    });
    const record: ResourceRecord = {
      logicalId,
      type: typeName,
      physicalId,
      status: 'CREATE_COMPLETE',
      properties,
      updatedAt: stack.createdAt,
    };
    stack.resources.push(record);
    tell(stack, logicalId, 'CREATE_IN_PROGRESS', record);
    tell(stack, logicalId, 'CREATE_COMPLETE', record);
  }
  stack.outputs = blueprint.outputs();
  tell(stack, stack.name, 'CREATE_COMPLETE');
}

function tell(
  stack: StackRecord,
  logicalId: string,
  status: string,
  resource?: ResourceRecord,
): void {
  const event: StackEventRecord = {
    id: resource
      ? `${logicalId}-${status}-${stableUid(`${stack.id}/${logicalId}`)}`
      : stableUid(`${stack.id}/${status}`),
    logicalId,
    physicalId: resource?.physicalId ?? stack.id,
    type: resource?.type ?? 'AWS::CloudFormation::Stack',
    status,
    properties: resource?.properties,
    at: stack.createdAt,
  };
  stack.events.unshift(event);
}

function templateOf(
  { system }: SeedPlatform,
  { shortName, runtime, cluster }: SeedEnvironment,
): string {
  const trusting = (Principal: object) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  });
  const prefix = `${system}-${shortName}`;
  return stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What ${shortName} of ${system} stands on`,
    Resources: {
      ClusterRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: `${prefix}-${runtime}`,
          AssumeRolePolicyDocument: trusting({
            Service:
              runtime === 'eks'
                ? 'eks.amazonaws.com'
                : 'ecs-tasks.amazonaws.com',
          }),
        },
      },
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName:
            runtime === 'eks'
              ? `/aws/eks/${cluster}/cluster`
              : `/ecs/${cluster}`,
          RetentionInDays: shortName === 'prod' ? 365 : 30,
        },
      },
      Cluster: {
        Type: 'AWS::SSM::Parameter',
        Properties: {
          Name: `/${system}/${shortName}/cluster`,
          Type: 'String',
          Value: cluster,
        },
      },
    },
    Outputs: {
      ClusterRoleArn: { Value: { 'Fn::GetAtt': ['ClusterRole', 'Arn'] } },
    },
  });
}
