import { World } from '../types';
import { HealthJournal } from './HealthJournal';
import { LAG_METRIC } from './lagRules';
import { ObservedService, observedServices } from './observedServices';
import { lagSeries } from './replicationLag';
import { BUCKETS, ServiceTraffic } from './ServiceTraffic';

/** How often everything is scraped, milliseconds. */
export const SCRAPE_MS = 15_000;

/** One time series; values exist at multiples of {@link SCRAPE_MS}. */
export interface PrometheusSeries {
  /** `__name__` among them. */
  labels: Record<string, string>;
  /** Undefined where it was not there yet. */
  at(ms: number): number | undefined;
  /** When a counter began again at 0, oldest first; epoch milliseconds. */
  resetsMs: number[];
}

/** The series that services and databases in this world expose. */
export class Metrics {
  /** By application, with what it was made from. */
  private readonly traffic = new Map<
    string,
    { state: string; traffic: ServiceTraffic }
  >();

  constructor(
    private readonly world: World,
    private readonly journal: HealthJournal,
  ) {}

  /** The same for as long as nothing happens to the service: it remembers. */
  private trafficOf(observed: ObservedService): ServiceTraffic {
    const troubles = this.journal.of(observed.application);
    const state = JSON.stringify([observed.deployedMs, troubles]);
    const known = this.traffic.get(observed.application);
    if (known?.state === state) return known.traffic;
    const traffic = new ServiceTraffic(observed, structuredClone(troubles));
    this.traffic.set(observed.application, { state, traffic });
    return traffic;
  }

  /** All series, or those of one metric. */
  series(metric?: string): PrometheusSeries[] {
    return [...this.ofServices(metric), ...this.ofDatabases(metric)];
  }

  /** As the CloudWatch exporter YACE brings them. */
  private ofDatabases(metric?: string): PrometheusSeries[] {
    return metric !== undefined && metric !== LAG_METRIC
      ? []
      : lagSeries(this.world).map(series => ({
          labels: {
            __name__: LAG_METRIC,
            account_id: series.accountId,
            region: series.region,
            dimension_DBClusterIdentifier: series.cluster,
            system: series.system,
            environment: series.environment,
          },
          at: ms => series.at(ms),
          resetsMs: [],
        }));
  }

  private ofServices(metric?: string): PrometheusSeries[] {
    return observedServices(this.world).flatMap(observed => {
      const traffic = this.trafficOf(observed);
      const common = {
        job: observed.service,
        service: observed.service,
        environment: observed.environment,
        system: observed.system,
        namespace: observed.namespace,
      };
      const all: PrometheusSeries[] = [];
      const add = (
        name: string,
        extra: Record<string, string>,
        at: PrometheusSeries['at'],
      ) => {
        if (metric === undefined || metric === name) {
          all.push({
            labels: { __name__: name, ...common, ...extra },
            at,
            resetsMs: name === 'up' ? [] : observed.deployedMs,
          });
        }
      };
      const total = 'http_requests_total';
      const latency = 'http_request_duration_seconds';
      for (const code of ['200', '404', '500']) {
        add(total, { code, method: 'GET' }, traffic.requests(code));
      }
      for (const bound of [...BUCKETS, Infinity]) {
        const le = bound === Infinity ? '+Inf' : `${bound}`;
        add(`${latency}_bucket`, { le }, traffic.within(bound));
      }
      add(`${latency}_count`, {}, traffic.within(Infinity));
      add(`${latency}_sum`, {}, traffic.secondsSpent());
      add('up', {}, ms =>
        traffic.startedMs(ms) === undefined
          ? undefined
          : Number(traffic.isUp(ms)),
      );
      return all;
    });
  }
}
