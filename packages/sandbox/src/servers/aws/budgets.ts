import type * as Sdk from '@aws-sdk/client-budgets';
import { AwsError } from '../../world/aws/AwsError';
import {
  BudgetNotification,
  BudgetRecord,
  NO_END_MS,
} from '../../world/aws/budgets/BudgetBook';
import { monthOf, unitsToText } from '../../world/aws/costs/spend';
import { paginate } from '../../world/aws/paginate';
import {
  describeBudget,
  describeNotification,
  isSame,
  readBudget,
  readName,
  readNotification,
  readSubscriber,
} from './budgetsShapes';
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
      Budgets: page.items.map(budget => describeBudget(budget, context)),
      NextToken: page.nextToken,
    };
  },

  DescribeBudget(input, context) {
    return { Budget: describeBudget(find(input, context), context) };
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
