import { World } from '../types';
import { AlertRule, DAY_MS, FOR_MS } from './AlertRule';
import { LagSeries, lagSeries } from './replicationLag';

const MINUTE_MS = 60_000;
/** Above this a secondary region trails. */
const THRESHOLD_MS = 1_000;
/** How far back the beginning of a state is looked for. */
const LOOK_BACK_MINUTES = 60;

/** Name in Prometheus, as the CloudWatch exporter YACE makes it of the metric's name and statistic. */
export const LAG_METRIC = 'aws_rds_aurora_global_dbreplication_lag_maximum';

/** One rule for each Aurora global database of the platforms, judged by what CloudWatch measured. */
export function lagRules(world: World): AlertRule[] {
  const nowMs = world.clock.now().getTime();
  const all = lagSeries(world);
  return world.platforms.flatMap(({ system, environments }) =>
    environments.flatMap(({ shortName, database }) => {
      const name = database?.globalCluster;
      if (!name) return [];
      const members = all.filter(({ globalCluster }) => globalCluster === name);
      const clusters = members.map(({ cluster }) => cluster).join('|');
      return [
        {
          uid: `lag-${name}`.slice(0, 40),
          title: `Replicas of ${name} trail`,
          folder: system,
          group: 'databases',
          query: `max(${LAG_METRIC}{dimension_DBClusterIdentifier=~"${clusters}"}) > ${THRESHOLD_MS}`,
          labels: { system, environment: shortName, severity: 'warning' },
          annotations: {
            summary: `The secondary region of ${name} is more than a second behind.`,
          },
          dashboardUid: `${system}-overview`.slice(0, 40),
          panelId: 1,
          ...judge(members, nowMs),
        },
      ];
    }),
  );
}

function judge(
  members: LagSeries[],
  nowMs: number,
): Pick<AlertRule, 'state' | 'activeAt' | 'value'> {
  /** The largest lag at a time; undefined where nobody measures any. */
  const worst = (ms: number) =>
    members.reduce<number | undefined>((most, series) => {
      const lag = series.at(ms);
      return lag === undefined ? most : Math.max(most ?? 0, lag);
    }, undefined);
  const stateOf = (lag: number | undefined) => {
    if (lag === undefined) return 'NoData';
    return lag > THRESHOLD_MS ? 'Alerting' : 'Normal';
  };
  const value = worst(nowMs);
  const state = stateOf(value);
  let since = nowMs - (nowMs % MINUTE_MS);
  for (
    let minutes = 0;
    minutes < LOOK_BACK_MINUTES && stateOf(worst(since - MINUTE_MS)) === state;
    minutes += 1
  ) {
    since -= MINUTE_MS;
  }
  const isOld = since <= nowMs - LOOK_BACK_MINUTES * MINUTE_MS;
  return {
    state: state === 'Alerting' && nowMs - since < FOR_MS ? 'Pending' : state,
    activeAt: new Date(isOld ? nowMs - (nowMs % DAY_MS) : since),
    ...(value === undefined ? {} : { value }),
  };
}
