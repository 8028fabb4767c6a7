import { DatabaseFleet } from '../DatabaseFleet';
import { DatabaseCluster, DatabaseInstance } from './records';

/** A stopped database starts by itself, so that it does not miss maintenance. */
const LONGEST_STOP_MS = 7 * 86_400_000;
/** How often somebody looks whether that time has come. */
const WATCH_MS = 3_600_000;

/**
 * Starts what has been stopped for seven days.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html
 */
export class LongStops<T extends DatabaseCluster | DatabaseInstance> {
  /** @param step - its own name among the steps of the fleet */
  constructor(
    private readonly fleet: DatabaseFleet,
    private readonly step: string,
    rules: {
      find(arn: string): T | undefined;
      start(record: T): void;
    },
  ) {
    fleet.onStep(step, ({ arn }) => {
      const record = rules.find(arn);
      if (record?.status !== 'stopped') {
        return;
      }
      if (record.startsByItselfAtMs! > fleet.nowMs) {
        this.watch(record);
      } else {
        rules.start(record);
      }
    });
  }

  /** What was stopped just now. */
  begin(record: T): void {
    record.startsByItselfAtMs = this.fleet.nowMs + LONGEST_STOP_MS;
    this.watch(record);
  }

  private watch({ arn }: T): void {
    this.fleet.later(WATCH_MS, this.step, arn);
  }
}
