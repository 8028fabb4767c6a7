import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  ACCOUNT,
  CLASHING_TEMPLATE,
  REPOSITORY_TEMPLATE,
  StackRig,
  startStacks,
} from './__testUtils__/startStacks';

describe('CloudFormation templates', () => {
  let rig: StackRig;
  beforeEach(async () => {
    rig = await startStacks();
  });
  afterEach(() => rig.aws.close());

  it('refuses a template with a type that does not exist, before anything is made', async () => {
    const unknown = CLASHING_TEMPLATE.replace(
      /AWS::ECR::Repository/,
      'AWS::Foo::Bar',
    );
    const message =
      'Template format error: Unrecognized resource types: [AWS::Foo::Bar]';
    await expect(rig.create('unknown', {}, unknown)).rejects.toMatchObject({
      name: 'ValidationError',
      message,
    });
    await expect(
      rig.cfn.send(new ValidateTemplateCommand({ TemplateBody: unknown })),
    ).rejects.toMatchObject({ message });
    await expect(rig.describeStack('unknown')).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('makes secrets, schedules and what only stacks know, and removes a stack that is being made', async () => {
    const template = `
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: by-stack, SecretString: told }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: '2012-10-17' }
  Stop:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: by-stack
      ScheduleExpression: cron(0 20 ? * MON-FRI *)
      FlexibleTimeWindow: { Mode: 'OFF' }
      Target:
        Arn: arn:aws:scheduler:::aws-sdk:rds:stopDBCluster
        RoleArn: !GetAtt Role.Arn
        Input: '{}'
Outputs:
  Role: { Value: !GetAtt Role.Arn }
`;
    await expect(rig.create('many', {}, template)).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
    await rig.create('many', {}, template, ['CAPABILITY_NAMED_IAM']);
    expect((await rig.settled('many')).StackStatus).toBe('CREATE_COMPLETE');
    const secrets = new SecretsManagerClient(rig.aws.as(ACCOUNT));
    const read = () =>
      secrets.send(new GetSecretValueCommand({ SecretId: 'by-stack' }));
    expect((await read()).SecretString).toBe('told');
    const { Target } = await new SchedulerClient(rig.aws.as(ACCOUNT)).send(
      new GetScheduleCommand({ Name: 'by-stack' }),
    );
    expect(Target!.RoleArn).toBe(
      (await rig.describeStack('many')).Outputs![0].OutputValue,
    );
    await rig.cfn.send(new DeleteStackCommand({ StackName: 'many' }));
    await rig.aws.soon(
      () =>
        read()
          .then(() => false)
          .catch(() => true),
      isGone => isGone,
    );

    await rig.create('cut-short', {}, CLASHING_TEMPLATE);
    await rig.aws.soon(
      () => rig.repository('with-bucket').catch(() => undefined),
      made => made !== undefined,
    );
    const { StackId } = await rig.describeStack('cut-short');
    await rig.cfn.send(new DeleteStackCommand({ StackName: 'cut-short' }));
    expect((await rig.settled(StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(rig.repository('with-bucket')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  it('lets stacks use what others export, and holds on to it', async () => {
    const exporting = `
Resources:
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /team } }
Outputs:
  Group: { Value: !Ref Group, Export: { Name: team-logs } }
`;
    const importing = `
Resources:
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Value: !ImportValue team-logs }
Outputs:
  Group: { Value: !ImportValue team-logs }
`;
    await rig.create('early', {}, importing);
    const { StackId } = await rig.settled('early');
    expect((await rig.settled('early')).StackStatus).toBe('ROLLBACK_COMPLETE');
    const { StackEvents } = await rig.cfn.send(
      new DescribeStackEventsCommand({ StackName: StackId }),
    );
    expect(
      StackEvents!.find(
        ({ ResourceStatus }) => ResourceStatus === 'ROLLBACK_IN_PROGRESS',
      )!.ResourceStatusReason,
    ).toBe('No export named team-logs found. Rollback requested by user.');
    await rig.create('owner', {}, exporting);
    await rig.settled('owner');
    await rig.create('user', {}, importing);
    expect((await rig.settled('user')).Outputs![0].OutputValue).toBe('/team');
    const { Exports } = await rig.cfn.send(new ListExportsCommand({}));
    expect(Exports!.map(({ Name, Value }) => [Name, Value])).toEqual([
      ['team-logs', '/team'],
    ]);
    expect(
      (await rig.cfn.send(new ListImportsCommand({ ExportName: 'team-logs' })))
        .Imports,
    ).toEqual(['user']);

    await rig.cfn.send(
      new UpdateStackCommand({
        StackName: 'owner',
        TemplateBody: exporting.replace('team-logs', 'logs-of-team'),
      }),
    );
    expect((await rig.settled('owner')).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    const { StackEvents: events } = await rig.cfn.send(
      new DescribeStackEventsCommand({ StackName: 'owner' }),
    );
    expect(
      events!.map(({ ResourceStatusReason }) => ResourceStatusReason),
    ).toContain('Export team-logs cannot be deleted as it is in use by user');

    await rig.cfn.send(new DeleteStackCommand({ StackName: 'owner' }));
    const refused = await rig.settled('owner');
    expect(refused.StackStatus).toBe('DELETE_FAILED');
    expect(refused.StackStatusReason).toContain('in use by user');
    await rig.create('second', {}, exporting.replace('/team', '/other'));
    expect((await rig.settled('second')).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  it.each([
    ['no resources', 'Description: x', 'At least one Resources member'],
    ['broken YAML', 'Resources: [', 'YAML not well-formed'],
    [
      'a reference to nothing',
      'Resources: { R: { Type: "AWS::ECR::Repository", Properties: { RepositoryName: !Ref Nothing } } }',
      'Unresolved resource dependencies [Nothing]',
    ],
    [
      'a circle',
      'Resources: { A: { Type: "AWS::ECR::Repository", DependsOn: B }, B: { Type: "AWS::ECR::Repository", DependsOn: A } }',
      'Circular dependency between resources: [A, B]',
    ],
    [
      'a parameter without a value',
      REPOSITORY_TEMPLATE,
      '[Name] must have values',
    ],
  ])('refuses a template with %s', async (_name, body, message) => {
    await expect(rig.create('refused', {}, body)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    await expect(rig.describeStack('refused')).rejects.toBeDefined();
  });

  it('refuses parameters that the template does not allow', async () => {
    await expect(
      rig.create('refused', { Name: 'x', Mutability: 'SOMETIMES' }),
    ).rejects.toMatchObject({
      message:
        "Parameter 'Mutability' must be one of AllowedValues: [MUTABLE, IMMUTABLE]",
    });
    await expect(
      rig.create('refused', { Name: 'x', Colour: 'red' }),
    ).rejects.toMatchObject({
      message: 'Parameters: [Colour] do not exist in the template',
    });
  });
});
