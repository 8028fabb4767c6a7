import * as cfn from '@aws-sdk/client-cloudformation';
import { PAUSE, Step, stepsOf } from '../Step';

const call = stepsOf('cloudformation');

const StackName = 'realism';
const TemplateBody = `
Description: Images of realism
Parameters:
  Mutability: { Type: String, Default: IMMUTABLE }
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: { RepositoryName: realism/stack, ImageTagMutability: !Ref Mutability }
Outputs:
  Arn: { Value: !GetAtt Repository.Arn, Export: { Name: realism-arn } }
`;
const Parameters = [{ ParameterKey: 'Mutability', ParameterValue: 'MUTABLE' }];

export const STACK_STEPS: Step[] = [
  call(new cfn.ValidateTemplateCommand({ TemplateBody })),
  call(
    new cfn.ValidateTemplateCommand({ TemplateBody: 'Resources: [' }),
    'broken',
  ),
  call(new cfn.DescribeStacksCommand({ StackName }), 'none yet'),
  call(
    new cfn.CreateStackCommand({
      StackName,
      TemplateBody,
      Tags: [{ Key: 'Team', Value: 'one' }],
    }),
  ),
  PAUSE,
  call(new cfn.CreateStackCommand({ StackName, TemplateBody }), 'again'),
  call(new cfn.DescribeStacksCommand({ StackName })),
  call(new cfn.ListStacksCommand({})),
  call(new cfn.DescribeStackEventsCommand({ StackName })),
  call(new cfn.DescribeStackResourcesCommand({ StackName })),
  call(
    new cfn.DescribeStackResourceCommand({
      StackName,
      LogicalResourceId: 'Repository',
    }),
  ),
  call(
    new cfn.DescribeStackResourceCommand({
      StackName,
      LogicalResourceId: 'None',
    }),
    'no such resource',
  ),
  call(new cfn.ListStackResourcesCommand({ StackName })),
  call(new cfn.GetTemplateCommand({ StackName })),
  call(new cfn.ListExportsCommand({})),
  call(
    new cfn.UpdateStackCommand({ StackName, UsePreviousTemplate: true }),
    'nothing to do',
  ),
  call(
    new cfn.CreateChangeSetCommand({
      StackName,
      ChangeSetName: 'mutable',
      TemplateBody,
      Parameters,
    }),
  ),
  PAUSE,
  call(
    new cfn.DescribeChangeSetCommand({ StackName, ChangeSetName: 'mutable' }),
  ),
  call(
    new cfn.DescribeChangeSetCommand({ StackName, ChangeSetName: 'none' }),
    'no such change set',
  ),
  call(new cfn.ListChangeSetsCommand({ StackName })),
  call(
    new cfn.ExecuteChangeSetCommand({ StackName, ChangeSetName: 'mutable' }),
  ),
  PAUSE,
  call(new cfn.SetStackPolicyCommand({ StackName, StackPolicyBody: '{}' })),
  call(new cfn.GetStackPolicyCommand({ StackName })),
  call(new cfn.DetectStackDriftCommand({ StackName })),
  call(
    new cfn.UpdateTerminationProtectionCommand({
      StackName,
      EnableTerminationProtection: true,
    }),
  ),
  call(new cfn.DeleteStackCommand({ StackName }), 'protected'),
  call(
    new cfn.UpdateTerminationProtectionCommand({
      StackName,
      EnableTerminationProtection: false,
    }),
  ),
  call(new cfn.DeleteStackCommand({ StackName })),
  PAUSE,
  call(new cfn.DescribeStacksCommand({ StackName }), 'deleted'),
];
