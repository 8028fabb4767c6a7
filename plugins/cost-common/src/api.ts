/** An amount: decimal string and ISO 4217 currency. @public */
export interface Money {
  amount: string;
  currency: string;
}

/** A span of whole UTC days: start included, end excluded, `YYYY-MM-DD`. @public */
export interface CostPeriod {
  start: string;
  end: string;
}

/** A figure from the bill that may be missing. @public */
export type CostReading =
  | { status: 'ok'; value: Money; observedAt: string; estimated: boolean }
  | { status: 'unavailable'; reason: string; observedAt?: string };

/** What one environment costs in a period. @public */
export interface EnvironmentCost {
  environmentRef: string;
  systemRef: string;
  shortName: string;
  title: string;
  cost: CostReading;
  /** The plan for a month, from the catalog. */
  planPerMonth?: Money;
  /** One entry a day, oldest first; a day without data is left out. */
  daily: Array<{ day: string; amount: string }>;
}

/** `GET /overview`: the month so far, by environment. @public */
export interface CostOverview {
  period: CostPeriod;
  environments: EnvironmentCost[];
  /** Cost that carries no environment tag, by account. */
  unallocated: CostReading;
  total: CostReading;
  observedAt?: string;
  /** What is wrong with the source, when something is. */
  message?: string;
}

/** `GET /components/:namespace/:kind/:name`: the month so far of one component. @public */
export interface ComponentCost {
  componentRef: string;
  period: CostPeriod;
  environments: Array<{
    environmentRef?: string;
    shortName: string;
    cost: CostReading;
  }>;
  total: CostReading;
}
