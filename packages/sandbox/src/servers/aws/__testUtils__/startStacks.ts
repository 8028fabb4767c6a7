import {
  Capability,
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  Stack,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  ECRClient,
  Repository,
} from '@aws-sdk/client-ecr';
import { AwsRig, startAws } from './startAws';

/** The account that stacks of the tests are in. */
export const ACCOUNT = '111100000000';

/** An image repository with everything that CloudFormation can say about one; takes `Name`. */
export const REPOSITORY_TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Description: Image repository of a service
Parameters:
  Name:
    Type: String
    AllowedPattern: '[a-z0-9-]+'
  Keep:
    Type: Number
    Default: 30
  Mutability:
    Type: String
    Default: IMMUTABLE
    AllowedValues: [MUTABLE, IMMUTABLE]
Conditions:
  Scans: !Equals [!Ref Mutability, IMMUTABLE]
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: !Ref Name
      ImageTagMutability: !Ref Mutability
      ImageScanningConfiguration:
        ScanOnPush: !If [Scans, true, false]
      EncryptionConfiguration: { EncryptionType: AES256 }
      LifecyclePolicy:
        LifecyclePolicyText: !Sub |
          {"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":\${Keep}},"action":{"type":"expire"}}]}
      RepositoryPolicyText:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { AWS: !Join ['', ['arn:aws:iam::', !Ref AWS::AccountId, ':root']] }
            Action: ['ecr:DescribeImages']
      Tags:
        - { Key: Component, Value: !Ref Name }
Outputs:
  RepositoryUri:
    Value: !GetAtt Repository.RepositoryUri
  Where:
    Value: !Sub '\${AWS::StackName} in \${AWS::Region}: \${Repository.Arn}'
`;

/** Two repositories, the second of which exists already. */
export const CLASHING_TEMPLATE = `
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: { RepositoryName: with-bucket }
  Second:
    Type: AWS::ECR::Repository
    DependsOn: Repository
    Properties: { RepositoryName: sample-backend }
`;

/** A pretend AWS with what tests of stacks ask of it. */
export interface StackRig {
  readonly aws: AwsRig;
  readonly cfn: CloudFormationClient;
  readonly ecr: ECRClient;
  describeStack(name: string): Promise<Stack>;
  /** The stack once no operation of it is under way. */
  settled(name: string): Promise<Stack>;
  /** `<logical id> <status>` of each event, oldest first. */
  eventsOf(name: string): Promise<string[]>;
  create(
    name: string,
    parameters: Record<string, string>,
    templateBody?: string,
    capabilities?: Capability[],
  ): Promise<{ StackId?: string }>;
  repository(name: string): Promise<Repository>;
}

/** Starts one; `aws.close()` ends it. Its clients have to be asked for again after a restart. */
export async function startStacks(): Promise<StackRig> {
  const aws = await startAws();
  const rig: StackRig = {
    aws,
    get cfn() {
      return new CloudFormationClient(aws.as(ACCOUNT));
    },
    get ecr() {
      return new ECRClient(aws.as(ACCOUNT));
    },
    async describeStack(StackName) {
      const { Stacks } = await rig.cfn.send(
        new DescribeStacksCommand({ StackName }),
      );
      return Stacks![0];
    },
    settled: name =>
      aws.soon(
        () => rig.describeStack(name),
        ({ StackStatus }) => !StackStatus!.endsWith('_IN_PROGRESS'),
      ),
    async eventsOf(StackName) {
      const { StackEvents } = await rig.cfn.send(
        new DescribeStackEventsCommand({ StackName }),
      );
      return StackEvents!
        .map(event => `${event.LogicalResourceId} ${event.ResourceStatus}`)
        .reverse();
    },
    create: (
      StackName,
      parameters,
      TemplateBody = REPOSITORY_TEMPLATE,
      capabilities,
    ) =>
      rig.cfn.send(
        new CreateStackCommand({
          StackName,
          TemplateBody,
          Parameters: Object.entries(parameters).map(
            ([ParameterKey, ParameterValue]) => ({
              ParameterKey,
              ParameterValue,
            }),
          ),
          Tags: [{ Key: 'System', Value: 'sample-platform-ai' }],
          Capabilities: capabilities,
        }),
      ),
    async repository(name) {
      const { repositories } = await rig.ecr.send(
        new DescribeRepositoriesCommand({ repositoryNames: [name] }),
      );
      return repositories![0];
    },
  };
  return rig;
}
