import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';

/** Cities of the AWS regions, for reading aloud. @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGION_PLACES: Record<string, string> = {
  'ap-northeast-1': 'Tokyo',
  'ap-south-1': 'Mumbai',
  'ap-southeast-1': 'Singapore',
  'ap-southeast-2': 'Sydney',
  'ap-southeast-4': 'Melbourne',
  'ca-central-1': 'Montreal',
  'eu-central-1': 'Frankfurt',
  'eu-west-1': 'Ireland',
  'eu-west-2': 'London',
  'us-east-1': 'N. Virginia',
  'us-east-2': 'Ohio',
  'us-west-1': 'N. California',
  'us-west-2': 'Oregon',
};

/** The city of a region, else the region itself. */
export function regionPlace(region: string): string {
  return REGION_PLACES[region] ?? region;
}

/** How a release gets into an environment, in words. */
export function describeDelivery(
  delivery: EnvironmentSummary['delivery'],
): string {
  if (delivery.policy === 'auto') return 'Deploys on merge';
  if (delivery.policy === 'manual') {
    return 'Promoted by whoever may, without approval';
  }
  return `Gated: ${delivery.minApprovals} approval${
    delivery.minApprovals === 1 ? '' : 's'
  } by others`;
}

const AVAILABILITY: Record<EnvironmentSummary['availability'], string> = {
  'single-host': 'Single host',
  'single-az': 'Single zone',
  'multi-az': 'Several zones',
  'regional-failover': 'Regional failover',
  'regional-and-az-failover': 'Regional and zone failover',
};

/** How an environment survives losses, in words. */
export const describeAvailability = (
  value: EnvironmentSummary['availability'],
) => AVAILABILITY[value];

const ROUTING: Record<EnvironmentSummary['routing'], string> = {
  none: 'None',
  simple: 'Simple DNS',
  latency: 'By latency',
  'latency-health-checked': 'By latency, with health checks',
};

/** How requests find an environment, in words. */
export const describeRouting = (value: EnvironmentSummary['routing']) =>
  ROUTING[value];

/** Money as people of the reader's language write it. */
export function formatMoney(money: {
  amount: string;
  currency: string;
}): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: money.currency,
    maximumFractionDigits: 0,
  }).format(Number(money.amount));
}
