import * as budgets from '@aws-sdk/client-budgets';
import * as ce from '@aws-sdk/client-cost-explorer';
import { ACCOUNT, Step, stepsOf } from '../Step';

const call = stepsOf('budgets');
const explorer = stepsOf('ce');

const AccountId = ACCOUNT;
const own = { AccountId, BudgetName: 'realism' };
const Budget = {
  BudgetName: 'realism',
  BudgetType: 'COST' as const,
  TimeUnit: 'MONTHLY' as const,
  BudgetLimit: { Amount: '100', Unit: 'USD' },
};
const Notification = {
  NotificationType: 'ACTUAL' as const,
  ComparisonOperator: 'GREATER_THAN' as const,
  Threshold: 80,
};
const Subscribers = [
  { SubscriptionType: 'EMAIL' as const, Address: 'one@example.com' },
];

export const COST_STEPS: Step[] = [
  explorer(
    new ce.GetCostAndUsageCommand({
      TimePeriod: { Start: '2026-10-01', End: '2026-11-01' },
      Granularity: 'MONTHLY',
      Metrics: ['UnblendedCost'],
    }),
  ),
  call(new budgets.CreateBudgetCommand({ AccountId, Budget })),
  call(new budgets.CreateBudgetCommand({ AccountId, Budget }), 'again'),
  call(new budgets.DescribeBudgetCommand(own)),
  call(
    new budgets.DescribeBudgetCommand({ AccountId, BudgetName: 'none' }),
    'no such budget',
  ),
  call(
    new budgets.CreateNotificationCommand({
      ...own,
      Notification,
      Subscribers,
    }),
  ),
  call(
    new budgets.CreateNotificationCommand({
      ...own,
      Notification,
      Subscribers,
    }),
    'again',
  ),
  call(new budgets.DescribeNotificationsForBudgetCommand(own)),
  call(new budgets.DeleteNotificationCommand({ ...own, Notification })),
  call(
    new budgets.DeleteNotificationCommand({ ...own, Notification }),
    'no such notification',
  ),
  call(new budgets.DeleteBudgetCommand(own)),
  call(new budgets.DeleteBudgetCommand(own), 'no such budget'),
];
