import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import {
  ACCOUNT,
  REPOSITORY_TEMPLATE,
  StackRig,
  startStacks,
} from './__testUtils__/startStacks';

describe('CloudFormation change sets and resources', () => {
  let rig: StackRig;
  beforeEach(async () => {
    rig = await startStacks();
  });
  afterEach(() => rig.aws.close());

  it('plans with change sets and executes them', async () => {
    const change = (
      ChangeSetName: string,
      ChangeSetType: 'CREATE' | 'UPDATE',
      mutability: string,
    ) =>
      rig.cfn.send(
        new CreateChangeSetCommand({
          StackName: 'orders-registry',
          ChangeSetName,
          ChangeSetType,
          TemplateBody: REPOSITORY_TEMPLATE,
          Parameters: [
            { ParameterKey: 'Name', ParameterValue: 'orders' },
            { ParameterKey: 'Mutability', ParameterValue: mutability },
          ],
        }),
      );
    const described = (ChangeSetName: string) =>
      rig.aws.soon(
        () =>
          rig.cfn.send(
            new DescribeChangeSetCommand({
              StackName: 'orders-registry',
              ChangeSetName,
            }),
          ),
        ({ Status }) => Status !== 'CREATE_PENDING',
      );
    const execute = (ChangeSetName: string) =>
      rig.cfn.send(
        new ExecuteChangeSetCommand({
          StackName: 'orders-registry',
          ChangeSetName,
        }),
      );

    await change('first', 'CREATE', 'IMMUTABLE');
    expect((await rig.describeStack('orders-registry')).StackStatus).toBe(
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
    await expect(rig.repository('orders')).rejects.toBeDefined();
    await execute('first');
    await rig.aws.soon(
      () => rig.describeStack('orders-registry'),
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
    await rig.cfn.send(
      new DeleteChangeSetCommand({
        StackName: 'orders-registry',
        ChangeSetName: 'same',
      }),
    );
    await expect(
      rig.cfn.send(
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
    await rig.aws.soon(
      () => rig.describeStack('orders-registry'),
      ({ StackStatus }) => StackStatus === 'UPDATE_COMPLETE',
    );
    expect((await rig.repository('orders')).imageTagMutability).toBe('MUTABLE');
  });

  it('tells drift from what the template says', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    const detect = async () => {
      const { StackDriftDetectionId } = await rig.cfn.send(
        new DetectStackDriftCommand({ StackName: 'orders-registry' }),
      );
      return rig.aws.soon(
        () =>
          rig.cfn.send(
            new DescribeStackDriftDetectionStatusCommand({
              StackDriftDetectionId,
            }),
          ),
        ({ DetectionStatus }) => DetectionStatus === 'DETECTION_COMPLETE',
      );
    };
    expect(
      (await rig.describeStack('orders-registry')).DriftInformation,
    ).toEqual({ StackDriftStatus: 'NOT_CHECKED' });
    expect((await detect()).StackDriftStatus).toBe('IN_SYNC');
    rig.aws.world.images.repositories.update(
      { accountId: ACCOUNT, region: 'ap-southeast-2' },
      'orders',
      { tagMutability: 'MUTABLE' },
    );
    expect(await detect()).toMatchObject({
      StackDriftStatus: 'DRIFTED',
      DriftedStackResourceCount: 1,
    });
    expect(
      (await rig.describeStack('orders-registry')).DriftInformation,
    ).toEqual({
      StackDriftStatus: 'DRIFTED',
      LastCheckTimestamp: expect.any(Date),
    });
    const { StackResourceDrifts } = await rig.cfn.send(
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

  it('tells of single resources, change sets and a template by themselves', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    const StackName = 'orders-registry';
    const { StackResourceDetail } = await rig.cfn.send(
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
      rig.cfn.send(
        new DescribeStackResourceCommand({
          StackName,
          LogicalResourceId: 'Nothing',
        }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('Resource Nothing does not exist'),
    });
    const { StackResourceSummaries } = await rig.cfn.send(
      new ListStackResourcesCommand({ StackName }),
    );
    expect(StackResourceSummaries).toHaveLength(1);
    const { Summaries } = await rig.cfn.send(
      new ListChangeSetsCommand({ StackName }),
    );
    expect(Summaries).toEqual([]);
    const { Parameters } = await rig.cfn.send(
      new ValidateTemplateCommand({ TemplateBody: REPOSITORY_TEMPLATE }),
    );
    expect(Parameters!.map(p => [p.ParameterKey, p.DefaultValue])).toEqual([
      ['Name', undefined],
      ['Keep', '30'],
      ['Mutability', 'IMMUTABLE'],
    ]);
  });
});
