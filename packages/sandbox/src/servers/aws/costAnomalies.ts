import type * as Sdk from '@aws-sdk/client-cost-explorer';
import {
  AnomalyVerdict,
  CostAnomaly,
  CostMonitor,
} from '../../world/aws/costs/AnomalyBook';
import { invalid, pageOf } from './costInput';
import { dayFromText, dayToText } from './costPeriods';
import { CallContext, Handlers } from './handlers';

const VERDICTS = ['YES', 'NO', 'PLANNED_ACTIVITY'];

/** Anomalies that were detected in the costs. */
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
