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

/**
 * A figure from the bill that may be missing. `isPending` is set where the bill
 * is in order and just has not listed anything of it so far.
 *
 * @public
 */
export type CostReading =
  | { status: 'ok'; value: Money; observedAt: string; estimated: boolean }
  | {
      status: 'unavailable';
      reason: string;
      observedAt?: string;
      isPending?: boolean;
    };

/** What one environment costs in a period. @public */
export interface EnvironmentCost {
  environmentRef: string;
  systemRef: string;
  shortName: string;
  title: string;
  promotionOrder: number;
  cost: CostReading;
  /** The whole month before. */
  previousMonth: CostReading;
  /** The plan for a month, from the catalog. */
  planPerMonth?: Money;
  /** One entry a day, oldest first; a day without data is left out. */
  daily: Array<{ day: string; amount: string }>;
  /** Dearest first; `componentName` is absent for cost without a component tag. */
  components: Array<{ componentName?: string; cost: Money }>;
}

/** `GET /overview`: the month so far, by environment. @public */
export interface CostOverview {
  period: CostPeriod;
  environments: EnvironmentCost[];
  /** Cost that no environment carries: untagged, or tagged with none that the catalog knows. */
  unallocated: CostReading;
  total: CostReading;
  previousMonthTotal: CostReading;
  /** When the bill was last read, ISO 8601 UTC. */
  observedAt?: string;
  /** What is wrong with the source, when something is. */
  message?: string;
}

/** `GET /components/:namespace/:kind/:name`: the month so far of one component. @public */
export interface ComponentCost {
  componentRef: string;
  period: CostPeriod;
  /** In promotion order. */
  environments: Array<{
    environmentRef: string;
    shortName: string;
    cost: CostReading;
  }>;
  /**
   * What the bill tags with the component and with none of these environments,
   * such as its image registry; absent where there is nothing of the kind.
   */
  shared?: CostReading;
  total: CostReading;
  /** When the bill was last read, ISO 8601 UTC. */
  observedAt?: string;
  /** When it is read next at the latest, ISO 8601 UTC; absent when nothing reads it. */
  nextReadingAt?: string;
}
