import * as budgets from '@aws-sdk/client-budgets';
import * as cloudFormation from '@aws-sdk/client-cloudformation';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as costExplorer from '@aws-sdk/client-cost-explorer';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as eks from '@aws-sdk/client-eks';
import * as elastiCache from '@aws-sdk/client-elasticache';
import * as rds from '@aws-sdk/client-rds';
import * as tagging from '@aws-sdk/client-resource-groups-tagging-api';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sts from '@aws-sdk/client-sts';
import { AwsRig, ClientOptions, startAws } from './__testUtils__/startAws';

const ACCOUNT = '111100000001';
const OTHER_ACCOUNT = '111100000003';
const REGION = 'ap-southeast-2';
const OTHER_REGION = 'us-east-1';

type Call = (options: ClientOptions) => Promise<any>;

/** One call of each service that needs nothing to be there. */
const READS: Array<[service: string, call: Call]> = [
  [
    'STS',
    options =>
      new sts.STSClient(options).send(new sts.GetCallerIdentityCommand({})),
  ],
  [
    'ECR',
    options =>
      new ecr.ECRClient(options).send(new ecr.DescribeRepositoriesCommand({})),
  ],
  [
    'CloudFormation',
    options =>
      new cloudFormation.CloudFormationClient(options).send(
        new cloudFormation.DescribeStacksCommand({}),
      ),
  ],
  [
    'RDS',
    options =>
      new rds.RDSClient(options).send(new rds.DescribeDBClustersCommand({})),
  ],
  [
    'CloudWatch',
    options =>
      new cloudWatch.CloudWatchClient(options).send(
        new cloudWatch.ListMetricsCommand({}),
      ),
  ],
  [
    'Cost Explorer',
    options =>
      new costExplorer.CostExplorerClient(options).send(
        new costExplorer.GetAnomalyMonitorsCommand({}),
      ),
  ],
  [
    'Budgets',
    options =>
      new budgets.BudgetsClient(options).send(
        new budgets.DescribeBudgetsCommand({ AccountId: ACCOUNT }),
      ),
  ],
  [
    'ECS',
    options => new ecs.ECSClient(options).send(new ecs.ListClustersCommand({})),
  ],
  [
    'EKS',
    options => new eks.EKSClient(options).send(new eks.ListClustersCommand({})),
  ],
  [
    'ElastiCache',
    options =>
      new elastiCache.ElastiCacheClient(options).send(
        new elastiCache.DescribeReplicationGroupsCommand({}),
      ),
  ],
  [
    'EventBridge Scheduler',
    options =>
      new scheduler.SchedulerClient(options).send(
        new scheduler.ListSchedulesCommand({}),
      ),
  ],
  [
    'Secrets Manager',
    options =>
      new secrets.SecretsManagerClient(options).send(
        new secrets.ListSecretsCommand({}),
      ),
  ],
  [
    'Resource Groups Tagging',
    options =>
      new tagging.ResourceGroupsTaggingAPIClient(options).send(
        new tagging.GetResourcesCommand({}),
      ),
  ],
];

