import type * as Sdk from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { ACTIVE_TAGS } from '../../world/aws/costs/tags';
import { Handlers } from './handlers';

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

  GetReservationCoverage(input) {
    return { CoveragesByTime: [withoutCoverage(input.TimePeriod!)] };
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

function withoutCoverage(TimePeriod: Sdk.DateInterval): Sdk.CoverageByTime {
  return {
    TimePeriod,
    Groups: [],
    Total: {
      CoverageHours: {
        OnDemandHours: '0',
        ReservedHours: '0',
        TotalRunningHours: '0',
        CoverageHoursPercentage: '0',
      },
      CoverageCost: { OnDemandCost: '0' },
    },
  };
}
