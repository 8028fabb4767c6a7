import {
  MonthlyEstimate,
  PlannedCapacity,
  PlannedThing,
} from '@fairway/plugin-platform-envs-common';
import { Decimal } from 'decimal.js';
import { PRICE_TABLE, PriceTable, RegionPrices } from './priceTable';

/** Hours of a month, as AWS counts them. */
const HOURS = 730;

/** What a registry holds when its lifecycle policy has settled. */
const REGISTRY_GB = 5;

/** What a site's bucket holds. */
const BUCKET_GB = 1;

/** What a site of a new product sends in a month. */
const SENT_GB = 10;

/** Requests to a queue of a new product in a month, millions: asked all the time, it has few jobs. */
const QUEUE_MILLION_REQUESTS = 1;

/**
 * How much more a vCPU of a node is worth than a gigabyte, as AWS itself splits
 * the cost of a node among its pods.
 *
 * @see https://docs.aws.amazon.com/cur/latest/userguide/split-cost-allocation-data.html
 */
const VCPU_WEIGHT = 9;

/** Resources that cost nothing by themselves. */
const FREE =
  /^AWS::(IAM|CloudFormation|ApplicationAutoScaling)::|^AWS::ECR::RepositoryPolicy$|^AWS::S3::BucketPolicy$|^AWS::CloudFront::OriginAccessControl$|^AWS::ECS::(Service|TaskDefinition)$/;

/**
 * What a planned thing costs in a month; undefined for what has no price of its
 * own: files, entries, roles, whatever is removed. A region or a resource that
 * the table does not have is `unavailable`, never zero.
 */
export function estimateMonthly(
  thing: PlannedThing,
  table: PriceTable = PRICE_TABLE,
): MonthlyEstimate | undefined {
  if (thing.change === 'remove') return undefined;
  if (thing.kind === 'deployment') {
    return thing.capacity
      ? ofCapacity(thing.capacity, table)
      : {
          status: 'unavailable',
          reason: `The plan does not say what ${thing.name} asks for, so it has no price`,
        };
  }
  if (thing.kind !== 'awsResource') return undefined;
  if (FREE.test(thing.resourceType ?? '')) return undefined;
  return ofResource(thing, table);
}

/**
 * The sum of estimates. What has no price is named in `missing`; when nothing
 * has one, neither has the sum. Undefined for none at all.
 */
export function sumEstimates(
  estimates: MonthlyEstimate[],
): MonthlyEstimate | undefined {
  if (estimates.length === 0) return undefined;
  const known = estimates.flatMap(one => (one.status === 'ok' ? [one] : []));
  const missing = [
    ...new Set(
      estimates.flatMap(one =>
        one.status === 'ok' ? one.missing ?? [] : [one.reason],
      ),
    ),
  ];
  const [first] = known;
  if (!first) {
    return { status: 'unavailable', reason: missing.join('. ') };
  }
  if (known.some(one => one.currency !== first.currency)) {
    return {
      status: 'unavailable',
      reason: 'The prices are in several currencies and cannot be added up',
    };
  }
  return {
    status: 'ok',
    amount: known
      .reduce((sum, one) => sum.plus(one.amount), new Decimal(0))
      .toFixed(2),
    currency: first.currency,
    // The oldest: the sum is no fresher than its oldest part.
    pricedOn: known.map(one => one.pricedOn).sort()[0],
    basis: known.length === 1 ? first.basis : `The sum of ${known.length}`,
    ...(missing.length > 0 && { missing }),
  };
}

function ofCapacity(
  capacity: PlannedCapacity,
  table: PriceTable,
): MonthlyEstimate {
  const { runtime, region, replicas, maxReplicas, cpu, memory } = capacity;
  const prices = pricesOf(table, region);
  if (!prices) return noRegion(table, region);
  const cores = readCpu(cpu);
  const gib = readGib(memory);
  if (!cores || !gib) {
    return {
      status: 'unavailable',
      reason: `"${cpu}" and "${memory}" are not an amount of CPU and memory that has a price`,
    };
  }
  const hour =
    runtime === 'ecs'
      ? cores.mul(prices.fargateVcpuHour).plus(gib.mul(prices.fargateGbHour))
      : shareOfNode(cores, gib, prices, table);
  const most =
    maxReplicas && maxReplicas > replicas
      ? `; at most ${maxReplicas} when it is busy, ${hour
          .mul(HOURS)
          .mul(maxReplicas)
          .toFixed(2)} ${table.currency}`
      : '';
  const each =
    runtime === 'ecs'
      ? `Fargate in ${region}`
      : `their share of ${table.node.instanceType} nodes in ${region} by what they request`;
  return {
    status: 'ok',
    amount: hour.mul(HOURS).mul(replicas).toFixed(2),
    currency: table.currency,
    pricedOn: table.pricedOn,
    basis: `${replicas} × (${cores.toFixed()} vCPU, ${gib.toFixed()} GiB) for ${HOURS} hours, ${each}${most}${
      capacity.spot ? '; Spot, where it runs, costs less' : ''
    }`,
  };
}

