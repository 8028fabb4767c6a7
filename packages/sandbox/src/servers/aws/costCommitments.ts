import type * as Sdk from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { ACTIVE_TAGS } from '../../world/aws/costs/tags';
import { CostLine, UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { unitsBetween, unitsToText } from '../../world/aws/costs/spend';
import { readGranularity, readRange } from './costInput';
import { toInterval, visibleLines } from './costLines';
import { CostPeriod, periodsOf } from './costPeriods';
import { CallContext, Handlers } from './handlers';

/** Hours that could be reserved: of instances and nodes. */
const RESERVABLE = /(?:^|-)(?:BoxUsage|InstanceUsage|Multi-AZUsage|NodeUsage):/;

/** What the sandbox's organisation has none of: commitments and cost categories; and its allocation tags. */
export const costCommitmentHandlers: Handlers<typeof Sdk> = {
  ListCostAllocationTags(input) {
    const all: Sdk.CostAllocationTag[] = [
      ...ACTIVE_TAGS.map(TagKey => ({
        TagKey,
        Type: 'UserDefined' as const,
        Status: 'Active' as const,
      })),
      { TagKey: 'Owner', Type: 'UserDefined', Status: 'Inactive' },
      { TagKey: 'aws:createdBy', Type: 'AWSGenerated', Status: 'Inactive' },
    ];
    return {
      CostAllocationTags: all.filter(
        ({ TagKey, Type, Status }) =>
          (!input.Status || Status === input.Status) &&
          (!input.Type || Type === input.Type) &&
          (!input.TagKeys?.length || input.TagKeys.includes(TagKey!)),
      ),
    };
  },

  GetCostCategories() {
    return { CostCategoryNames: [], ReturnSize: 0, TotalSize: 0 };
  },

  GetReservationCoverage(input, context) {
    const periods = periodsOf(
      readRange(input.TimePeriod!, context),
      readGranularity(input.Granularity ?? 'MONTHLY'),
    );
    const lines = visibleLines(context, input.Filter).filter(({ usageType }) =>
      RESERVABLE.test(usageType),
    );
    return {
      CoveragesByTime: periods.map(period =>
        coverageOf(period, lines, context),
      ),
    };
  },

  GetReservationUtilization() {
    throw noData();
  },

  GetSavingsPlansCoverage() {
    throw noData();
  },

  GetSavingsPlansUtilization() {
    throw noData();
  },
};

/** AWS answers so when there is no commitment in the period. */
function noData(): AwsError {
  return new AwsError(
    'DataUnavailableException',
    'The requested data is unavailable.',
  );
}

/** All hours of instances are on demand. */
function coverageOf(
  period: CostPeriod,
  lines: CostLine[],
  { aws }: CallContext,
): Sdk.CoverageByTime {
  let hours = 0;
  let units = 0;
  for (const line of lines) {
    const ofLine = unitsBetween(
      aws.costs,
      [line],
      period.startDay,
      period.endDay,
    );
    units += ofLine;
    hours += ofLine / UNITS_PER_DOLLAR / line.price;
  }
  const text = hours.toFixed(2);
  return {
    TimePeriod: toInterval(period),
    Groups: [],
    Total: {
      CoverageHours: {
        OnDemandHours: text,
        ReservedHours: '0',
        TotalRunningHours: text,
        CoverageHoursPercentage: '0',
      },
      CoverageCost: { OnDemandCost: unitsToText(units) },
    },
  };
}
