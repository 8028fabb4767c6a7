import {
  CancelUpdateStackCommand,
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import { AwsRig, startAws } from './__testUtils__/startAws';

const ACCOUNT = '111100000000';

const TEMPLATE = `
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

const BUCKET = `
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: { RepositoryName: with-bucket }
  Second:
    Type: AWS::ECR::Repository
    DependsOn: Repository
    Properties: { RepositoryName: sample-backend }
`;

describe('CloudFormation', () => {
  let aws: AwsRig;
  let cfn: CloudFormationClient;
  let ecr: ECRClient;
  beforeEach(async () => {
    aws = await startAws();
    cfn = new CloudFormationClient(aws.as(ACCOUNT));
    ecr = new ECRClient(aws.as(ACCOUNT));
  });
  afterEach(() => aws.close());

  const describeStack = async (StackName: string) =>
    (await cfn.send(new DescribeStacksCommand({ StackName }))).Stacks![0];
  const settled = (StackName: string) =>
    aws.soon(
      () => describeStack(StackName),
      ({ StackStatus }) => !StackStatus!.endsWith('_IN_PROGRESS'),
    );
  const eventsOf = async (StackName: string) =>
    (await cfn.send(new DescribeStackEventsCommand({ StackName })))
      .StackEvents!.map(
        event => `${event.LogicalResourceId} ${event.ResourceStatus}`,
      )
      .reverse();
  const create = (
    StackName: string,
    parameters: Record<string, string>,
    TemplateBody = TEMPLATE,
  ) =>
    cfn.send(
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
      }),
    );
  const repository = async (name: string) =>
    (
      await ecr.send(
        new DescribeRepositoriesCommand({ repositoryNames: [name] }),
      )
    ).repositories![0];

  it('creates what the template describes, event by event', async () => {
    const { StackId } = await create('orders-registry', { Name: 'orders' });
    expect(StackId).toMatch(
      /^arn:aws:cloudformation:ap-southeast-2:111100000000:stack\/orders-registry\//,
    );
    expect(await describeStack('orders-registry')).toMatchObject({
      StackStatus: 'CREATE_IN_PROGRESS',
      Description: 'Image repository of a service',
    });
    await expect(repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
    const waited = waitUntilStackCreateComplete(
      { client: cfn, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 },
      { StackName: 'orders-registry' },
    );
    await settled('orders-registry');
    expect((await waited).state).toBe('SUCCESS');

    expect(await eventsOf('orders-registry')).toEqual([
      'orders-registry CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_COMPLETE',
      'orders-registry CREATE_COMPLETE',
    ]);
    const made = await repository('orders');
    expect(made).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
    expect(
      JSON.parse(
        (
          await ecr.send(
            new GetLifecyclePolicyCommand({ repositoryName: 'orders' }),
          )
        ).lifecyclePolicyText!,
      ).rules[0].selection.countNumber,
    ).toBe(30);
    const { tags } = await ecr.send(
      new ListTagsForResourceCommand({ resourceArn: made.repositoryArn }),
    );
    expect(tags).toEqual(
      expect.arrayContaining([
        { Key: 'System', Value: 'sample-platform-ai' },
        { Key: 'Component', Value: 'orders' },
        { Key: 'aws:cloudformation:stack-name', Value: 'orders-registry' },
      ]),
    );

    const stack = await describeStack('orders-registry');
    expect(stack.Outputs).toEqual([
      {
        OutputKey: 'RepositoryUri',
        OutputValue: '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/orders',
      },
      {
        OutputKey: 'Where',
        OutputValue: `orders-registry in ap-southeast-2: ${made.repositoryArn}`,
      },
    ]);
    expect(stack.Parameters).toContainEqual({
      ParameterKey: 'Keep',
      ParameterValue: '30',
    });
    const { StackResources } = await cfn.send(
      new DescribeStackResourcesCommand({ StackName: StackId }),
    );
    expect(StackResources).toEqual([
      expect.objectContaining({
        LogicalResourceId: 'Repository',
        PhysicalResourceId: 'orders',
        ResourceType: 'AWS::ECR::Repository',
        ResourceStatus: 'CREATE_COMPLETE',
      }),
    ]);
    expect(
      (await cfn.send(new GetTemplateCommand({ StackName: StackId })))
        .TemplateBody,
    ).toBe(TEMPLATE);
  });

  it('rolls back, and says why, when the repository exists', async () => {
    await create('thief', { Name: 'sample-backend' });
    const stack = await settled('thief');
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const { StackEvents } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: 'thief' }),
    );
    expect(
      StackEvents!.find(e => e.ResourceStatus === 'CREATE_FAILED')!
        .ResourceStatusReason,
    ).toContain("'sample-backend' already exists in the registry");
    expect(
      StackEvents!.find(e => e.ResourceStatus === 'ROLLBACK_IN_PROGRESS')!
        .ResourceStatusReason,
    ).toContain('[Repository]');
    // What was there before is still there.
    expect((await repository('sample-backend')).repositoryName).toBe(
      'sample-backend',
    );

    await create('owner', { Name: 'contested' });
    await settled('owner');
    await create('contender', { Name: 'contested' });
    await settled('contender');
    const { StackEvents: events } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: 'contender' }),
    );
    expect(
      events!.find(e => e.ResourceStatus === 'CREATE_FAILED')!
        .ResourceStatusReason,
    ).toMatch(/^contested already exists in stack arn:aws:cloudformation:/);
  });

  it('refuses a template with a type that does not exist, before anything is made', async () => {
    const unknown = BUCKET.replace(/AWS::ECR::Repository/, 'AWS::Foo::Bar');
    const message =
      'Template format error: Unrecognized resource types: [AWS::Foo::Bar]';
    await expect(create('unknown', {}, unknown)).rejects.toMatchObject({
      name: 'ValidationError',
      message,
    });
    await expect(
      cfn.send(new ValidateTemplateCommand({ TemplateBody: unknown })),
    ).rejects.toMatchObject({ message });
    await expect(describeStack('unknown')).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('takes back what it made when a later resource fails', async () => {
    await create('bucket', {}, BUCKET);
    expect((await settled('bucket')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await eventsOf('bucket')).toEqual([
      'bucket CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_COMPLETE',
      'Second CREATE_IN_PROGRESS',
      'Second CREATE_FAILED',
      'bucket ROLLBACK_IN_PROGRESS',
      'Repository DELETE_IN_PROGRESS',
      'Repository DELETE_COMPLETE',
      'bucket ROLLBACK_COMPLETE',
    ]);
    await expect(repository('with-bucket')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
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
    await create('many', {}, template);
    expect((await settled('many')).StackStatus).toBe('CREATE_COMPLETE');
    const secrets = new SecretsManagerClient(aws.as(ACCOUNT));
    const read = () =>
      secrets.send(new GetSecretValueCommand({ SecretId: 'by-stack' }));
    expect((await read()).SecretString).toBe('told');
    const { Target } = await new SchedulerClient(aws.as(ACCOUNT)).send(
      new GetScheduleCommand({ Name: 'by-stack' }),
    );
    expect(Target!.RoleArn).toBe(
      (await describeStack('many')).Outputs![0].OutputValue,
    );
    await cfn.send(new DeleteStackCommand({ StackName: 'many' }));
    await aws.soon(
      () =>
        read()
          .then(() => false)
          .catch(() => true),
      isGone => isGone,
    );

    await create('cut-short', {}, BUCKET);
    await aws.soon(
      () => repository('with-bucket').catch(() => undefined),
      made => made !== undefined,
    );
    const { StackId } = await describeStack('cut-short');
    await cfn.send(new DeleteStackCommand({ StackName: 'cut-short' }));
    expect((await settled(StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(repository('with-bucket')).rejects.toMatchObject({
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
    await create('early', {}, importing);
    const { StackId } = await settled('early');
    expect((await settled('early')).StackStatus).toBe('ROLLBACK_COMPLETE');
    const { StackEvents } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: StackId }),
    );
    expect(
      StackEvents!.find(
        ({ ResourceStatus }) => ResourceStatus === 'ROLLBACK_IN_PROGRESS',
      )!.ResourceStatusReason,
    ).toBe('No export named team-logs found. Rollback requested by user.');
    await create('owner', {}, exporting);
    await settled('owner');
    await create('user', {}, importing);
    expect((await settled('user')).Outputs![0].OutputValue).toBe('/team');
    const { Exports } = await cfn.send(new ListExportsCommand({}));
    expect(Exports!.map(({ Name, Value }) => [Name, Value])).toEqual([
      ['team-logs', '/team'],
    ]);
    expect(
      (await cfn.send(new ListImportsCommand({ ExportName: 'team-logs' })))
        .Imports,
    ).toEqual(['user']);

    await cfn.send(new DeleteStackCommand({ StackName: 'owner' }));
    const refused = await settled('owner');
    expect(refused.StackStatus).toBe('DELETE_FAILED');
    expect(refused.StackStatusReason).toContain('in use by user');
    await create('second', {}, exporting.replace('/team', '/other'));
    expect((await settled('second')).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  it('cancels an update, and protects a stack from being deleted', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    const cancel = () =>
      cfn.send(new CancelUpdateStackCommand({ StackName: 'orders-registry' }));
    await expect(cancel()).rejects.toMatchObject({ name: 'ValidationError' });
    await cfn.send(
      new UpdateStackCommand({
        StackName: 'orders-registry',
        UsePreviousTemplate: true,
        Parameters: [
          { ParameterKey: 'Name', UsePreviousValue: true },
          { ParameterKey: 'Mutability', ParameterValue: 'MUTABLE' },
        ],
      }),
    );
    await cancel();
    expect((await settled('orders-registry')).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    expect((await repository('orders')).imageTagMutability).toBe('IMMUTABLE');

    await cfn.send(
      new UpdateTerminationProtectionCommand({
        StackName: 'orders-registry',
        EnableTerminationProtection: true,
      }),
    );
    await expect(
      cfn.send(new DeleteStackCommand({ StackName: 'orders-registry' })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('TerminationProtection is enabled'),
    });
  });

  it('updates in place, and refuses when nothing changes', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    const update = (mutability: string) =>
      cfn.send(
        new UpdateStackCommand({
          StackName: 'orders-registry',
          UsePreviousTemplate: true,
          Parameters: [
            { ParameterKey: 'Name', UsePreviousValue: true },
            { ParameterKey: 'Mutability', ParameterValue: mutability },
          ],
        }),
      );
    await expect(update('IMMUTABLE')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });

    await update('MUTABLE');
    await expect(update('IMMUTABLE')).rejects.toMatchObject({
      message: expect.stringContaining(
        'is in UPDATE_IN_PROGRESS state and can not be updated',
      ),
    });
    expect((await settled('orders-registry')).StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
    expect(await repository('orders')).toMatchObject({
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
    });
  });

  it('goes back to what it was when an update fails', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    await cfn.send(
      new UpdateStackCommand({
        StackName: 'orders-registry',
        TemplateBody: `${TEMPLATE.replace(
          'ImageTagMutability: !Ref Mutability',
          'ImageTagMutability: MUTABLE',
        ).replace(
          'Outputs:',
          '  Second: { Type: AWS::ECR::Repository, DependsOn: Repository, Properties: { RepositoryName: sample-backend } }\nOutputs:',
        )}`,
        Parameters: [{ ParameterKey: 'Name', UsePreviousValue: true }],
        Tags: [{ Key: 'System', Value: 'other' }],
      }),
    );
    expect((await settled('orders-registry')).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    const made = await repository('orders');
    expect(made.imageTagMutability).toBe('IMMUTABLE');
    const { tags } = await ecr.send(
      new ListTagsForResourceCommand({ resourceArn: made.repositoryArn }),
    );
    expect(tags).toContainEqual({ Key: 'System', Value: 'sample-platform-ai' });
  });

  it('replaces a repository whose name changes', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    await cfn.send(
      new UpdateStackCommand({
        StackName: 'orders-registry',
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'bookings' }],
      }),
    );
    expect((await settled('orders-registry')).StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
    expect((await repository('bookings')).repositoryName).toBe('bookings');
    await expect(repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  it('plans with change sets and executes them', async () => {
    const change = (
      ChangeSetName: string,
      ChangeSetType: 'CREATE' | 'UPDATE',
      mutability: string,
    ) =>
      cfn.send(
        new CreateChangeSetCommand({
          StackName: 'orders-registry',
          ChangeSetName,
          ChangeSetType,
          TemplateBody: TEMPLATE,
          Parameters: [
            { ParameterKey: 'Name', ParameterValue: 'orders' },
            { ParameterKey: 'Mutability', ParameterValue: mutability },
          ],
        }),
      );
    const described = (ChangeSetName: string) =>
      aws.soon(
        () =>
          cfn.send(
            new DescribeChangeSetCommand({
              StackName: 'orders-registry',
              ChangeSetName,
            }),
          ),
        ({ Status }) => Status !== 'CREATE_PENDING',
      );
    const execute = (ChangeSetName: string) =>
      cfn.send(
        new ExecuteChangeSetCommand({
          StackName: 'orders-registry',
          ChangeSetName,
        }),
      );

    await change('first', 'CREATE', 'IMMUTABLE');
    expect((await describeStack('orders-registry')).StackStatus).toBe(
      'REVIEW_IN_PROGRESS',
    );
    await expect(execute('first')).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
    expect(await described('first')).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [
        {
          Type: 'Resource',
          ResourceChange: {
            Action: 'Add',
            LogicalResourceId: 'Repository',
            ResourceType: 'AWS::ECR::Repository',
          },
        },
      ],
    });
    await expect(repository('orders')).rejects.toBeDefined();
    await execute('first');
    await aws.soon(
      () => describeStack('orders-registry'),
      ({ StackStatus }) => StackStatus === 'CREATE_COMPLETE',
    );

    await change('same', 'UPDATE', 'IMMUTABLE');
    expect(await described('same')).toMatchObject({
      Status: 'FAILED',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
      ExecutionStatus: 'UNAVAILABLE',
    });
    await expect(execute('same')).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
      message: expect.stringContaining(
        'cannot be executed in its current status of [FAILED]',
      ),
    });
    await cfn.send(
      new DeleteChangeSetCommand({
        StackName: 'orders-registry',
        ChangeSetName: 'same',
      }),
    );
    await expect(
      cfn.send(
        new DescribeChangeSetCommand({
          StackName: 'orders-registry',
          ChangeSetName: 'same',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });

    await change('second', 'UPDATE', 'MUTABLE');
    expect(await described('second')).toMatchObject({
      Changes: [
        {
          ResourceChange: {
            Action: 'Modify',
            PhysicalResourceId: 'orders',
            Replacement: 'False',
            Scope: ['Properties'],
          },
        },
      ],
    });
    await execute('second');
    await aws.soon(
      () => describeStack('orders-registry'),
      ({ StackStatus }) => StackStatus === 'UPDATE_COMPLETE',
    );
    expect((await repository('orders')).imageTagMutability).toBe('MUTABLE');
  });

  it('deletes what it made, unless images are in it', async () => {
    await create('orders-registry', { Name: 'orders' });
    const { StackId } = await settled('orders-registry');
    aws.world.images.push({
      accountId: ACCOUNT,
      region: 'ap-southeast-2',
      repository: 'orders',
      digest: `sha256:${'a'.repeat(64)}`,
      tags: ['1'],
    });
    const remove = () =>
      cfn.send(new DeleteStackCommand({ StackName: 'orders-registry' }));
    await remove();
    const failed = await settled('orders-registry');
    expect(failed).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: expect.stringContaining('[Repository]'),
    });

    aws.world.images.deleteImage(
      { accountId: ACCOUNT, region: 'ap-southeast-2' },
      'orders',
      { tag: '1' },
    );
    await remove();
    // By id a deleted stack can still be looked at; by name it is gone.
    expect((await settled(StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(describeStack('orders-registry')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id orders-registry does not exist',
    });
    await expect(repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
    const { StackSummaries } = await cfn.send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    );
    expect(StackSummaries!.map(s => s.StackId)).toEqual([StackId]);
    // Deleting what is not there is no error.
    await expect(remove()).resolves.toBeDefined();
  });

  it('tells drift from what the template says', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    const detect = async () => {
      const { StackDriftDetectionId } = await cfn.send(
        new DetectStackDriftCommand({ StackName: 'orders-registry' }),
      );
      return aws.soon(
        () =>
          cfn.send(
            new DescribeStackDriftDetectionStatusCommand({
              StackDriftDetectionId,
            }),
          ),
        ({ DetectionStatus }) => DetectionStatus === 'DETECTION_COMPLETE',
      );
    };
    expect((await detect()).StackDriftStatus).toBe('IN_SYNC');
    aws.world.images.updateRepository(
      { accountId: ACCOUNT, region: 'ap-southeast-2' },
      'orders',
      { tagMutability: 'MUTABLE' },
    );
    expect(await detect()).toMatchObject({
      StackDriftStatus: 'DRIFTED',
      DriftedStackResourceCount: 1,
    });
    const { StackResourceDrifts } = await cfn.send(
      new DescribeStackResourceDriftsCommand({ StackName: 'orders-registry' }),
    );
    expect(StackResourceDrifts![0]).toMatchObject({
      StackResourceDriftStatus: 'MODIFIED',
      PropertyDifferences: [
        {
          PropertyPath: '/ImageTagMutability',
          ExpectedValue: '"IMMUTABLE"',
          ActualValue: '"MUTABLE"',
        },
      ],
    });
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
    ['a parameter without a value', TEMPLATE, '[Name] must have values'],
  ])('refuses a template with %s', async (_name, body, message) => {
    await expect(create('refused', {}, body)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    await expect(describeStack('refused')).rejects.toBeDefined();
  });

  it('refuses parameters that the template does not allow', async () => {
    await expect(
      create('refused', { Name: 'x', Mutability: 'SOMETIMES' }),
    ).rejects.toMatchObject({
      message:
        "Parameter 'Mutability' must be one of AllowedValues: [MUTABLE, IMMUTABLE]",
    });
    await expect(
      create('refused', { Name: 'x', Colour: 'red' }),
    ).rejects.toMatchObject({
      message: 'Parameters: [Colour] do not exist in the template',
    });
  });

  it('tells of single resources, change sets and a template by themselves', async () => {
    await create('orders-registry', { Name: 'orders' });
    await settled('orders-registry');
    const StackName = 'orders-registry';
    const { StackResourceDetail } = await cfn.send(
      new DescribeStackResourceCommand({
        StackName,
        LogicalResourceId: 'Repository',
      }),
    );
    expect(StackResourceDetail).toMatchObject({
      PhysicalResourceId: 'orders',
      LastUpdatedTimestamp: expect.any(Date),
    });
    await expect(
      cfn.send(
        new DescribeStackResourceCommand({
          StackName,
          LogicalResourceId: 'Nothing',
        }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('Resource Nothing does not exist'),
    });
    const { StackResourceSummaries } = await cfn.send(
      new ListStackResourcesCommand({ StackName }),
    );
    expect(StackResourceSummaries).toHaveLength(1);
    const { Summaries } = await cfn.send(
      new ListChangeSetsCommand({ StackName }),
    );
    expect(Summaries).toEqual([]);
    const { Parameters } = await cfn.send(
      new ValidateTemplateCommand({ TemplateBody: TEMPLATE }),
    );
    expect(Parameters!.map(p => [p.ParameterKey, p.DefaultValue])).toEqual([
      ['Name', undefined],
      ['Keep', '30'],
      ['Mutability', 'IMMUTABLE'],
    ]);
  });

  it('keeps accounts and regions apart', async () => {
    await create('orders-registry', { Name: 'orders' });
    for (const options of [
      aws.as('222200000000'),
      aws.as(ACCOUNT, 'ap-southeast-4'),
    ]) {
      await expect(
        new CloudFormationClient(options).send(
          new DescribeStacksCommand({ StackName: 'orders-registry' }),
        ),
      ).rejects.toMatchObject({ name: 'ValidationError' });
    }
  });

  it('finishes after a restart what it had begun', async () => {
    await create('orders-registry', { Name: 'orders' });
    await aws.restart();
    cfn = new CloudFormationClient(aws.as(ACCOUNT));
    ecr = new ECRClient(aws.as(ACCOUNT));
    expect((await settled('orders-registry')).StackStatus).toBe(
      'CREATE_COMPLETE',
    );
    expect((await repository('orders')).repositoryName).toBe('orders');
  });
});