function shareOfNode(
  cores: Decimal,
  gib: Decimal,
  prices: RegionPrices,
  { node }: PriceTable,
): Decimal {
  const units = new Decimal(node.vcpu).plus(
    new Decimal(node.gib).div(VCPU_WEIGHT),
  );
  return cores
    .plus(gib.div(VCPU_WEIGHT))
    .mul(new Decimal(prices.nodeHour).div(units));
}

function ofResource(thing: PlannedThing, table: PriceTable): MonthlyEstimate {
  const region = /^[^/]*\/([a-z0-9-]+)$/.exec(thing.where)?.[1] ?? '';
  const prices = pricesOf(table, region);
  if (!prices) return noRegion(table, region || thing.where);
  const of = (
    count: number,
    price: string,
    basis: string,
  ): MonthlyEstimate => ({
    status: 'ok',
    amount: new Decimal(price).mul(count).toFixed(2),
    currency: table.currency,
    pricedOn: table.pricedOn,
    basis,
  });
  switch (thing.resourceType) {
    case 'AWS::ECR::Repository':
      return of(
        REGISTRY_GB,
        prices.ecrGbMonth,
        `${REGISTRY_GB} GB of images at ${prices.ecrGbMonth} a GB in ${region}`,
      );
    case 'AWS::S3::Bucket':
      return of(
        BUCKET_GB,
        prices.s3GbMonth,
        `${BUCKET_GB} GB at ${prices.s3GbMonth} a GB in ${region}, without requests`,
      );
    case 'AWS::CloudFront::Distribution':
      return of(
        SENT_GB,
        prices.cloudFrontGb,
        `${SENT_GB} GB sent to people at ${prices.cloudFrontGb} a GB, without the free part`,
      );
    case 'AWS::SecretsManager::Secret':
      return of(1, prices.secretMonth, `One secret at ${prices.secretMonth}`);
    case 'AWS::SQS::Queue':
      return thing.properties?.some(({ name }) => name === 'RedrivePolicy')
        ? of(
            QUEUE_MILLION_REQUESTS,
            prices.sqsMillionRequests,
            `${QUEUE_MILLION_REQUESTS} million requests at ${prices.sqsMillionRequests} in ${region}, without the free part`,
          )
        : of(
            0,
            prices.sqsMillionRequests,
            'Nobody asks it while all goes well, and only requests are paid',
          );
    default:
      return {
        status: 'unavailable',
        reason: `The price table of ${table.pricedOn} has no price for ${
          thing.resourceType ?? 'this resource'
        }`,
      };
  }
}

function pricesOf(table: PriceTable, region: string): RegionPrices | undefined {
  return Object.hasOwn(table.regions, region)
    ? table.regions[region]
    : undefined;
}

function noRegion(table: PriceTable, region: string): MonthlyEstimate {
  return {
    status: 'unavailable',
    reason: `The price table of ${table.pricedOn} has no prices for ${region}`,
  };
}

/** `250m`, `0.25`, `2`; undefined for anything else, and for nothing. */
function readCpu(text: string): Decimal | undefined {
  const found = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  if (!found) return undefined;
  const amount = new Decimal(found[1]).div(found[2] ? 1000 : 1);
  return amount.isZero() ? undefined : amount;
}

const GIB = new Decimal(2).pow(30);
const BYTES: Record<string, Decimal> = {
  Ki: new Decimal(2).pow(10),
  Mi: new Decimal(2).pow(20),
  Gi: GIB,
  M: new Decimal(10).pow(6),
  G: new Decimal(10).pow(9),
};

/** `256Mi`, `1Gi`, `512M`; undefined for anything else, and for nothing. */
function readGib(text: string): Decimal | undefined {
  const found = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|M|G)$/.exec(text);
  if (!found) return undefined;
  const amount = new Decimal(found[1]).mul(BYTES[found[2]]).div(GIB);
  return amount.isZero() ? undefined : amount.toDecimalPlaces(6);
}
