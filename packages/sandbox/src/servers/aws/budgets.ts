import type * as Sdk from '@aws-sdk/client-budgets';
import { AwsError } from '../../world/aws/AwsError';
import {
  BUDGET_FILTERS,
  BudgetNotification,
  BudgetRecord,
  BudgetSubscriber,
  NO_END_MS,
} from '../../world/aws/budgets/BudgetBook';
import { UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { monthOf, unitsToText } from '../../world/aws/costs/spend';
import { paginate } from '../../world/aws/paginate';
import { CallContext, Handlers } from './handlers';

const DAY_MS = 86_400_000;
const DEFAULT_PAGE = 100;
const MOST_NOTIFICATIONS = 10;
const HISTORY_MONTHS = 12;

/** AWS Budgets: monthly cost budgets. */
export const budgetsHandlers: Handlers<typeof Sdk> = {
  DescribeBudgets(input, context) {
    const page = pageOf(
      context.aws.budgets.of(ownAccount(input.AccountId, context)),
      input,
    );
    return {
      Budgets: page.items.map(budget => describe(budget, context)),
      NextToken: page.nextToken,
    };
  },

  DescribeBudget(input, context) {
    return { Budget: describe(find(input, context), context) };
  },

  CreateBudget(input, context) {
    const accountId = ownAccount(input.AccountId, context);
    const given = input.Budget!;
    if (context.aws.budgets.find(accountId, given.BudgetName!)) {
      throw new AwsError(
        'DuplicateRecordException',
        `Error creating budget: ${given.BudgetName} - the budget already exists.`,
      );
    }
    const month = monthOf(context.aws.clock.now());
    context.aws.budgets.add({
      accountId,
      name: readName(given.BudgetName!),
      ...readBudget(given),
      startMs: given.TimePeriod?.Start?.getTime() ?? month.startDay * DAY_MS,
      endMs: given.TimePeriod?.End?.getTime() ?? NO_END_MS,
      updatedAtMs: context.aws.clock.now().getTime(),
      notifications: (input.NotificationsWithSubscribers ?? []).map(
        ({ Notification, Subscribers }) => ({
          ...readNotification(Notification!),
          subscribers: Subscribers!.map(readSubscriber),
        }),
      ),
      tags: Object.fromEntries(
        (input.ResourceTags ?? []).map(({ Key, Value }) => [Key!, Value!]),
      ),
    });
    return {};
  },

  UpdateBudget(input, context) {
    const given = input.NewBudget!;
    const budget = find(
      { AccountId: input.AccountId, BudgetName: given.BudgetName },
      context,
    );
    Object.assign(budget, readBudget(given), {
      updatedAtMs: context.aws.clock.now().getTime(),
    });
    context.aws.budgets.changed();
    return {};
  },

  DeleteBudget(input, context) {
    context.aws.budgets.remove(find(input, context));
    return {};
  },

  DescribeNotificationsForBudget(input, context) {
    const budget = find(input, context);
    const page = pageOf(budget.notifications, input);
    return {
      Notifications: page.items.map(item =>
        describeNotification(item, budget, context),
      ),
      NextToken: page.nextToken,
    };
  },

  DescribeSubscribersForNotification(input, context) {
    const { subscribers } = findNotification(
      find(input, context),
      input.Notification!,
    );
    const page = pageOf(subscribers, input);
    return {
      Subscribers: page.items.map(({ type, address }) => ({
        SubscriptionType: type,
        Address: address,
      })),
      NextToken: page.nextToken,
    };
  },

  CreateNotification(input, context) {
    const budget = find(input, context);
    const notification = {
      ...readNotification(input.Notification!),
      subscribers: input.Subscribers!.map(readSubscriber),
    };
    if (budget.notifications.some(item => isSame(item, notification))) {
      throw new AwsError(
        'DuplicateRecordException',
        'Error creating notification: the notification already exists.',
      );
    }
    if (budget.notifications.length >= MOST_NOTIFICATIONS) {
      throw new AwsError(
        'CreationLimitExceededException',
        `A budget has at most ${MOST_NOTIFICATIONS} notifications`,
      );
    }
    budget.notifications.push(notification);
    context.aws.budgets.changed();
    return {};
  },

  DeleteNotification(input, context) {
    const budget = find(input, context);
    const gone = findNotification(budget, input.Notification!);
    budget.notifications = budget.notifications.filter(item => item !== gone);
    context.aws.budgets.changed();
    return {};
  },

  DescribeBudgetPerformanceHistory(input, context) {
    const budget = find(input, context);
    const start = input.TimePeriod?.Start?.getTime() ?? budget.startMs;
    const end = input.TimePeriod?.End?.getTime() ?? NO_END_MS;
    const months = context.aws.budgets
      .historyOf(budget, HISTORY_MONTHS)
      .filter(
        ({ startDay, endDay }) =>
          startDay * DAY_MS < end &&
          endDay * DAY_MS > Math.max(start, budget.startMs),
      )
      .reverse();
    const page = pageOf(months, input);
    return {
      BudgetPerformanceHistory: {
        BudgetName: budget.name,
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        CostFilters: budget.filters,
        BudgetedAndActualAmountsList: page.items.map(
          ({ startDay, endDay, units }) => ({
            BudgetedAmount: { Amount: budget.limit, Unit: 'USD' },
            ActualAmount: { Amount: unitsToText(units), Unit: 'USD' },
            TimePeriod: {
              Start: new Date(startDay * DAY_MS),
              End: new Date(endDay * DAY_MS),
            },
          }),
        ),
      },
      NextToken: page.nextToken,
    };
  },

  ListTagsForResource(input, context) {
    return {
      ResourceTags: Object.entries(byArn(input.ResourceARN!, context).tags).map(
        ([Key, Value]) => ({ Key, Value }),
      ),
    };
  },

  TagResource(input, context) {
    const budget = byArn(input.ResourceARN!, context);
    input.ResourceTags!.forEach(({ Key, Value }) => {
      budget.tags[Key!] = Value!;
    });
    context.aws.budgets.changed();
    return {};
  },

  UntagResource(input, context) {
    const budget = byArn(input.ResourceARN!, context);
    input.ResourceTagKeys!.forEach(key => delete budget.tags[key]);
    context.aws.budgets.changed();
    return {};
  },
};

/** @throws AwsError - AccessDeniedException for an account that is not the caller's. */
function ownAccount(
  accountId: string | undefined,
  context: CallContext,
): string {
  if (accountId !== context.accountId) {
    throw new AwsError(
      'AccessDeniedException',
      `Account ${context.accountId} is not authorized to see budgets of account ${accountId}`,
    );
  }
  return context.accountId;
}

function find(
  { AccountId, BudgetName }: { AccountId?: string; BudgetName?: string },
  context: CallContext,
): BudgetRecord {
  const found = context.aws.budgets.find(
    ownAccount(AccountId, context),
    BudgetName!,
  );
  if (!found) {
    throw new AwsError(
      'NotFoundException',
      `Unable to get budget: ${BudgetName} - the budget doesn't exist.`,
    );
  }
  return found;
}

function byArn(arn: string, context: CallContext): BudgetRecord {
  const found = context.aws.budgets
    .of(context.accountId)
    .find(({ name }) => arnOf(context.accountId, name) === arn);
  if (!found) {
    throw new AwsError('NotFoundException', `${arn} does not exist`);
  }
  return found;
}

function arnOf(accountId: string, name: string): string {
  return `arn:aws:budgets::${accountId}:budget/${name}`;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function readName(name: string): string {
  if (name.length > 100 || /[:\\]|\/action\//.test(name)) {
    throw invalid(
      'BudgetName has up to 100 characters, and no : and no \\ in it',
    );
  }
  return name;
}

function readBudget(
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

function readNotification(
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

function readSubscriber(given: Sdk.Subscriber): BudgetSubscriber {
  if (given.SubscriptionType === 'EMAIL' && !/.+@.+/.test(given.Address!)) {
    throw invalid(`${given.Address} is no e-mail address`);
  }
  return { type: given.SubscriptionType!, address: given.Address! };
}

function isSame(
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

function findNotification(
  budget: BudgetRecord,
  given: Sdk.Notification,
): BudgetNotification {
  const wanted = readNotification(given);
  const found = budget.notifications.find(item => isSame(item, wanted));
  if (!found) {
    throw new AwsError(
      'NotFoundException',
      "Unable to get notification - the notification doesn't exist.",
    );
  }
  return found;
}

function describe(budget: BudgetRecord, { aws }: CallContext): Sdk.Budget {
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

/** Budgets rounds to a tenth of a cent. */
function cents(units: number): string {
  return (units / UNITS_PER_DOLLAR).toFixed(3).replace(/\.?0+$/, '') || '0';
}

function describeNotification(
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

function pageOf<T>(
  items: T[],
  { MaxResults, NextToken }: { MaxResults?: number; NextToken?: string },
) {
  return paginate(items, {
    token: NextToken,
    size: MaxResults ?? DEFAULT_PAGE,
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid.',
    ),
  });
}
