import { World } from '../types';

const MINUTE_MS = 60_000;
/** A sample is shown for so long when no newer one comes, as Prometheus does. */
const LOOKBACK_MS = 5 * MINUTE_MS;

/** How far a member of an Aurora global database is behind, as CloudWatch measures it. */
export interface LagSeries {
  /** System in the catalog. */
  system: string;
  environment: string;
  globalCluster: string;
  accountId: string;
  region: string;
  /** DB cluster identifier. */
  cluster: string;
  /** Milliseconds; undefined where nothing was measured in the five minutes before. */
  at(ms: number): number | undefined;
}

/**
 * The series of all members of the platforms' global databases: the one that
 * writes has no samples. None where there is no AWS.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-monitoring.html
 */
export function lagSeries(
  world: Pick<World, 'platforms' | 'aws'>,
): LagSeries[] {
  const { aws } = world;
  return world.platforms.flatMap(({ system, environments }) =>
    environments.flatMap(({ shortName, accountId, database }) => {
      const found = aws?.databases.globals.find(
        global =>
          global.id === database?.globalCluster &&
          global.accountId === accountId,
      );
      return (found ? aws!.databases.membersOf(found) : []).map(
        ({ id, region }) => ({
          system,
          environment: shortName,
          globalCluster: found!.id,
          accountId: found!.accountId,
          region,
          cluster: id,
          at: (ms: number) =>
            aws!.metrics
              .read(
                { accountId: found!.accountId, region },
                {
                  namespace: 'AWS/RDS',
                  name: 'AuroraGlobalDBReplicationLag',
                  dimensions: { DBClusterIdentifier: id },
                },
                {
                  startMs: ms - LOOKBACK_MS,
                  endMs: Math.floor(ms / MINUTE_MS) * MINUTE_MS,
                  periodSeconds: 60,
                },
              )
              .at(-1)?.maximum,
        }),
      );
    }),
  );
}
