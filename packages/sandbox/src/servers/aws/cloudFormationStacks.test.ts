import {
  ListStackResourcesCommand,
  CancelUpdateStackCommand,
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import {
  ACCOUNT,
  CLASHING_TEMPLATE,
  REPOSITORY_TEMPLATE,
  StackRig,
  startStacks,
} from './__testUtils__/startStacks';

describe('CloudFormation stacks', () => {
  let rig: StackRig;
  beforeEach(async () => {
    rig = await startStacks();
  });
  afterEach(() => rig.aws.close());

  it('creates what the template describes, event by event', async () => {
    const { StackId } = await rig.create('orders-registry', { Name: 'orders' });
    expect(StackId).toMatch(
      /^arn:aws:cloudformation:ap-southeast-2:111100000000:stack\/orders-registry\//,
    );
    expect(await rig.describeStack('orders-registry')).toMatchObject({
      StackStatus: 'CREATE_IN_PROGRESS',
      Description: 'Image repository of a service',
    });
    await expect(rig.repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
    const waited = waitUntilStackCreateComplete(
      { client: rig.cfn, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 },
      { StackName: 'orders-registry' },
    );
    await rig.settled('orders-registry');
    expect((await waited).state).toBe('SUCCESS');

    expect(await rig.eventsOf('orders-registry')).toEqual([
      'orders-registry CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_IN_PROGRESS',
      'Repository CREATE_COMPLETE',
      'orders-registry CREATE_COMPLETE',
    ]);
    const made = await rig.repository('orders');
    expect(made).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
    expect(
      JSON.parse(
        (
          await rig.ecr.send(
            new GetLifecyclePolicyCommand({ repositoryName: 'orders' }),
          )
        ).lifecyclePolicyText!,
      ).rules[0].selection.countNumber,
    ).toBe(30);
    const { tags } = await rig.ecr.send(
      new ListTagsForResourceCommand({ resourceArn: made.repositoryArn }),
    );
    expect(tags).toEqual(
      expect.arrayContaining([
        { Key: 'System', Value: 'sample-platform-ai' },
        { Key: 'Component', Value: 'orders' },
        { Key: 'aws:cloudformation:stack-name', Value: 'orders-registry' },
      ]),
    );

    const stack = await rig.describeStack('orders-registry');
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
    const { StackResources } = await rig.cfn.send(
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
      (await rig.cfn.send(new GetTemplateCommand({ StackName: StackId })))
        .TemplateBody,
    ).toBe(REPOSITORY_TEMPLATE);
  });

  it('rolls back, and says why, when the repository exists', async () => {
    await rig.create('thief', { Name: 'sample-backend' });
    const stack = await rig.settled('thief');
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const { StackEvents } = await rig.cfn.send(
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
    expect((await rig.repository('sample-backend')).repositoryName).toBe(
      'sample-backend',
    );

    await rig.create('owner', { Name: 'contested' });
    await rig.settled('owner');
    await rig.create('contender', { Name: 'contested' });
    await rig.settled('contender');
    const { StackEvents: events } = await rig.cfn.send(
      new DescribeStackEventsCommand({ StackName: 'contender' }),
    );
    expect(
      events!.find(e => e.ResourceStatus === 'CREATE_FAILED')!
        .ResourceStatusReason,
    ).toMatch(/^contested already exists in stack arn:aws:cloudformation:/);
  });

  it('takes back what it made when a later resource fails', async () => {
    await rig.create('bucket', {}, CLASHING_TEMPLATE);
    expect((await rig.settled('bucket')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await rig.eventsOf('bucket')).toEqual([
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
    await expect(rig.repository('with-bucket')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  it('cancels an update, and protects a stack from being deleted', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    const cancel = () =>
      rig.cfn.send(
        new CancelUpdateStackCommand({ StackName: 'orders-registry' }),
      );
    await expect(cancel()).rejects.toMatchObject({ name: 'ValidationError' });
    await rig.cfn.send(
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
    expect((await rig.settled('orders-registry')).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    expect((await rig.repository('orders')).imageTagMutability).toBe(
      'IMMUTABLE',
    );

    await rig.cfn.send(
      new UpdateTerminationProtectionCommand({
        StackName: 'orders-registry',
        EnableTerminationProtection: true,
      }),
    );
    await expect(
      rig.cfn.send(new DeleteStackCommand({ StackName: 'orders-registry' })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('TerminationProtection is enabled'),
    });
  });

  it('updates in place, and refuses when nothing changes', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    const update = (mutability: string) =>
      rig.cfn.send(
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
    expect((await rig.settled('orders-registry')).StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
    expect(await rig.repository('orders')).toMatchObject({
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
    });
  });

  it('goes back to what it was when an update fails', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    await rig.cfn.send(
      new UpdateStackCommand({
        StackName: 'orders-registry',
        TemplateBody: `${REPOSITORY_TEMPLATE.replace(
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
    expect((await rig.settled('orders-registry')).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    const made = await rig.repository('orders');
    expect(made.imageTagMutability).toBe('IMMUTABLE');
    const { tags } = await rig.ecr.send(
      new ListTagsForResourceCommand({ resourceArn: made.repositoryArn }),
    );
    expect(tags).toContainEqual({ Key: 'System', Value: 'sample-platform-ai' });
  });

  it('replaces a repository whose name changes', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.settled('orders-registry');
    await rig.cfn.send(
      new UpdateStackCommand({
        StackName: 'orders-registry',
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'bookings' }],
      }),
    );
    expect((await rig.settled('orders-registry')).StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
    expect((await rig.repository('bookings')).repositoryName).toBe('bookings');
    await expect(rig.repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  it('deletes what it made, unless images are in it', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    const { StackId } = await rig.settled('orders-registry');
    rig.aws.world.images.push({
      accountId: ACCOUNT,
      region: 'ap-southeast-2',
      repository: 'orders',
      digest: `sha256:${'a'.repeat(64)}`,
      tags: ['1'],
    });
    const remove = () =>
      rig.cfn.send(new DeleteStackCommand({ StackName: 'orders-registry' }));
    await remove();
    const failed = await rig.settled('orders-registry');
    expect(failed).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: expect.stringContaining('[Repository]'),
    });

    rig.aws.world.images.deleteImage(
      { accountId: ACCOUNT, region: 'ap-southeast-2' },
      'orders',
      { tag: '1' },
    );
    await remove();
    // By id a deleted stack can still be looked at; by name it is gone.
    expect((await rig.settled(StackId!)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(rig.describeStack('orders-registry')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id orders-registry does not exist',
    });
    await expect(rig.repository('orders')).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
    const { StackSummaries } = await rig.cfn.send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    );
    expect(StackSummaries!.map(s => s.StackId)).toEqual([StackId]);
    // Deleting what is not there is no error.
    await expect(remove()).resolves.toBeDefined();
  });

  it('has what each environment stands on, again after a reset', async () => {
    const name = 'sample-platform-ai-prod-baseline';
    const prod = new CloudFormationClient(rig.aws.as('111100000003'));
    const read = async () =>
      (await prod.send(new DescribeStacksCommand({ StackName: name })))
        .Stacks![0];
    expect(await read()).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      EnableTerminationProtection: true,
      Outputs: [
        {
          OutputKey: 'ClusterRoleArn',
          OutputValue:
            'arn:aws:iam::111100000003:role/sample-platform-ai-prod-eks',
        },
      ],
    });
    const { StackResourceSummaries } = await prod.send(
      new ListStackResourcesCommand({ StackName: name }),
    );
    expect(
      StackResourceSummaries!.map(
        ({ PhysicalResourceId }) => PhysicalResourceId,
      ),
    ).toContain('/aws/eks/sample-platform-ai-prod/cluster');
    await prod.send(
      new UpdateTerminationProtectionCommand({
        StackName: name,
        EnableTerminationProtection: false,
      }),
    );
    await prod.send(new DeleteStackCommand({ StackName: name }));
    await rig.aws.soon(
      () => read().catch(() => undefined),
      stack => stack === undefined,
    );
    await rig.aws.world.runResetTasks();
    expect((await read()).StackStatus).toBe('CREATE_COMPLETE');
  });

  it('keeps accounts and regions apart', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    for (const options of [
      rig.aws.as('222200000000'),
      rig.aws.as(ACCOUNT, 'ap-southeast-4'),
    ]) {
      await expect(
        new CloudFormationClient(options).send(
          new DescribeStacksCommand({ StackName: 'orders-registry' }),
        ),
      ).rejects.toMatchObject({ name: 'ValidationError' });
    }
  });

  it('finishes after a restart what it had begun', async () => {
    await rig.create('orders-registry', { Name: 'orders' });
    await rig.aws.restart();
    expect((await rig.settled('orders-registry')).StackStatus).toBe(
      'CREATE_COMPLETE',
    );
    expect((await rig.repository('orders')).repositoryName).toBe('orders');
  });
});
