import { SeedEnvironment, SeedPlatform } from '../../platforms';
import { seedOf } from '../noise';
import { PlannedLine, UNITS_PER_DOLLAR } from './CostLine';
import { USAGE_TYPES, UsageType, usageTypeIn } from './usageTypes';

const DAYS_PER_MONTH = 365 / 12;
const ANOMALY_USAGE = 'NatGateway-Bytes';
// However much the meters take of an environment's plan, it has some more than that.
const LEAST_SHARE = 0.1;

interface ServiceShare {
  service: string;
  share: number;
  followsWeek?: boolean;
}

// What environments have beside what is metered; their compute is that of machines outside of clusters.
const SERVICES: ServiceShare[] = [
  {
    service: 'Amazon Elastic Compute Cloud - Compute',
    share: 0.4,
    followsWeek: true,
  },
  { service: 'EC2 - Other', share: 0.09 },
  { service: 'Amazon Elastic Load Balancing', share: 0.05 },
  { service: 'Amazon Simple Storage Service', share: 0.04 },
  { service: 'AmazonCloudWatch', share: 0.05 },
];
const WHOLE = SERVICES.reduce((sum, { share }) => sum + share, 0);

// What cannot be tagged: about 8 % of the bill.
const UNTAGGED: ServiceShare[] = [
  { service: 'AWS Data Transfer', share: 0.05, followsWeek: true },
  { service: 'AWS Support (Business)', share: 0.03 },
];
const TAGGED_SHARE = 1 - UNTAGGED.reduce((sum, { share }) => sum + share, 0);

/**
 * What environments cost beside what is metered, from the plan of what a month
 * costs: spread over AWS services, regions and components.
 *
 * @param meteredOf - what the meters of an environment come to in a month, US dollars
 */
export function plannedLines(
  platforms: SeedPlatform[],
  meteredOf: (accountId: string, environment: string) => number,
): PlannedLine[] {
  const anomaly = platforms
    .filter(({ environments }) => environments.length > 0)
    .sort((a, b) => b.services.length - a.services.length)[0];
  return platforms.flatMap(platform =>
    platform.environments.flatMap((environment, index) =>
      environmentLines(
        platform,
        environment,
        meteredOf,
        platform === anomaly && index === platform.environments.length - 1,
      ),
    ),
  );
}

function environmentLines(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  meteredOf: (accountId: string, environment: string) => number,
  anomalous: boolean,
): PlannedLine[] {
  const { accountId, runtime, shortName, monthlyCostUsd } = environment;
  if (!accountId || runtime === 'local' || monthlyCostUsd === 0) {
    return [];
  }
  const daily = (monthlyCostUsd / DAYS_PER_MONTH) * UNITS_PER_DOLLAR;
  const regions = regionShares(environment.regions);
  const components = componentShares(platform, shortName);
  const lines: PlannedLine[] = [];
  const add = (
    { service, share, followsWeek = false }: ServiceShare,
    tags: Record<string, string>,
  ) => {
    for (const { region, share: regionShare } of regions) {
      for (const usage of USAGE_TYPES[service]) {
        const name = [accountId, region, service, tags.Component ?? ''].join(
          '/',
        );
        lines.push({
          accountId,
          region,
          service,
          usageType: usageTypeIn(region, usage),
          unit: usage.unit,
          price: usage.price,
          resourceId: resourceIdOf(service, accountId, region, name),
          tags,
          environment: shortName,
          planned: {
            dailyUnits: daily * share * regionShare * usage.share,
            seed: seedOf(`${name}/${usage.name}`),
            followsWeek,
            anomalous: isAnomalous(anomalous, usage),
          },
        });
      }
    }
  };
  const left = Math.max(
    LEAST_SHARE,
    TAGGED_SHARE - meteredOf(accountId, shortName) / monthlyCostUsd,
  );
  for (const part of SERVICES) {
    for (const { component, share } of components) {
      add(
        { ...part, share: (part.share / WHOLE) * left * share },
        {
          Environment: shortName,
          System: platform.system,
          ...(component && { Component: component }),
        },
      );
    }
  }
  UNTAGGED.forEach(part => add(part, {}));
  return lines;
}

function isAnomalous(ofEnvironment: boolean, usage: UsageType): boolean {
  return ofEnvironment && usage.name === ANOMALY_USAGE;
}

/** Instances have ids, most other things ARNs. */
function resourceIdOf(
  service: string,
  accountId: string,
  region: string,
  name: string,
): string {
  const hex = (seedOf(name) >>> 0).toString(16).padStart(8, '0');
  if (service.startsWith('Amazon Elastic Compute Cloud')) {
    return `i-0${hex}${hex}`;
  }
  const kinds: Record<string, string> = {
    'EC2 - Other': 'ec2:@:natgateway/nat-',
    'Amazon Elastic Load Balancing': 'elasticloadbalancing:@:loadbalancer/app/',
  };
  const kind = kinds[service];
  return kind
    ? `arn:aws:${kind.replace('@', `${region}:${accountId}`)}${hex}`
    : 'NoResourceId';
}

/** The primary region carries most of the load. */
function regionShares(
  regions: string[],
): Array<{ region: string; share: number }> {
  const [primary, ...others] = regions;
  if (others.length === 0) {
    return [{ region: primary, share: 1 }];
  }
  return [
    { region: primary, share: 0.7 },
    ...others.map(region => ({ region, share: 0.3 / others.length })),
  ];
}

/** By the replicas that run; one part without a name where nothing runs. */
function componentShares(
  platform: SeedPlatform,
  shortName: string,
): Array<{ component: string | undefined; share: number }> {
  const running = platform.services.filter(
    ({ versions }) => versions[shortName],
  );
  const replicasOf = (service: SeedPlatform['services'][number]) =>
    service.replicas[shortName] ?? 1;
  const total = running.reduce((sum, service) => sum + replicasOf(service), 0);
  return total === 0
    ? [{ component: undefined, share: 1 }]
    : running.map(service => ({
        component: service.name,
        share: replicasOf(service) / total,
      }));
}