/** Calls for what is not there, and the class that the SDK makes of the refusal. */
const REFUSALS: Array<[error: new (...options: any[]) => Error, call: Call]> = [
  [
    ecr.RepositoryNotFoundException,
    options =>
      new ecr.ECRClient(options).send(
        new ecr.DescribeImagesCommand({ repositoryName: 'nothing' }),
      ),
  ],
  [
    cloudFormation.ChangeSetNotFoundException,
    options =>
      new cloudFormation.CloudFormationClient(options).send(
        new cloudFormation.DescribeChangeSetCommand({
          ChangeSetName: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:changeSet/nothing/1`,
        }),
      ),
  ],
  [
    rds.DBClusterNotFoundFault,
    options =>
      new rds.RDSClient(options).send(
        new rds.DescribeDBClustersCommand({ DBClusterIdentifier: 'nothing' }),
      ),
  ],
  [
    cloudWatch.ResourceNotFound,
    options =>
      new cloudWatch.CloudWatchClient(options).send(
        new cloudWatch.SetAlarmStateCommand({
          AlarmName: 'nothing',
          StateValue: 'OK',
          StateReason: 'x',
        }),
      ),
  ],
  [
    costExplorer.UnknownMonitorException,
    options =>
      new costExplorer.CostExplorerClient(options).send(
        new costExplorer.DeleteAnomalyMonitorCommand({
          MonitorArn: `arn:aws:ce::${ACCOUNT}:anomalymonitor/nothing`,
        }),
      ),
  ],
  [
    budgets.NotFoundException,
    options =>
      new budgets.BudgetsClient(options).send(
        new budgets.DescribeBudgetCommand({
          AccountId: ACCOUNT,
          BudgetName: 'nothing',
        }),
      ),
  ],
  [
    ecs.ClusterNotFoundException,
    options =>
      new ecs.ECSClient(options).send(
        new ecs.ListServicesCommand({ cluster: 'nothing' }),
      ),
  ],
  [
    eks.ResourceNotFoundException,
    options =>
      new eks.EKSClient(options).send(
        new eks.DescribeClusterCommand({ name: 'nothing' }),
      ),
  ],
  [
    elastiCache.ReplicationGroupNotFoundFault,
    options =>
      new elastiCache.ElastiCacheClient(options).send(
        new elastiCache.DescribeReplicationGroupsCommand({
          ReplicationGroupId: 'nothing',
        }),
      ),
  ],
  [
    scheduler.ResourceNotFoundException,
    options =>
      new scheduler.SchedulerClient(options).send(
        new scheduler.GetScheduleCommand({ Name: 'nothing' }),
      ),
  ],
  [
    secrets.ResourceNotFoundException,
    options =>
      new secrets.SecretsManagerClient(options).send(
        new secrets.DescribeSecretCommand({ SecretId: 'nothing' }),
      ),
  ],
  [
    sts.InvalidIdentityTokenException,
    options =>
      new sts.STSClient(options).send(
        new sts.AssumeRoleWithWebIdentityCommand({
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/read`,
          RoleSessionName: 'test',
          WebIdentityToken: 'nothing',
        }),
      ),
  ],
  [
    tagging.PaginationTokenExpiredException,
    options =>
      new tagging.ResourceGroupsTaggingAPIClient(options).send(
        new tagging.GetResourcesCommand({ PaginationToken: 'nothing' }),
      ),
  ],
];

/** Makes something of a name, and lists the names of all that are there. */
const MAKERS: Array<
  [
    service: string,
    make: (options: ClientOptions, name: string) => Promise<unknown>,
    list: (options: ClientOptions) => Promise<Array<string | undefined>>,
  ]
