import { HumanDuration } from '@backstage/types';

export interface Config {
  /** What environments and components cost. Absent: the pages say so. */
  cost?: {
    aws?: {
      /**
       * The account whose Cost Explorer is asked, twelve digits: the
       * management account, to see all others. Credentials come from the
       * `aws` block. Absent: cost is not configured.
       */
      accountId?: string;
    };
    /** Cost allocation tags, as they are activated in the billing console. */
    tags?: {
      /** Holds the short name of an environment. Default: `Environment`. */
      environment?: string;
      /** Holds the name of a component. Default: `Component`. */
      component?: string;
      /** Holds the name of a system. Default: `System`. */
      system?: string;
    };
    /**
     * How often the bill is read. AWS refreshes it up to three times a day
     * and charges for every request. Default: 8 hours.
     */
    pullInterval?: HumanDuration | string;
  };
}
