import { join } from 'node:path';
import { SeedEnvironment, SeedPlatform } from '../platforms';
import { World } from '../types';
import { MANAGEMENT_ACCOUNT } from './accounts';
import { Conditions } from './Conditions';
import { JsonFile } from './JsonFile';
import { USAGE_TYPES, UsageType, usageTypeIn } from './costs/usageTypes';
import { noise, seedOf } from './noise';

const DAY_MS = 86_400_000;
/** Amounts are whole hundred-millionths of a dollar, so that sums are exact. */
export const UNITS_PER_DOLLAR = 1e8;
const DAYS_PER_MONTH = 365 / 12;
const GROWTH_PER_HALF_YEAR = 0.12;
const DAYS_PER_HALF_YEAR = 182;
const WEEKEND_FACTOR = 0.88;
const WEEKDAY_FACTOR = 1.04;
const ANOMALY_FACTOR = 22;
/** Days before the first start on which one environment copied far too much through its NAT gateways. */
const ANOMALY_DAYS_AGO = [12, 11];
const ANOMALY_USAGE = 'NatGateway-Bytes';
// Cost data arrive up to 24 hours late.
const LATE_HOURS = 10;
const HOURS_PER_DAY = 24;
const JUMP_FACTOR = 1.8;
// Cost Explorer is late; a jump is seen when it is some days old.
const JUMP_VISIBLE_AFTER_DAYS = 3;

/** One thing that costs money every day. */
export interface CostLine {
  accountId: string;
  region: string;
  /** As Cost Explorer names it, `Amazon Relational Database Service`. */
  service: string;
  /** What of the service, `APS2-NatGateway-Bytes`. */
  usageType: string;
  /** Unit of the usage, `GB`. */
  unit: string;
  /** Dollars for one unit of usage. */
  price: number;
  /** What Cost Explorer calls the resource; the same as long as it exists. */
  resourceId: string;
  /** Cost allocation tags; a key that is absent is untagged. */
  tags: Record<string, string>;
  /** Environment that it belongs to, for conditions. */
  environment: string;
  /** What an ordinary day costs, in units. */
  dailyUnits: number;
  seed: number;
  /** Whether its use follows the working week. */
  followsWeek: boolean;
  anomalous: boolean;
}

interface ServiceShare {
  service: string;
  share: number;
  followsWeek?: boolean;
}

const SHARED_SERVICES: ServiceShare[] = [
  { service: 'Amazon Relational Database Service', share: 0.31 },
  { service: 'EC2 - Other', share: 0.09 },
  { service: 'Amazon Elastic Load Balancing', share: 0.05 },
  { service: 'Amazon Simple Storage Service', share: 0.04 },
  { service: 'AmazonCloudWatch', share: 0.05 },
];

const SERVICES: Record<'eks' | 'ecs', ServiceShare[]> = {
  eks: [
    {
      service: 'Amazon Elastic Compute Cloud - Compute',
      share: 0.38,
      followsWeek: true,
    },
    { service: 'Amazon Elastic Container Service for Kubernetes', share: 0.08 },
    ...SHARED_SERVICES,
  ],
  ecs: [
    {
      service: 'Amazon Elastic Container Service',
      share: 0.46,
      followsWeek: true,
    },
    ...SHARED_SERVICES,
  ],
};

/** Systems with ElastiCache pay that part of their compute for it. */
const CACHE_SHARE = 0.04;
const SYSTEMS_WITH_CACHE = ['mobilytics'];

// What cannot be tagged: about 8 % of the bill.
const UNTAGGED: ServiceShare[] = [
  { service: 'AWS Data Transfer', share: 0.05, followsWeek: true },
  { service: 'AWS Support (Business)', share: 0.03 },
];
const TAGGED_SHARE = 1 - UNTAGGED.reduce((sum, { share }) => sum + share, 0);

/**
 * What everything costs by day: each environment's monthly cost, spread over
 * AWS services, regions and components, with a working week, some growth and
 * one anomaly.
 *
 * The past does not change: it hangs on the day on which the sandbox was first
 * started, which is kept on disk.
 */
