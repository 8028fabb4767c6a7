import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import {
  CellLinks,
  ComponentObservability,
  DeliveryLink,
  DeploymentMark,
  EnvironmentSummary,
  okReading,
  OverviewSource,
  Reading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  MetricsSource,
  ObservabilitySource,
  ObservedThings,
  Pace,
} from '@fairway/plugin-platform-envs-node';
import { ComponentEntry } from '../CatalogView';
import { EnvironmentService } from '../EnvironmentService';
import { GrafanaRange, grafanaRange } from '../grafanaLinks';
import {
  fillLinks,
  isPortalPath,
  isWebUrl,
  LinkTemplate,
  TimeRange,
} from '../links';
import { linkValuesOf } from '../linkValuesOf';
import { whyStale } from './condition';
import { matchAlerts, problemOfSelector } from './matchAlerts';
import { FoundDashboards, matchDashboards } from './matchDashboards';
import { MetricsFeed, WINDOW_MS } from './MetricsFeed';
import { Monitoring } from './monitoringOf';
import { ObservabilityFeed } from './ObservabilityFeed';
import { requestSeriesOf } from './requestSeries';

/** @public */
export interface ObservabilityServiceOptions {
  environments: Pick<
    EnvironmentService,
    | 'getCell'
    | 'getComponentEntry'
    | 'getDelivery'
    | 'getEnvironment'
    | 'getEnvironments'
  >;
  observabilitySources: ObservabilitySource[];
  metricsSources: MetricsSource[];
  /** Links that lead out of every cell and environment, beside those that they have. */
  links: LinkTemplate[];
  paces: { grafana: Pace; prometheus: Pace };
  logger: LoggerService;
  now?: () => Date;
}

const NO_GRAFANA = 'Grafana is not configured (platformEnvs.grafana.instances)';

/**
 * How components are doing, and where to look further: request figures,
 * alerts, dashboards and links. Feeds ask; reading never calls upstream.
 */
export class ObservabilityService {
  readonly #options: ObservabilityServiceOptions;
  readonly #now: () => Date;
  readonly #things: ObservabilityFeed[];
  readonly #metrics: MetricsFeed[];

