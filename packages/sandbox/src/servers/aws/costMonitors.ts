import type * as Sdk from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import {
  CostMonitor,
  CostSubscription,
} from '../../world/aws/costs/AnomalyBook';
import { invalid, pageOf } from './costInput';
import { dayToText } from './costPeriods';
import { CallContext, Handlers } from './handlers';

const FREQUENCIES = ['DAILY', 'IMMEDIATE', 'WEEKLY'];

/** Monitors that look for anomalies, and who hears of them. */
export const costMonitorHandlers: Handlers<typeof Sdk> = {
  GetAnomalyMonitors(input, context) {
    const { anomalies } = context.aws;
    const found = input.MonitorArnList?.length
      ? input.MonitorArnList.map(arn =>
          anomalies.getMonitor(context.accountId, arn),
        )
      : anomalies.monitorsOf(context.accountId);
    const page = pageOf(found, input);
    return {
      AnomalyMonitors: page.items.map(monitor =>
        describeMonitor(monitor, context),
      ),
      NextPageToken: page.nextToken,
    };
  },

  CreateAnomalyMonitor(input, context) {
    const { MonitorName, MonitorType, MonitorDimension, MonitorSpecification } =
      input.AnomalyMonitor!;
    if (
      MonitorType === 'DIMENSIONAL'
        ? !MonitorDimension || MonitorSpecification
        : !MonitorSpecification || MonitorDimension
    ) {
      throw invalid(
        'A DIMENSIONAL monitor needs a MonitorDimension, a CUSTOM one a MonitorSpecification, and not the other',
      );
    }
    const { anomalies } = context.aws;
    const byService = anomalies
      .monitorsOf(context.accountId)
      .some(({ dimension }) => dimension === 'SERVICE');
    if (MonitorDimension === 'SERVICE' && byService) {
      throw new AwsError(
        'LimitExceededException',
        'Limit exceeded on dimensional spend monitor creation',
      );
    }
    const monitor = anomalies.createMonitor({
      accountId: context.accountId,
      name: MonitorName!,
      type: MonitorType!,
      dimension: MonitorDimension,
      specification: MonitorSpecification,
    });
    return { MonitorArn: monitor.arn };
  },

  UpdateAnomalyMonitor(input, context) {
    const { anomalies } = context.aws;
    const monitor = anomalies.getMonitor(context.accountId, input.MonitorArn!);
    anomalies.rename(monitor, input.MonitorName ?? monitor.name);
    return { MonitorArn: monitor.arn };
  },

  DeleteAnomalyMonitor(input, context) {
    const { anomalies } = context.aws;
    anomalies.deleteMonitor(
      anomalies.getMonitor(context.accountId, input.MonitorArn!),
    );
    return {};
  },

  GetAnomalySubscriptions(input, context) {
    const { anomalies } = context.aws;
    const all = anomalies.subscriptionsOf(context.accountId);
    const listed = input.SubscriptionArnList?.length
      ? input.SubscriptionArnList.map(arn =>
          anomalies.getSubscription(context.accountId, arn),
        )
      : all;
    const page = pageOf(
      listed.filter(
        ({ monitorArns }) =>
          !input.MonitorArn || monitorArns.includes(input.MonitorArn),
      ),
      input,
    );
    return {
      AnomalySubscriptions: page.items.map(describeSubscription),
      NextPageToken: page.nextToken,
    };
  },

  CreateAnomalySubscription(input, context) {
    const given = input.AnomalySubscription!;
    const { anomalies } = context.aws;
    const subscription = anomalies.createSubscription({
      accountId: context.accountId,
      name: given.SubscriptionName!,
      ...readSubscription(given, context),
    });
    return { SubscriptionArn: subscription.arn };
  },

  UpdateAnomalySubscription(input, context) {
    const { anomalies } = context.aws;
    const known = anomalies.getSubscription(
      context.accountId,
      input.SubscriptionArn!,
    );
    const asGiven = describeSubscription(known);
    anomalies.changeSubscription(known, {
      name: input.SubscriptionName ?? known.name,
      ...readSubscription(
        {
          MonitorArnList: input.MonitorArnList ?? asGiven.MonitorArnList,
          Subscribers: input.Subscribers ?? asGiven.Subscribers,
          Frequency: input.Frequency ?? asGiven.Frequency,
          ...(input.Threshold === undefined && {
            ThresholdExpression:
              input.ThresholdExpression ?? asGiven.ThresholdExpression,
          }),
          Threshold: input.Threshold,
        },
        context,
      ),
    });
    return { SubscriptionArn: known.arn };
  },

  DeleteAnomalySubscription(input, context) {
    const { anomalies } = context.aws;
    anomalies.deleteSubscription(
      anomalies.getSubscription(context.accountId, input.SubscriptionArn!),
    );
    return {};
  },
};