export class CostModel {
  readonly lines: CostLine[];
  private readonly file: JsonFile<{ anchorDay: number }>;
  private anchorDay: number;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
    >,
    private readonly conditions: Conditions,
  ) {
    this.lines = costLines(world.platforms);
    this.file = new JsonFile(join(world.dataDir, 'aws', 'costs.json'), () => ({
      anchorDay: this.anchorDay,
    }));
    const stored = this.file.load();
    this.anchorDay = stored?.anchorDay ?? this.today();
    if (!stored) {
      this.file.touch();
    }
    world.onReset(() => {
      this.anchorDay = this.today();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** Number of the current day, UTC, counted from the epoch. */
  today(): number {
    return Math.floor(this.world.clock.now().getTime() / DAY_MS);
  }

  /** Lines whose cost an account may see: its own, or all for the management account. */
  linesFor(accountId: string): CostLine[] {
    return accountId === MANAGEMENT_ACCOUNT
      ? this.lines
      : this.lines.filter(line => line.accountId === accountId);
  }

  /** Cost of a line on a day, in units: what has arrived of it; nothing in the future. */
  unitsOn(line: CostLine, day: number): number {
    const hours = this.hoursArrived(day);
    return hours === 0
      ? 0
      : Math.floor((this.wholeDay(line, day) * hours) / HOURS_PER_DAY);
  }

  /** Cost of a line in an hour, counted from the epoch; the hours of a day add up to the day. */
  unitsInHour(line: CostLine, hour: number): number {
    const day = Math.floor(hour / HOURS_PER_DAY);
    const ofDay = hour - day * HOURS_PER_DAY;
    if (ofDay >= this.hoursArrived(day)) {
      return 0;
    }
    const whole = this.wholeDay(line, day);
    return (
      Math.floor((whole * (ofDay + 1)) / HOURS_PER_DAY) -
      Math.floor((whole * ofDay) / HOURS_PER_DAY)
    );
  }

  /** What a line would have cost on a day without anything unusual, in units. */
  usualUnitsOn(line: CostLine, day: number): number {
    return this.hoursArrived(day) === 0
      ? 0
      : Math.round(this.unitsOn(line, day) / this.exceptional(line, day));
  }

  /** Spans of days, the last included, on which something unusual happened, with when it can be known. */
  unusualSpans(): Array<{
    id: string;
    firstDay: number;
    lastDay: number;
    lines: CostLine[];
    knownFromMs: number;
  }> {
    const today = this.today();
    const [firstAgo, lastAgo] = ANOMALY_DAYS_AGO;
    const seeded = {
      id: `seed-${this.anchorDay}`,
      firstDay: this.anchorDay - firstAgo,
      lastDay: this.anchorDay - lastAgo,
      lines: this.lines.filter(({ anomalous }) => anomalous),
      knownFromMs: (this.anchorDay - firstAgo + 1) * DAY_MS,
    };
    const jumps = this.conditions
      .intervalsOf('cost-jump')
      .map(({ fromMs, untilMs }) => ({
        id: `jump-${fromMs}`,
        firstDay: Math.floor(fromMs / DAY_MS) - JUMP_VISIBLE_AFTER_DAYS,
        lastDay: Math.min(
          today,
          untilMs === undefined ? today : Math.floor(untilMs / DAY_MS),
        ),
        lines: this.lines.filter(canJump),
        knownFromMs: fromMs + DAY_MS,
      }));
    return [seeded, ...jumps];
  }

  /** What a whole day is expected to cost, in units; also for days to come. */
  forecastUnitsOn(line: CostLine, day: number): number {
    return Math.round(this.expected(line, day) * this.jump(line, day));
  }

  private hoursArrived(day: number): number {
    const arrivedMs = this.world.clock.now().getTime() - LATE_HOURS * 3_600_000;
    return Math.max(
      0,
      Math.min(
        HOURS_PER_DAY,
        Math.floor((arrivedMs - day * DAY_MS) / 3_600_000),
      ),
    );
  }

  private wholeDay(line: CostLine, day: number): number {
    const wobble = 1 + 0.06 * (noise(line.seed, day) - 0.5);
    return Math.round(
      this.expected(line, day) * wobble * this.exceptional(line, day),
    );
  }

  private expected(line: CostLine, day: number): number {
    const growth = Math.max(
      0.5,
      1 + (GROWTH_PER_HALF_YEAR * (day - this.anchorDay)) / DAYS_PER_HALF_YEAR,
    );
    return line.dailyUnits * growth * weekFactor(line, day);
  }

  private exceptional(line: CostLine, day: number): number {
    const anomaly =
      line.anomalous && ANOMALY_DAYS_AGO.includes(this.anchorDay - day)
        ? ANOMALY_FACTOR
        : 1;
    return anomaly * this.jump(line, day);
  }

  private jump(line: CostLine, day: number): number {
    if (!canJump(line)) {
      return 1;
    }
    const dayOf = (ms: number) => Math.floor(ms / DAY_MS);
    return this.conditions
      .intervalsOf('cost-jump')
      .some(
        ({ fromMs, untilMs }) =>
          day >= dayOf(fromMs) - JUMP_VISIBLE_AFTER_DAYS &&
          (untilMs === undefined || day <= dayOf(untilMs)),
      )
      ? JUMP_FACTOR
      : 1;
  }
}

/** Compute of production. */
function canJump({ followsWeek, environment }: CostLine): boolean {
  return followsWeek && environment === 'prod';
}

function weekFactor(line: CostLine, day: number): number {
  if (!line.followsWeek) {
    return 1;
  }
  // Day 0 of the epoch was a Thursday.
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6 ? WEEKEND_FACTOR : WEEKDAY_FACTOR;
}

function costLines(platforms: SeedPlatform[]): CostLine[] {
  const anomaly = platforms
    .filter(({ environments }) => environments.length > 0)
    .sort((a, b) => b.services.length - a.services.length)[0];
  return platforms.flatMap(platform =>
    platform.environments.flatMap((environment, index) =>
      environmentLines(
        platform,
        environment,
        platform === anomaly && index === platform.environments.length - 1,
      ),
    ),
  );
}

function environmentLines(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  anomalous: boolean,
): CostLine[] {
  const { accountId, runtime, shortName, monthlyCostUsd } = environment;
  if (!accountId || runtime === 'local' || monthlyCostUsd === 0) {
    return [];
  }
  const daily = (monthlyCostUsd / DAYS_PER_MONTH) * UNITS_PER_DOLLAR;
  const regions = regionShares(environment.regions);
  const components = componentShares(platform, shortName);
  const lines: CostLine[] = [];
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
          dailyUnits: daily * share * regionShare * usage.share,
          seed: seedOf(`${name}/${usage.name}`),
          followsWeek,
          anomalous: isAnomalous(anomalous, usage),
        });
      }
    }
  };
  for (const part of servicesOf(platform, runtime)) {
    for (const { component, share } of components) {
      add(
        { ...part, share: part.share * TAGGED_SHARE * share },
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

function servicesOf(
  { system }: SeedPlatform,
  runtime: 'eks' | 'ecs',
): ServiceShare[] {
  const [compute, ...others] = SERVICES[runtime];
  return SYSTEMS_WITH_CACHE.includes(system)
    ? [
        { ...compute, share: compute.share - CACHE_SHARE },
        { service: 'Amazon ElastiCache', share: CACHE_SHARE },
        ...others,
      ]
    : SERVICES[runtime];
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
    'Amazon Relational Database Service': 'rds:@:db:db-',
    'Amazon ElastiCache': 'elasticache:@:cluster:cache-',
    'EC2 - Other': 'ec2:@:natgateway/nat-',
    'Amazon Elastic Container Service': 'ecs:@:task/',
    'Amazon Elastic Container Service for Kubernetes': 'eks:@:cluster/',
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
