/** A kind of usage that a service charges for. */
export interface UsageType {
  /** Without the prefix of the region, `NatGateway-Bytes`. */
  name: string;
  unit: string;
  /** US dollars for one unit. */
  price: number;
  /** Part of the service's cost. */
  share: number;
}

const of = (
  name: string,
  unit: string,
  price: number,
  share = 1,
): UsageType => ({ name, unit, price, share });

/** What the cost of each planned service consists of, at about the prices of us-east-1. */
export const USAGE_TYPES: Record<string, UsageType[]> = {
  'Amazon Elastic Compute Cloud - Compute': [
    of('BoxUsage:m6i.large', 'Hrs', 0.096),
  ],
  'EC2 - Other': [
    of('NatGateway-Hours', 'Hrs', 0.045, 0.45),
    of('NatGateway-Bytes', 'GB', 0.045, 0.25),
    of('EBS:VolumeUsage.gp3', 'GB-Mo', 0.08, 0.3),
  ],
  'Amazon Elastic Load Balancing': [
    of('LoadBalancerUsage', 'Hrs', 0.0225, 0.8),
    of('LCUUsage', 'LCU-Hrs', 0.008, 0.2),
  ],
  'Amazon Simple Storage Service': [of('TimedStorage-ByteHrs', 'GB-Mo', 0.023)],
  AmazonCloudWatch: [
    of('CW:MetricMonitorUsage', 'Metrics', 0.3, 0.5),
    of('DataProcessing-Bytes', 'GB', 0.5, 0.5),
  ],
  'AWS Data Transfer': [of('DataTransfer-Out-Bytes', 'GB', 0.09)],
  'AWS Support (Business)': [of('Dollar', 'USD', 1)],
};

const PREFIXES: Record<string, string> = {
  'us-east-1': '',
  'us-west-2': 'USW2-',
  'ap-southeast-2': 'APS2-',
  'ap-southeast-4': 'APS6-',
};

/** As Cost Explorer writes it: `APS2-NatGateway-Bytes`, without a prefix in us-east-1. */
export function usageTypeIn(
  region: string,
  { name }: Pick<UsageType, 'name'>,
): string {
  return `${PREFIXES[region] ?? `${region}-`}${name}`;
}
