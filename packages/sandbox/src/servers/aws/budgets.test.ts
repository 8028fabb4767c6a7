import {
  BudgetsClient,
  CreateBudgetCommand,
  CreateNotificationCommand,
  DeleteBudgetCommand,
  DeleteNotificationCommand,
  DescribeBudgetCommand,
  DescribeBudgetPerformanceHistoryCommand,
  DescribeBudgetsCommand,
  DescribeNotificationsForBudgetCommand,
  DescribeSubscribersForNotificationCommand,
  ListTagsForResourceCommand,
  paginateDescribeBudgets,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateBudgetCommand,
} from '@aws-sdk/client-budgets';
import {
  CostExplorerClient,
  GetCostAndUsageCommand,
} from '@aws-sdk/client-cost-explorer';
import { AwsRig, startAws } from './__testUtils__/startAws';

const AccountId = '111100000003';
const BudgetName = 'sample-platform-ai-prod-monthly';

describe('Budgets', () => {
  let aws: AwsRig;
  let client: BudgetsClient;
  beforeEach(async () => {
    aws = await startAws();
    client = new BudgetsClient(aws.as(AccountId, 'us-east-1'));
  });
  afterEach(() => aws.close());

  it('has the plan of each environment, spent as Cost Explorer shows it', async () => {
    const { Budget } = await client.send(
      new DescribeBudgetCommand({ AccountId, BudgetName }),
    );
    expect(Budget!.BudgetLimit).toEqual({ Amount: '4150', Unit: 'USD' });
    const now = aws.world.clock.now();
    const first = (months: number) =>
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
        .toISOString()
        .slice(0, 10);
    const { ResultsByTime } = await new CostExplorerClient(
      aws.as(AccountId, 'us-east-1'),
    ).send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: first(0), End: first(1) },
        Granularity: 'MONTHLY',
        Metrics: ['UnblendedCost'],
      }),
    );
    const spent = Number(ResultsByTime![0].Total!.UnblendedCost.Amount);
    const { ActualSpend, ForecastedSpend } = Budget!.CalculatedSpend!;
    expect(Number(ActualSpend!.Amount)).toBeCloseTo(spent, 2);
    expect(Number(ForecastedSpend!.Amount) / 4150).toBeGreaterThan(0.9);
    expect(Number(ForecastedSpend!.Amount) / 4150).toBeLessThan(1.15);

    const all = await new BudgetsClient(
      aws.as('000000000000', 'us-east-1'),
    ).send(new DescribeBudgetsCommand({ AccountId: '000000000000' }));
    expect(all.Budgets).toHaveLength(13);
    await expect(
      client.send(new DescribeBudgetsCommand({ AccountId: '000000000000' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('shows the months behind and who is told', async () => {
    const { BudgetPerformanceHistory } = await client.send(
      new DescribeBudgetPerformanceHistoryCommand({ AccountId, BudgetName }),
    );
    const months = BudgetPerformanceHistory!.BudgetedAndActualAmountsList!;
    expect(months).toHaveLength(12);
    expect(Number(months[1].ActualAmount!.Amount) / 4150).toBeGreaterThan(0.85);
    const { Notifications } = await client.send(
      new DescribeNotificationsForBudgetCommand({ AccountId, BudgetName }),
    );
    expect(Notifications!.map(n => [n.NotificationType, n.Threshold])).toEqual([
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ]);
    const { Subscribers } = await client.send(
      new DescribeSubscribersForNotificationCommand({
        AccountId,
        BudgetName,
        Notification: Notifications![0],
      }),
    );
    expect(Subscribers).toEqual([
      {
        SubscriptionType: 'EMAIL',
        Address: 'sample-platform-ai@example.com',
      },
    ]);
    const { ResourceTags } = await client.send(
      new ListTagsForResourceCommand({
        ResourceARN: `arn:aws:budgets::${AccountId}:budget/${BudgetName}`,
      }),
    );
    expect(ResourceTags).toContainEqual({ Key: 'Environment', Value: 'prod' });
  });

  it('makes, changes and deletes a budget, over a restart', async () => {
    const Budget = {
      BudgetName: 'databases',
      BudgetType: 'COST' as const,
      TimeUnit: 'MONTHLY' as const,
      BudgetLimit: { Amount: '10', Unit: 'USD' },
      CostFilters: { Service: ['Amazon Relational Database Service'] },
    };
    await client.send(new CreateBudgetCommand({ AccountId, Budget }));
    await expect(
      client.send(new CreateBudgetCommand({ AccountId, Budget })),
    ).rejects.toMatchObject({ name: 'DuplicateRecordException' });
    await expect(
      client.send(
        new CreateBudgetCommand({
          AccountId,
          Budget: { ...Budget, BudgetName: 'a:b' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const Notification = {
      NotificationType: 'FORECASTED' as const,
      ComparisonOperator: 'GREATER_THAN' as const,
      Threshold: 100,
    };
    await client.send(
      new CreateNotificationCommand({
        AccountId,
        BudgetName: 'databases',
        Notification,
        Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'a@example.com' }],
      }),
    );
    await aws.restart();
    client = new BudgetsClient(aws.as(AccountId, 'us-east-1'));
    const state = async () =>
      (
        await client.send(
          new DescribeNotificationsForBudgetCommand({
            AccountId,
            BudgetName: 'databases',
          }),
        )
      ).Notifications![0].NotificationState;
    expect(await state()).toBe('ALARM');
    await client.send(
      new UpdateBudgetCommand({
        AccountId,
        NewBudget: { ...Budget, BudgetLimit: { Amount: '9000', Unit: 'USD' } },
      }),
    );
    expect(await state()).toBe('OK');
    await client.send(
      new DeleteBudgetCommand({ AccountId, BudgetName: 'databases' }),
    );
    await expect(
      client.send(
        new DescribeBudgetCommand({ AccountId, BudgetName: 'databases' }),
      ),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('tags a budget, and gives budgets page by page', async () => {
    const ResourceARN = `arn:aws:budgets::${AccountId}:budget/${BudgetName}`;
    await client.send(
      new TagResourceCommand({
        ResourceARN,
        ResourceTags: [{ Key: 'Owner', Value: 'me' }],
      }),
    );
    await client.send(
      new UntagResourceCommand({ ResourceARN, ResourceTagKeys: ['System'] }),
    );
    const { ResourceTags } = await client.send(
      new ListTagsForResourceCommand({ ResourceARN }),
    );
    expect(ResourceTags).toEqual([
      { Key: 'Environment', Value: 'prod' },
      { Key: 'Owner', Value: 'me' },
    ]);
    await expect(
      client.send(
        new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}-x` }),
      ),
    ).rejects.toMatchObject({ name: 'NotFoundException' });

    const management = new BudgetsClient(aws.as('000000000000', 'us-east-1'));
    const pages: number[] = [];
    for await (const page of paginateDescribeBudgets(
      { client: management, pageSize: 5 },
      { AccountId: '000000000000' },
    )) {
      pages.push(page.Budgets!.length);
    }
    expect(pages).toEqual([5, 5, 3]);
    await expect(
      client.send(new DescribeBudgetsCommand({ AccountId, NextToken: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });

  it('forgets a notification, and refuses one that is there', async () => {
    const Notification = {
      NotificationType: 'ACTUAL' as const,
      ComparisonOperator: 'GREATER_THAN' as const,
      Threshold: 80,
    };
    await expect(
      client.send(
        new CreateNotificationCommand({
          AccountId,
          BudgetName,
          Notification,
          Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'a@b.example' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'DuplicateRecordException' });
    const forget = () =>
      client.send(
        new DeleteNotificationCommand({ AccountId, BudgetName, Notification }),
      );
    await forget();
    await expect(forget()).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
