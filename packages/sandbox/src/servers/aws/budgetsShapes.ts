import type * as Sdk from '@aws-sdk/client-budgets';
import { AwsError } from '../../world/aws/AwsError';
import {
  BUDGET_FILTERS,
  BudgetNotification,
  BudgetRecord,
  BudgetSubscriber,
} from '../../world/aws/budgets/BudgetBook';
import { UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { CallContext } from './handlers';

/** @throws AwsError - InvalidParameterException. */
export function readName(name: string): string {
  if (name.length > 100 || /[:\\]|\/action\//.test(name)) {
    throw invalid(
      'BudgetName has up to 100 characters, and no : and no \\ in it',
    );
  }
  return name;
}

/** Limit and filters. @throws AwsError - InvalidParameterException for what is not a monthly cost budget. */
export function readBudget(
  given: Sdk.Budget,
): Pick<BudgetRecord, 'limit' | 'filters'> {
  if (given.BudgetType !== 'COST' || given.TimeUnit !== 'MONTHLY') {
    throw invalid(
      `Budgets of type ${given.BudgetType} by ${given.TimeUnit} are not in the sandbox; it has COST by MONTHLY`,
    );
  }
  if (given.FilterExpression || given.PlannedBudgetLimits) {
    throw invalid(
      'FilterExpression and PlannedBudgetLimits are not in the sandbox',
    );
  }
  const { Amount, Unit } = given.BudgetLimit ?? {};
  if (!Amount || !/^\d+(\.\d+)?$/.test(Amount) || Unit !== 'USD') {
    throw invalid('BudgetLimit must be a positive amount in USD');
  }
  const filters = given.CostFilters ?? {};
  const unknown = Object.keys(filters).find(
    name => !BUDGET_FILTERS.includes(name),
  );
  if (unknown) {
    throw invalid(
      `Cost filter ${unknown} is not in the sandbox; it has ${BUDGET_FILTERS.join(
        ', ',
      )}`,
    );
  }
  return { limit: Amount, filters };
}

/** @throws AwsError - InvalidParameterException. */
export function readNotification(
  given: Sdk.Notification,
): Omit<BudgetNotification, 'subscribers'> {
  if (!(given.Threshold! > 0)) {
    throw invalid('Threshold must be above 0');
  }
  return {
    kind: given.NotificationType!,
    comparison: given.ComparisonOperator!,
    threshold: given.Threshold!,
    thresholdType: given.ThresholdType ?? 'PERCENTAGE',
  };
}

/** @throws AwsError - InvalidParameterException. */
export function readSubscriber(given: Sdk.Subscriber): BudgetSubscriber {
  if (given.SubscriptionType === 'EMAIL' && !/.+@.+/.test(given.Address!)) {
    throw invalid(`${given.Address} is no e-mail address`);
  }
  return { type: given.SubscriptionType!, address: given.Address! };
}

/** A budget with what was spent and will be. */
export function describeBudget(
  budget: BudgetRecord,
  { aws }: CallContext,
): Sdk.Budget {
  const { actual, forecast } = aws.budgets.spendOf(budget);
  return {
    BudgetName: budget.name,
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: budget.limit, Unit: 'USD' },
    CostFilters: budget.filters,
    CostTypes: {
      IncludeTax: true,
      IncludeSubscription: true,
      UseBlended: false,
      IncludeRefund: false,
      IncludeCredit: false,
      IncludeUpfront: true,
      IncludeRecurring: true,
      IncludeOtherSubscription: true,
      IncludeSupport: true,
      IncludeDiscount: true,
      UseAmortized: false,
    },
    TimePeriod: {
      Start: new Date(budget.startMs),
      End: new Date(budget.endMs),
    },
    CalculatedSpend: {
      ActualSpend: { Amount: cents(actual), Unit: 'USD' },
      ForecastedSpend: { Amount: cents(forecast), Unit: 'USD' },
    },
    LastUpdatedTime: new Date(budget.updatedAtMs),
  };
}

/** A notification with its state. */
export function describeNotification(
  notification: BudgetNotification,
  budget: BudgetRecord,
  { aws }: CallContext,
): Sdk.Notification {
  const { actual, forecast } = aws.budgets.spendOf(budget);
  const spent =
    (notification.kind === 'ACTUAL' ? actual : forecast) / UNITS_PER_DOLLAR;
  const limit =
    notification.thresholdType === 'PERCENTAGE'
      ? (Number(budget.limit) * notification.threshold) / 100
      : notification.threshold;
  const isReached = {
    GREATER_THAN: spent > limit,
    LESS_THAN: spent < limit,
    EQUAL_TO: spent === limit,
  }[notification.comparison];
  return {
    NotificationType: notification.kind,
    ComparisonOperator: notification.comparison,
    Threshold: notification.threshold,
    ThresholdType: notification.thresholdType,
    NotificationState: isReached ? 'ALARM' : 'OK',
  };
}

/** Whether two notifications are the same; who hears of them does not matter. */
export function isSame(
  a: Omit<BudgetNotification, 'subscribers'>,
  b: Omit<BudgetNotification, 'subscribers'>,
): boolean {
  return (
    a.kind === b.kind &&
    a.comparison === b.comparison &&
    a.threshold === b.threshold &&
    a.thresholdType === b.thresholdType
  );
}

/** Budgets rounds to a tenth of a cent. */
function cents(units: number): string {
  return (units / UNITS_PER_DOLLAR).toFixed(3).replace(/\.?0+$/, '') || '0';
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