> = [
  [
    'ECR',
    (options, repositoryName) =>
      new ecr.ECRClient(options).send(
        new ecr.CreateRepositoryCommand({ repositoryName }),
      ),
    async options =>
      (
        await new ecr.ECRClient(options).send(
          new ecr.DescribeRepositoriesCommand({}),
        )
      ).repositories!.map(one => one.repositoryName),
  ],
  [
    'CloudWatch',
    (options, AlarmName) =>
      new cloudWatch.CloudWatchClient(options).send(
        new cloudWatch.PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'Test',
          MetricName: 'Test',
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      ),
    async options =>
      (
        await new cloudWatch.CloudWatchClient(options).send(
          new cloudWatch.DescribeAlarmsCommand({}),
        )
      ).MetricAlarms!.map(one => one.AlarmName),
  ],
  [
    'RDS',
    (options, DBClusterIdentifier) =>
      new rds.RDSClient(options).send(
        new rds.CreateDBClusterCommand({
          DBClusterIdentifier,
          Engine: 'aurora-postgresql',
          MasterUsername: 'test',
          ManageMasterUserPassword: true,
        }),
      ),
    async options =>
      (
        await new rds.RDSClient(options).send(
          new rds.DescribeDBClustersCommand({}),
        )
      ).DBClusters!.map(one => one.DBClusterIdentifier),
  ],
  [
    'ECS',
    (options, clusterName) =>
      new ecs.ECSClient(options).send(
        new ecs.CreateClusterCommand({ clusterName }),
      ),
    async options =>
      (
        await new ecs.ECSClient(options).send(new ecs.ListClustersCommand({}))
      ).clusterArns!.map(arn => arn.split('/')[1]),
  ],
  [
    'ElastiCache',
    (options, ReplicationGroupId) =>
      new elastiCache.ElastiCacheClient(options).send(
        new elastiCache.CreateReplicationGroupCommand({
          ReplicationGroupId,
          ReplicationGroupDescription: 'test',
          CacheNodeType: 'cache.t4g.micro',
          Engine: 'valkey',
        }),
      ),
    async options =>
      (
        await new elastiCache.ElastiCacheClient(options).send(
          new elastiCache.DescribeReplicationGroupsCommand({}),
        )
      ).ReplicationGroups!.map(one => one.ReplicationGroupId),
  ],
  [
    'EventBridge Scheduler',
    (options, Name) =>
      new scheduler.SchedulerClient(options).send(
        new scheduler.CreateScheduleGroupCommand({ Name }),
      ),
    async options =>
      (
        await new scheduler.SchedulerClient(options).send(
          new scheduler.ListScheduleGroupsCommand({}),
        )
      ).ScheduleGroups!.map(one => one.Name),
  ],
  [
    'Secrets Manager',
    (options, Name) =>
      new secrets.SecretsManagerClient(options).send(
        new secrets.CreateSecretCommand({ Name }),
      ),
    async options =>
      (
        await new secrets.SecretsManagerClient(options).send(
          new secrets.ListSecretsCommand({}),
        )
      ).SecretList!.map(one => one.Name),
  ],
];

describe('every service of AWS', () => {
  let aws: AwsRig;
  beforeAll(async () => {
    aws = await startAws();
  });
  afterAll(() => aws.close());

  it('F39 is throttled so that its client tries again', async () => {
    await aws.world.scenarios.start('throttled');
    const options = { ...aws.as(ACCOUNT, REGION), maxAttempts: 2 };
    const outcomes = await Promise.all(
      READS.map(async ([service, call]) => {
        const error = await call(options).catch(refused => refused);
        return [service, error.message, error.$metadata?.attempts];
      }),
    );
    await aws.world.scenarios.stop('throttled');
    expect(outcomes).toEqual(
      READS.map(([service]) => [service, 'Rate exceeded', 2]),
    );
  });

  it.each(READS)('%s answers, and lets no stranger in', async (_name, call) => {
    await expect(call(aws.as(ACCOUNT, REGION))).resolves.toBeDefined();
    await expect(call(aws.as('999999999999', REGION))).rejects.toMatchObject({
      name: expect.stringMatching(
        /^(InvalidClientTokenId|UnrecognizedClientException)$/,
      ),
    });
  });

  it.each(REFUSALS.map(([error, call]) => [error.name, error, call] as const))(
    'refuses with %s, as its client knows it',
    async (_name, error, call) => {
      await expect(call(aws.as(ACCOUNT, REGION))).rejects.toBeInstanceOf(error);
    },
  );

  it.each(MAKERS)(
    '%s keeps accounts and regions apart',
    async (_name, make, list) => {
      const here = aws.as(ACCOUNT, REGION);
      await make(here, 'only-here');
      expect(await list(here)).toContain('only-here');
      for (const elsewhere of [
        aws.as(OTHER_ACCOUNT, REGION),
        aws.as(ACCOUNT, OTHER_REGION),
      ]) {
        expect(await list(elsewhere)).not.toContain('only-here');
      }
    },
  );
});