  constructor(options: ObservabilityServiceOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    const { logger, paces } = options;
    const common = { logger, now: this.#now };
    this.#things = options.observabilitySources.map(
      source =>
        new ObservabilityFeed({
          ...common,
          source,
          pace: paces.grafana,
        }),
    );
    this.#metrics = options.metricsSources.map(
      source =>
        new MetricsFeed({
          ...common,
          source,
          pace: paces.prometheus,
        }),
    );
  }

  /** Asks for dashboards and alerts, when that is due. Never throws. */
  async pollThings(): Promise<void> {
    await Promise.all(this.#things.map(feed => feed.poll()));
  }

  /** Asks for request figures, when that is due. Never throws. */
  async pollMetrics(): Promise<void> {
    await Promise.all(this.#metrics.map(feed => feed.poll()));
  }

  /** Ends all calls. */
  stop(): void {
    for (const feed of [...this.#things, ...this.#metrics]) feed.stop();
  }

  /** @throws NotFoundError - the component is on no board. */
  getObservability(componentRef: string): ComponentObservability {
    const { environments: service } = this.#options;
    const { environments, history, row } = service.getDelivery(componentRef);
    const entry = service.getComponentEntry(componentRef);
    const monitoring = entry.monitoring ?? {};
    const nowMs = this.#now().getTime();
    const dashboards = this.#dashboards(entry, environments);
    const isBeingRead = [...this.#things, ...this.#metrics].some(
      feed => feed.isBeingRead,
    );
    return {
      generatedAt: new Date(nowMs).toISOString(),
      ...(isBeingRead && { isBeingRead }),
      environments,
      sources: this.#sources(),
      alerts: this.#alerts(entry, environments),
      alertsMatch: monitoring.alertSelectors ? 'declared' : 'derived',
      dashboards: dashboards.reading,
      dashboardsMatch:
        monitoring.dashboardSelector || monitoring.overviewDashboard
          ? 'declared'
          : 'derived',
      requests: environments.map(environment => ({
        environmentRef: environment.ref,
        series: requestSeriesOf(
          this.#metrics,
          {
            names: namesOf(entry),
            metricsNames: monitoring.metricsNames ?? {},
            environments,
          },
          environment,
        ),
      })),
      deployments: history.flatMap(({ environmentRef, at, release }) =>
        nowMs - Date.parse(at) <= WINDOW_MS
          ? [markOf(environmentRef, at, release?.version)]
          : [],
      ),
      problems: [
        ...dashboards.problems,
        ...this.#problemsOf(monitoring, row.component.name),
      ],
    };
  }

  /**
   * Everything that leads out of a cell: what the cell itself links, then
   * dashboards, logs, consoles and runbooks, each once.
   *
   * @throws NotFoundError - the component does not run there.
   */
  getCellLinks(
    componentRef: string,
    environmentRef: string,
    range?: TimeRange,
  ): CellLinks {
    const { environments, links } = this.#options;
    const cell = environments.getCell(componentRef, environmentRef);
    const entry = environments.getComponentEntry(componentRef);
    const environment = environments.getEnvironment(environmentRef);
    const { dashboards } = this.#matchDashboards(
      entry,
      [environment],
      range && grafanaRange(range),
    );
    const runbook = entry.monitoring?.runbooks?.[environmentRef];
    const items: DeliveryLink[] = [
      ...(runbook && isRunbookUrl(runbook)
        ? [{ title: 'Runbook', type: 'runbook' as const, url: runbook }]
        : []),
      ...cell.links,
      ...dashboards.flatMap(dashboard =>
        dashboard.links.map(({ url }) => ({
          title: `Dashboard ${dashboard.title}`,
          type: 'grafana' as const,
          url,
        })),
      ),
      ...fillLinks(links, linkValuesOf(environment, entry), range),
    ];
    return { items: onceEach(items) };
  }

  /** What leads out of an environment, beside the links that it has. */
  getEnvironmentLinks(environment: EnvironmentSummary): DeliveryLink[] {
    return onceEach([
      ...environment.links,
      ...fillLinks(this.#options.links, linkValuesOf(environment)),
    ]);
  }

  #alerts(
    entry: ComponentEntry,
    environments: EnvironmentSummary[],
  ): ComponentObservability['alerts'] {
    const { alertSelectors } = entry.monitoring ?? {};
    return this.#reading(things =>
      matchAlerts(things.flatMap(withInstance(({ alerts }) => alerts)), {
        names: namesOf(entry),
        environments,
        ...(alertSelectors && {
          selectors: alertSelectors.filter(s => !problemOfSelector(s)),
        }),
        ...(entry.component.systemRef && {
          system: parseEntityRef(entry.component.systemRef).name,
        }),
      }),
    )(entry.monitoring?.grafana);
  }

  #dashboards(
    entry: ComponentEntry,
    environments: EnvironmentSummary[],
  ): { reading: ComponentObservability['dashboards']; problems: string[] } {
    let problems: string[] = [];
    const reading = this.#reading(() => {
      const found = this.#matchDashboards(entry, environments);
      problems = found.problems;
      return found.dashboards;
    })(entry.monitoring?.grafana);
    return { reading, problems };
  }

  #matchDashboards(
    entry: ComponentEntry,
    environments: EnvironmentSummary[],
    range?: GrafanaRange,
  ): FoundDashboards {
    const { dashboardSelector, overviewDashboard, grafana } =
      entry.monitoring ?? {};
    return matchDashboards(
      this.#feeds(grafana).flatMap(feed =>
        feed.things
          ? withInstance(({ dashboards }) => dashboards)({
              instance: feed.source.instance,
              things: feed.things,
            })
          : [],
      ),
      {
        name: entry.component.name,
        environments,
        ...(dashboardSelector && { selector: dashboardSelector }),
        ...(overviewDashboard && { overview: overviewDashboard }),
        ...(range && { range }),
      },
    );
  }

  /** What all instances say; unavailable while none has said anything. */
  #reading<T>(
    read: (things: Told[]) => T,
  ): (grafana: string | undefined) => Reading<T> {
    return grafana => {
      if (this.#things.length === 0) return unavailableReading(NO_GRAFANA);
      const feeds = this.#feeds(grafana);
      if (feeds.length === 0) {
        return unavailableReading(
          `Its annotations name the Grafana "${grafana}", which is not configured`,
        );
      }
      const told = feeds.flatMap(({ source, things }) =>
        things ? [{ instance: source.instance, things }] : [],
      );
      if (told.length === 0) {
        return unavailableReading(
          feeds[0].condition.message ?? 'It has not been read yet',
        );
      }
      const times = feeds.flatMap(f => f.condition.observedAt ?? []);
      return okReading(
        read(told),
        times.sort()[0],
        whyStale(feeds.map(f => f.condition)),
      );
    };
  }

  #feeds(grafana: string | undefined): ObservabilityFeed[] {
    return grafana
      ? this.#things.filter(({ source }) => source.instance === grafana)
      : this.#things;
  }

  #sources(): OverviewSource[] {
    const of = (
      kind: string,
      { source, condition }: ObservabilityFeed | MetricsFeed,
    ) => ({
      id: `${kind}:${source.instance}`,
      title: source.title,
      ...condition,
    });
    return [
      ...this.#metrics.map(feed => of('prometheus', feed)),
      ...this.#things.map(feed => of('grafana', feed)),
    ];
  }

  #problemsOf(monitoring: Monitoring, name: string): string[] {
    const runbooks = Object.entries(monitoring.runbooks ?? {});
    return [
      ...(monitoring.alertSelectors ?? []).flatMap(selector => {
        const problem = problemOfSelector(selector);
        return problem
          ? [`Its annotation grafana/alert-label-selector: ${problem}.`]
          : [];
      }),
      ...runbooks.flatMap(([ref, url]) =>
        isRunbookUrl(url)
          ? []
          : [
              `The runbook of ${name} in ${
                parseEntityRef(ref).name
              } is neither an http or https URL nor a path of the portal, so it is no link.`,
            ],
      ),
    ];
  }
}

/** Runbooks are often pages of the portal's own documentation. */
function isRunbookUrl(url: string): boolean {
  return isWebUrl(url) || isPortalPath(url);
}

/** What one instance has told. */
interface Told {
  instance: string;
  things: ObservedThings;
}

function withInstance<T>(pick: (things: ObservedThings) => T[]) {
  return ({ instance, things }: Told) =>
    pick(things).map(item => ({ ...item, instance }));
}

function namesOf({ component, gitopsName }: ComponentEntry): string[] {
  return [...new Set([component.name, gitopsName])];
}

function markOf(
  environmentRef: string,
  at: string,
  version: string | undefined,
): DeploymentMark {
  return { environmentRef, at, ...(version && { version }) };
}

/** The first of those that lead to the same place. */
function onceEach(links: DeliveryLink[]): DeliveryLink[] {
  return [
    ...new Map(links.map(l => [l.url, l] as const).reverse()).values(),
  ].reverse();
}