/** @throws AwsError - UnknownMonitorException, ValidationException. */
function readSubscription(
  given: Pick<
    Sdk.AnomalySubscription,
    | 'MonitorArnList'
    | 'Subscribers'
    | 'Frequency'
    | 'Threshold'
    | 'ThresholdExpression'
  >,
  { aws, accountId }: CallContext,
): Pick<
  CostSubscription,
  'monitorArns' | 'subscribers' | 'frequency' | 'threshold'
> {
  const { MonitorArnList = [], Subscribers = [], Frequency } = given;
  MonitorArnList.forEach(arn => aws.anomalies.getMonitor(accountId, arn));
  if (!FREQUENCIES.includes(Frequency!)) {
    throw invalid(`Frequency must be one of ${FREQUENCIES.join(', ')}`);
  }
  // Single alerts go to a topic, summaries to people.
  const wanted = Frequency === 'IMMEDIATE' ? 'SNS' : 'EMAIL';
  if (
    Subscribers.length === 0 ||
    Subscribers.some(({ Type }) => Type !== wanted)
  ) {
    throw invalid(
      `A subscription of frequency ${Frequency} needs subscribers of type ${wanted}`,
    );
  }
  if ((given.Threshold === undefined) === !given.ThresholdExpression) {
    throw invalid(
      'Exactly one of Threshold and ThresholdExpression must be specified',
    );
  }
  return {
    monitorArns: MonitorArnList,
    subscribers: Subscribers.map(({ Address, Type }) => ({
      address: Address!,
      type: Type!,
    })),
    frequency: Frequency!,
    threshold: given.ThresholdExpression ?? absolute(given.Threshold!),
  };
}

/** As AWS keeps an amount of dollars. */
function absolute(threshold: number): Sdk.Expression {
  return {
    Dimensions: {
      Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
      MatchOptions: ['GREATER_THAN_OR_EQUAL'],
      Values: [String(threshold)],
    },
  };
}

function describeSubscription(
  subscription: CostSubscription,
): Sdk.AnomalySubscription {
  return {
    SubscriptionArn: subscription.arn,
    SubscriptionName: subscription.name,
    AccountId: subscription.accountId,
    MonitorArnList: subscription.monitorArns,
    Frequency: subscription.frequency,
    Subscribers: subscription.subscribers.map(({ address, type }) => ({
      Address: address,
      Type: type,
      Status: 'CONFIRMED',
    })),
    ThresholdExpression: subscription.threshold as Sdk.Expression,
  };
}

function describeMonitor(
  monitor: CostMonitor,
  { aws }: CallContext,
): Sdk.AnomalyMonitor {
  return {
    MonitorArn: monitor.arn,
    MonitorName: monitor.name,
    MonitorType: monitor.type,
    MonitorDimension:
      monitor.dimension as Sdk.AnomalyMonitor['MonitorDimension'],
    MonitorSpecification: monitor.specification as Sdk.Expression | undefined,
    CreationDate: new Date(monitor.createdAtMs).toISOString(),
    LastUpdatedDate: new Date(monitor.updatedAtMs).toISOString(),
    LastEvaluatedDate: `${dayToText(aws.costs.today())}T00:00:00Z`,
    DimensionalValueCount: monitor.dimension
      ? new Set(aws.costs.lines.map(({ service }) => service)).size
      : undefined,
  };
}
