/** What a region charges, in `currency`, as decimal strings. */
export interface RegionPrices {
  /** Fargate on Linux/x86, an hour of one vCPU. */
  fargateVcpuHour: string;
  /** Fargate on Linux/x86, an hour of one gigabyte. */
  fargateGbHour: string;
  /** A {@link PriceTable.node} on demand, an hour. */
  nodeHour: string;
  /** ECR, a gigabyte kept for a month. */
  ecrGbMonth: string;
  /** S3 Standard, a gigabyte kept for a month. */
  s3GbMonth: string;
  /** CloudFront, a gigabyte sent to people near the region. */
  cloudFrontGb: string;
  /** Secrets Manager, a secret kept for a month. */
  secretMonth: string;
  /** SQS standard queues, a million requests. */
  sqsMillionRequests: string;
}

/** Prices of one day. */
export interface PriceTable {
  /** The day for which they hold, `YYYY-MM-DD`. */
  pricedOn: string;
  /** ISO 4217. */
  currency: string;
  /** The kind of node whose share a pod is charged with. */
  node: { instanceType: string; vcpu: string; gib: string };
  /** By name of the region. One that is not here has no price: never zero. */
  regions: Record<string, RegionPrices>;
}

const UNITED_STATES: RegionPrices = {
  fargateVcpuHour: '0.04048',
  fargateGbHour: '0.004445',
  nodeHour: '0.096',
  ecrGbMonth: '0.10',
  s3GbMonth: '0.023',
  cloudFrontGb: '0.085',
  secretMonth: '0.40',
  sqsMillionRequests: '0.40',
};

const AUSTRALIA: RegionPrices = {
  fargateVcpuHour: '0.04856',
  fargateGbHour: '0.00532',
  nodeHour: '0.12',
  ecrGbMonth: '0.10',
  s3GbMonth: '0.025',
  cloudFrontGb: '0.114',
  secretMonth: '0.40',
  sqsMillionRequests: '0.40',
};

/**
 * List prices on demand, before tax, discounts, savings plans and free tiers.
 * To bring it up to date: read the pages below, change the figures, and set
 * `pricedOn` to that day; the plan shows it.
 *
 * Held against public copies on 2026-11-22. CloudFront, and Fargate in Virginia
 * (0.000011244 a vCPU and second): AWS's own pages. ECR and SQS: guides that name
 * AWS's pages of March 2026. Fargate and S3 in Sydney, m6i.large in the United
 * States, Secrets Manager: third parties that agree with one another. m6i.large in
 * Sydney, and Melbourne, which is taken to cost what Sydney does: nobody was found
 * who says otherwise, nor anybody who says it.
 *
 * @see https://aws.amazon.com/fargate/pricing/
 * @see https://aws.amazon.com/ec2/pricing/on-demand/
 * @see https://aws.amazon.com/ecr/pricing/
 * @see https://aws.amazon.com/s3/pricing/
 * @see https://aws.amazon.com/cloudfront/pricing/
 * @see https://aws.amazon.com/secrets-manager/pricing/
 * @see https://aws.amazon.com/sqs/pricing/
 */
export const PRICE_TABLE: PriceTable = {
  pricedOn: '2026-03-01',
  currency: 'USD',
  node: { instanceType: 'm6i.large', vcpu: '2', gib: '8' },
  regions: {
    'us-east-1': UNITED_STATES,
    'us-west-2': UNITED_STATES,
    'ap-southeast-2': AUSTRALIA,
    'ap-southeast-4': AUSTRALIA,
  },
};
