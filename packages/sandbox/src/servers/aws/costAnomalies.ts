import type * as Sdk from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import {
  AnomalyVerdict,
  CostAnomaly,
  CostMonitor,
} from '../../world/aws/costs/AnomalyBook';
import { paginate } from '../../world/aws/paginate';
import { invalid } from './costInput';
import { dayFromText, dayToText } from './costPeriods';
import { CallContext, Handlers } from './handlers';

const VERDICTS = ['YES', 'NO', 'PLANNED_ACTIVITY'];
const DEFAULT_PAGE = 100;

/** Cost anomaly detection. */
export const costAnomalyHandlers: Handlers<typeof Sdk> = {
  GetAnomalies(input, context) {
    const startDay = dayFromText(input.DateInterval!.StartDate!);
    const endDay = input.DateInterval!.EndDate
      ? dayFromText(input.DateInterval!.EndDate)
      : context.aws.costs.today() + 1;
    if (startDay === undefined || endDay === undefined) {
      throw invalid('Dates are written yyyy-MM-dd');
    }
    const { anomalies } = context.aws;
    if (input.MonitorArn) {
      anomalies.getMonitor(context.accountId, input.MonitorArn);
    }
    const monitor = anomalies
      .monitorsOf(context.accountId)
      .find(({ dimension }) => dimension === 'SERVICE');
    const found = anomalies
      .anomaliesOf(context.accountId)
      .filter(
        anomaly =>
          anomaly.lastDay >= startDay &&
          anomaly.firstDay <= endDay &&
          (!input.MonitorArn || input.MonitorArn === monitor?.arn) &&
          (!input.Feedback || anomaly.feedback === input.Feedback) &&
          hasImpact(anomaly, input.TotalImpact),
      );
    const page = pageOf(found, input);
    return {
      Anomalies: page.items.map(anomaly =>
        describeAnomaly(anomaly, monitor!, context),
      ),
      NextPageToken: page.nextToken,
    };
  },

  ProvideAnomalyFeedback(input, context) {
    if (!VERDICTS.includes(input.Feedback!)) {
      throw invalid(`Feedback must be one of ${VERDICTS.join(', ')}`);
    }
    context.aws.anomalies.giveFeedback(
      context.accountId,
      input.AnomalyId!,
      input.Feedback as AnomalyVerdict,
    );
    return { AnomalyId: input.AnomalyId };
  },

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

  GetAnomalySubscriptions(input, context) {
    const monitors = context.aws.anomalies
      .monitorsOf(context.accountId)
      .filter(({ arn }) => !input.MonitorArn || arn === input.MonitorArn);
    return {
      AnomalySubscriptions: monitors.map(({ arn, name, accountId }) => ({
        SubscriptionArn: arn.replace('anomalymonitor', 'anomalysubscription'),
        SubscriptionName: `${name}-daily`,
        AccountId: accountId,
        MonitorArnList: [arn],
        Frequency: 'DAILY' as const,
        Subscribers: [
          {
            Address: 'costs@example.com',
            Type: 'EMAIL' as const,
            Status: 'CONFIRMED' as const,
          },
        ],
        ThresholdExpression: {
          Dimensions: {
            Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE' as const,
            MatchOptions: ['GREATER_THAN_OR_EQUAL' as const],
            Values: ['100'],
          },
        },
      })),
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
};

function hasImpact(
  { actual, expected }: CostAnomaly,
  filter: Sdk.TotalImpactFilter | undefined,
): boolean {
  if (!filter) {
    return true;
  }
  const impact = actual - expected;
  const { NumericOperator, StartValue, EndValue } = filter;
  switch (NumericOperator) {
    case 'EQUAL':
      return impact === StartValue;
    case 'GREATER_THAN':
      return impact > StartValue!;
    case 'GREATER_THAN_OR_EQUAL':
      return impact >= StartValue!;
    case 'LESS_THAN':
      return impact < StartValue!;
    case 'LESS_THAN_OR_EQUAL':
      return impact <= StartValue!;
    case 'BETWEEN':
      return impact >= StartValue! && impact <= EndValue!;
    default:
      throw invalid(`NumericOperator ${NumericOperator} is not known`);
  }
}

function describeAnomaly(
  anomaly: CostAnomaly,
  monitor: CostMonitor,
  { aws }: CallContext,
): Sdk.Anomaly {
  const { actual, expected } = anomaly;
  const impact = actual - expected;
  const score = Math.min(1, impact / Math.max(1, actual));
  return {
    AnomalyId: anomaly.id,
    AnomalyStartDate: `${dayToText(anomaly.firstDay)}T00:00:00Z`,
    AnomalyEndDate: `${dayToText(anomaly.lastDay)}T00:00:00Z`,
    DimensionValue: anomaly.service,
    RootCauses: anomaly.causes.map(({ line, impact: Contribution }) => ({
      Service: line.service,
      Region: line.region,
      LinkedAccount: line.accountId,
      LinkedAccountName: aws.accounts.find(({ id }) => id === line.accountId)
        ?.name,
      UsageType: line.usageType,
      Impact: { Contribution },
    })),
    AnomalyScore: { MaxScore: score, CurrentScore: score },
    Impact: {
      MaxImpact: anomaly.maxImpact,
      TotalImpact: impact,
      TotalActualSpend: actual,
      TotalExpectedSpend: expected,
      TotalImpactPercentage: (impact / expected) * 100,
    },
    MonitorArn: monitor.arn,
    Feedback: anomaly.feedback,
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

function pageOf<T>(
  items: T[],
  {
    MaxResults,
    NextPageToken,
  }: { MaxResults?: number; NextPageToken?: string },
) {
  return paginate(items, {
    token: NextPageToken,
    size: MaxResults ?? DEFAULT_PAGE,
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    ),
  });
}
