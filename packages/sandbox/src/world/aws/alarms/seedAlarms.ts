import { SeedEnvironment, SeedPlatform } from '../../platforms';
import { MetricId } from '../MetricStore';
import { Alarm, AlarmRule } from './records';

const GIB = 1024 ** 3;

/** The alarms that the platforms came with: replication between regions and storage. */
export function seedAlarms(
  platforms: SeedPlatform[],
  nowMs: number,
): Array<Omit<Alarm, 'evaluatedMinute'>> {
  return platforms.flatMap(platform =>
    platform.environments.flatMap(environment =>
      alarmsOf(platform, environment).map(({ region, rule }) => ({
        ...rule,
        accountId: environment.accountId!,
        region,
        arn: `arn:aws:cloudwatch:${region}:${environment.accountId}:alarm:${rule.name}`,
        state: 'OK' as const,
        stateReason: 'Unchecked: Initial alarm creation',
        stateUpdatedAtMs: nowMs,
        stateChangedAtMs: nowMs,
        configuredAtMs: nowMs,
        tags: {
          Environment: environment.shortName,
          System: platform.system,
        },
      })),
    ),
  );
}

function alarmsOf(
  platform: SeedPlatform,
  { accountId, shortName, database }: SeedEnvironment,
): Array<{ region: string; rule: AlarmRule }> {
  if (!accountId || !database) {
    return [];
  }
  const prefix = `${platform.system}-${shortName}`;
  if (database.globalCluster) {
    return database.clusters.slice(1).map(({ id, region }) => ({
      region,
      rule: ruleFor(
        `${prefix}-replica-lag`,
        'The secondary region trails the primary by more than two seconds.',
        {
          namespace: 'AWS/RDS',
          name: 'AuroraGlobalDBReplicationLag',
          dimensions: { DBClusterIdentifier: id },
        },
        { comparison: 'GreaterThanThreshold', threshold: 2000, periods: 3 },
      ),
    }));
  }
  if (database.engine !== 'postgres') {
    return [];
  }
  return database.clusters.map(({ id, region }) => ({
    region,
    rule: ruleFor(
      `${prefix}-rds-storage`,
      'Less than 10 GiB are free on the database.',
      {
        namespace: 'AWS/RDS',
        name: 'FreeStorageSpace',
        dimensions: { DBInstanceIdentifier: id },
      },
      { comparison: 'LessThanThreshold', threshold: 10 * GIB, periods: 5 },
    ),
  }));
}

function ruleFor(
  name: string,
  description: string,
  id: MetricId,
  limit: {
    comparison: AlarmRule['comparison'];
    threshold: number;
    periods: number;
  },
): AlarmRule {
  return {
    name,
    description,
    queries: [
      { id: 'm1', metric: { id, periodSeconds: 60, statistic: 'Average' } },
    ],
    isMath: false,
    periodSeconds: 60,
    threshold: limit.threshold,
    comparison: limit.comparison,
    evaluationPeriods: limit.periods,
    datapointsToAlarm: limit.periods,
    missingData: 'missing',
    actionsEnabled: true,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
  };
}
