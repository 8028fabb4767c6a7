import { UsageType } from './usageTypes';

/** Amounts are whole hundred-millionths of a dollar, so that sums are exact. */
export const UNITS_PER_DOLLAR = 1e8;

/** What a line of the bill is about. */
export interface CostSubject {
  accountId: string;
  region: string;
  /** As Cost Explorer names it, `Amazon Relational Database Service`. */
  service: string;
  /** What Cost Explorer calls the resource; the same as long as it exists. */
  resourceId: string;
  /** Cost allocation tags; a key that is absent is untagged. */
  tags: Record<string, string>;
}

/** Something that exists, or existed, and is charged by what is used of it. */
export interface Meter extends CostSubject {
  usage: Pick<UsageType, 'name' | 'unit' | 'price'>;
  /** What was used from a time up to another, epoch milliseconds, in the unit. */
  usedBetween(fromMs: number, untilMs: number): number;
  /** What an hour uses as it stands now, in the unit. */
  hourlyUse: number;
}

/** A share of what is planned for an environment, spread over its days. */
export interface PlannedUse {
  /** What an ordinary day costs, in units. */
  dailyUnits: number;
  seed: number;
  /** Whether its use follows the working week. */
  followsWeek: boolean;
  anomalous: boolean;
}

interface Charged extends CostSubject {
  /** What of the service, `APS2-NatGateway-Bytes`. */
  usageType: string;
  /** Unit of the usage, `GB`. */
  unit: string;
  /** Dollars for one unit of usage. */
  price: number;
  /** Environment that it belongs to, for conditions. */
  environment: string;
}

export interface PlannedLine extends Charged {
  planned: PlannedUse;
  meter?: undefined;
}

export interface MeteredLine extends Charged {
  meter: Meter;
  planned?: undefined;
}

/** One thing that costs money every day. */
export type CostLine = PlannedLine | MeteredLine;
