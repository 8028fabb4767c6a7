import type {
  ForecastResult,
  GetCostForecastCommandInput,
  GetUsageForecastCommandInput,
} from '@aws-sdk/client-cost-explorer';
import { CostLine, UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { unitsToText } from '../../world/aws/costs/spend';
import { invalid, readGranularity, readPeriod } from './costInput';
import { distinct, toInterval, visibleLines } from './costLines';
import { dayToText, Granularity, periodsOf } from './costPeriods';
import { CallContext, Handlers } from './handlers';

const FORECAST_METRICS = [
  'BLENDED_COST',
  'UNBLENDED_COST',
  'AMORTIZED_COST',
  'NET_AMORTIZED_COST',
  'NET_UNBLENDED_COST',
];
// Width of the prediction interval at 80 %, as a share of the mean.
const FORECAST_SPREAD = 0.08;
const DEFAULT_PREDICTION_LEVEL = 80;

/** What costs and usage are expected to be. */
export const costForecastHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  GetCostForecast(input, context) {
    const granularity = readGranularity(input.Granularity);
    if (!FORECAST_METRICS.includes(input.Metric!)) {
      throw invalid(
        `Metric ${
          input.Metric
        } is not in the sandbox; it has ${FORECAST_METRICS.join(', ')}`,
      );
    }
    const { total, results } = forecast(input, granularity, context, units =>
      unitsToText(Math.round(units)),
    );
    return {
      Total: { Amount: unitsToText(Math.round(total)), Unit: 'USD' },
      ForecastResultsByTime: results,
    };
  },

  GetUsageForecast(input, context) {
    const granularity = readGranularity(input.Granularity);
    if (input.Metric !== 'USAGE_QUANTITY') {
      throw invalid(`Metric ${input.Metric} is not USAGE_QUANTITY`);
    }
    const lines = visibleLines(context, input.Filter);
    const units = distinct(lines.map(({ unit }) => unit));
    if (!input.Filter || units.length > 1) {
      throw invalid(
        'A usage forecast needs a filter that leaves usage of one unit, such as one USAGE_TYPE',
      );
    }
    const { total, results } = forecast(
      input,
      granularity,
      context,
      quantity => quantity.toFixed(6),
      ({ price }) => 1 / (price * UNITS_PER_DOLLAR),
    );
    return {
      Total: { Amount: total.toFixed(6), Unit: units[0] ?? 'N/A' },
      ForecastResultsByTime: results,
    };
  },
};

/** Sums of a forecast by period, each line weighed: by 1 for cost, by its price for usage. */
function forecast(
  input: GetCostForecastCommandInput | GetUsageForecastCommandInput,
  granularity: Granularity,
  context: CallContext,
  format: (value: number) => string,
  weigh: (line: CostLine) => number = () => 1,
): { total: number; results: ForecastResult[] } {
  if (granularity === 'HOURLY') {
    throw invalid('Granularity HOURLY is not DAILY or MONTHLY');
  }
  const range = readPeriod(input.TimePeriod!);
  if (range.startDay < context.aws.costs.today()) {
    throw invalid(
      `Start date must not be in the past; today is ${dayToText(
        context.aws.costs.today(),
      )}`,
    );
  }
  const lines = visibleLines(context, input.Filter);
  const level = input.PredictionIntervalLevel ?? DEFAULT_PREDICTION_LEVEL;
  const spread = (FORECAST_SPREAD * level) / DEFAULT_PREDICTION_LEVEL;
  let total = 0;
  const results = periodsOf(range, granularity).map(
    (period): ForecastResult => {
      let sum = 0;
      for (let day = period.startDay; day < period.endDay; day += 1) {
        for (const line of lines) {
          sum += context.aws.costs.forecastUnitsOn(line, day) * weigh(line);
        }
      }
      total += sum;
      return {
        TimePeriod: toInterval(period),
        MeanValue: format(sum),
        PredictionIntervalLowerBound: format(sum * (1 - spread)),
        PredictionIntervalUpperBound: format(sum * (1 + spread)),
      };
    },
  );
  return { total, results };
}
