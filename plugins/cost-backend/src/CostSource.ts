import { CostPeriod, Money } from '@fairway/plugin-cost-common';

/** Names of the cost allocation tags. */
export interface CostTags {
  system: string;
  environment: string;
  component: string;
}

/** What was paid on one day under one combination of tags. */
export interface CostLine {
  /** UTC day, `YYYY-MM-DD`. */
  day: string;
  /** Tag values; an empty string is cost without that tag. */
  system: string;
  environment: string;
  component: string;
  cost: Money;
  /** The provider may still correct it. */
  estimated: boolean;
}

/**
 * Where the bill comes from.
 *
 * Every cent of the period is in exactly one line. Lines come in no order; a
 * day without cost has none. `systems` names the tag values to tell apart;
 * everything else comes under the empty system.
 *
 * @throws ServiceUnavailableError - the provider cannot be reached, throttles
 *   or refuses us; the message says which, and what to do
 */
export interface CostSource {
  getCost(period: CostPeriod, systems: string[]): Promise<CostLine[]>;
}
