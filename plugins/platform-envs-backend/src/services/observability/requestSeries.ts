import { parseEntityRef } from '@backstage/catalog-model';
import {
  EnvironmentSummary,
  okReading,
  Reading,
  RequestSeries,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  MetricsSource,
  MetricsSubject,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { whyStale } from './condition';
import { RequestHistory, SubjectHistory } from './RequestHistory';

/** One source of metrics and what it has told so far. */
export interface MeasuredSource {
  source: Pick<MetricsSource, 'title' | 'environments'>;
  history: RequestHistory;
  condition: SourceCondition;
}

/** A component as metrics may call it, and where it runs. */
export interface MeasuredComponent {
  names: string[];
  /** What an annotation says instead, by environment ref. */
  metricsNames: Record<string, string>;
  environments: EnvironmentSummary[];
}

/** The figures of one component in one environment, or why there are none. */
export function requestSeriesOf(
  sources: MeasuredSource[],
  component: MeasuredComponent,
  environment: EnvironmentSummary,
): Reading<RequestSeries> {
  if (sources.length === 0) {
    return unavailableReading(
      `Prometheus is not configured (platformEnvs.prometheus.instances)${inPlaceOf(
        environment,
      )}`,
    );
  }
  // thousands are measured, and few bear its name
  const names = new Set([
    ...component.names,
    ...Object.values(component.metricsNames),
  ]);
  const found = sources.flatMap(measured => {
    const subjects = [...measured.history.subjects].filter(
      ({ subject }) =>
        names.has(subject.component) &&
        environmentOf(subject, measured.source, component)?.ref ===
          environment.ref,
    );
    return subjects.length > 0 ? [{ measured, subjects }] : [];
  });
  // two sources would count the same requests twice
  const [first] = found;
  if (!first) return nothingMeasured(sources, environment);
  const { history, condition } = first.measured;
  return okReading(
    toSeries(first.subjects, history),
    condition.observedAt ?? new Date(history.endMs!).toISOString(),
    whyStale([condition]),
  );
}

/**
 * In which of its environments a subject is the component: told by its label
 * of environment, else of cluster, else of namespace, as far as these tell
 * one from the others. Undefined when it is another component or nothing tells.
 */
export function environmentOf(
  subject: MetricsSubject,
  source: Pick<MetricsSource, 'environments'>,
  component: MeasuredComponent,
): EnvironmentSummary | undefined {
  const candidates = component.environments.filter(
    ({ ref, name, shortName }) => {
      const declared = component.metricsNames[ref];
      const names = declared ? [declared] : component.names;
      return (
        names.includes(subject.component) &&
        (!source.environments ||
          source.environments.includes(name) ||
          source.environments.includes(shortName))
      );
    },
  );
  if (subject.environment !== undefined) {
    return candidates.find(({ name, shortName }) =>
      [name, shortName].includes(subject.environment!),
    );
  }
  const inCluster =
    subject.cluster === undefined
      ? candidates
      : candidates.filter(
          ({ clusterRef }) =>
            clusterRef && parseEntityRef(clusterRef).name === subject.cluster,
        );
  if (inCluster.length < 2) return inCluster[0];
  const inNamespace = inCluster.filter(
    ({ namespace }) => namespace && namespace === subject.namespace,
  );
  return inNamespace.length === 1 ? inNamespace[0] : undefined;
}

function nothingMeasured(
  sources: MeasuredSource[],
  environment: EnvironmentSummary,
): Reading<RequestSeries> {
  const silent = sources.find(({ condition }) => condition.state !== 'live');
  if (silent) {
    return unavailableReading(
      silent.condition.message ?? `${silent.source.title} does not answer`,
      silent.condition.observedAt,
    );
  }
  const titles = sources.map(({ source }) => source.title).join(' and ');
  return unavailableReading(
    `${titles} ${
      sources.length > 1 ? 'have' : 'has'
    } no request metrics of it in ${environment.shortName} for 3 h${inPlaceOf(
      environment,
    )}`,
    sources[0].condition.observedAt,
  );
}

/** ECS is seldom scraped: its figures are in CloudWatch, which is linked. */
function inPlaceOf({ runtime }: EnvironmentSummary): string {
  return runtime === 'ecs'
    ? '. Amazon ECS reports to CloudWatch, which the links lead to'
    : '';
}

/** Several subjects, as of two clusters: requests add up, and the slowest counts. */
function toSeries(
  subjects: SubjectHistory[],
  history: RequestHistory,
): RequestSeries {
  const requestRate: RequestSeries['requestRate'] = [];
  const errorRatio: RequestSeries['errorRatio'] = [];
  const latencyP50: RequestSeries['latencyP50'] = [];
  const latencyP95: RequestSeries['latencyP95'] = [];
  const known = (figure: 'requests' | 'errors' | 'latencyP50' | 'latencyP95') =>
    function at(i: number): number[] {
      return subjects.map(s => s[figure][i]).filter(v => !Number.isNaN(v));
    };
  const [requests, errors] = [known('requests'), known('errors')];
  const [p50, p95] = [known('latencyP50'), known('latencyP95')];
  for (let i = 0; i < history.size; i++) {
    const all = sum(requests(i));
    const failed = sum(errors(i));
    requestRate.push(rounded(all));
    // none of no requests is no share
    errorRatio.push(
      all && failed !== null ? rounded(Math.min(1, failed / all)) : null,
    );
    latencyP50.push(rounded(largest(p50(i))));
    latencyP95.push(rounded(largest(p95(i))));
  }
  return {
    startAt: new Date(history.startMs!).toISOString(),
    stepSeconds: history.stepMs / 1000,
    requestRate,
    errorRatio,
    latencyP50,
    latencyP95,
  };
}

function sum(values: number[]): number | null {
  return values.length ? values.reduce((a, b) => a + b) : null;
}

function largest(values: number[]): number | null {
  return values.length ? Math.max(...values) : null;
}

/** Four digits: more would be noise, and bytes. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
