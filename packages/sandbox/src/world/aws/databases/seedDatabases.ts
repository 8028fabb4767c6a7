import { SeedDatabase, SeedEnvironment, SeedPlatform } from '../../platforms';
import { noise, seedOf } from '../noise';
import { DatabaseCluster, DatabaseInstance, FleetState } from './records';

const DEFAULT_PORT = 5432;

interface Plan {
  id: string;
  accountId: string;
  region: string;
  database: SeedDatabase;
  /** Number of instances. */
  count: number;
  tags: Record<string, string>;
}

/** The databases of all platforms as they stand at first: available since early 2025. */
export function seedDatabases(platforms: SeedPlatform[]): FleetState {
  const state: FleetState = {
    globals: [],
    clusters: [],
    instances: [],
    snapshots: [],
    events: [],
    steps: [],
  };
  for (const platform of platforms) {
    for (const environment of platform.environments) {
      if (environment.database && environment.accountId) {
        addDatabase(state, platform, environment, environment.database);
      }
    }
  }
  return state;
}

/** `default.aurora-postgresql16` */
export function defaultParameterGroup(
  engine: string,
  engineVersion: string,
): string {
  const parts = engineVersion.split('.');
  return `default.${engine}${
    engine.endsWith('postgresql') || engine === 'postgres'
      ? parts[0]
      : parts.slice(0, 2).join('.')
  }`;
}

function addDatabase(
  state: FleetState,
  platform: SeedPlatform,
  environment: SeedEnvironment,
  database: SeedDatabase,
): void {
  const accountId = environment.accountId!;
  const tags = { Environment: environment.shortName, System: platform.system };
  const plans = database.clusters.map(
    ({ id, region, instances }): Plan => ({
      id,
      accountId,
      region,
      database,
      count: instances,
      tags,
    }),
  );
  if (database.engine === 'postgres') {
    state.instances.push(...plans.flatMap(plainInstances));
    return;
  }
  const primaryRegion = plans[0].region;
  const clusters = plans.map((plan, index) =>
    auroraCluster(plan, index === 0, primaryRegion),
  );
  state.clusters.push(...clusters);
  state.instances.push(
    ...plans.flatMap((plan, index) => auroraInstances(plan, index === 0)),
  );
  if (database.globalCluster) {
    state.globals.push({
      id: database.globalCluster,
      accountId,
      arn: `arn:aws:rds::${accountId}:global-cluster:${database.globalCluster}`,
      engine: database.engine,
      engineVersion: database.engineVersion,
      status: 'available',
      deletionProtection: true,
      databaseName: 'platform',
      storageEncrypted: true,
      memberArns: clusters.map(({ arn }) => arn),
      resyncing: [],
      tags,
    });
  }
}

function auroraCluster(
  { id, accountId, region, database, tags }: Plan,
  isWriter: boolean,
  sourceRegion: string,
): DatabaseCluster {
  return {
    ...common(database, id, tags),
    id,
    accountId,
    region,
    arn: `arn:aws:rds:${region}:${accountId}:cluster:${id}`,
    deletionProtection: true,
    globalClusterId: database.globalCluster,
    isWriter,
    sourceRegion,
    databaseName: isWriter ? 'platform' : undefined,
    writeForwarding: false,
    history: [
      {
        fromMs: createdAt(id),
        running: true,
        writes: isWriter,
        ...(!isWriter && { sourceRegion }),
      },
    ],
  };
}

function auroraInstances(plan: Plan, inWriter: boolean): DatabaseInstance[] {
  return Array.from({ length: plan.count }, (_, index) =>
    instance(plan, index, {
      id: `${plan.id}-${index + 1}`,
      clusterId: plan.id,
      isWriter: inWriter && index === 0,
      replicaOf: undefined,
    }),
  );
}

function plainInstances(plan: Plan): DatabaseInstance[] {
  return Array.from({ length: plan.count }, (_, index) =>
    instance(plan, index, {
      id: index === 0 ? plan.id : `${plan.id}-replica-${index}`,
      clusterId: undefined,
      isWriter: index === 0,
      replicaOf: index === 0 ? undefined : plan.id,
    }),
  );
}

function instance(
  { id, accountId, region, database, tags }: Plan,
  index: number,
  place: Pick<DatabaseInstance, 'id' | 'clusterId' | 'isWriter' | 'replicaOf'>,
): DatabaseInstance {
  return {
    ...common(database, id, tags),
    ...place,
    accountId,
    region,
    arn: `arn:aws:rds:${region}:${accountId}:db:${place.id}`,
    availabilityZone: `${region}${'abc'[index % 3]}`,
    instanceClass: database.instanceClass,
    // Aurora is protected as a cluster, not by instance.
    deletionProtection: !place.clusterId && !place.replicaOf,
    promotionTier: 1,
    allocatedGb: place.clusterId ? 1 : 100,
    databaseName: place.clusterId ? undefined : 'platform',
    multiAz: false,
    history: [{ fromMs: createdAt(id), running: true, writes: place.isWriter }],
  };
}

function common(
  database: SeedDatabase,
  id: string,
  tags: Record<string, string>,
) {
  return {
    engine: database.engine,
    engineVersion: database.engineVersion,
    status: 'available' as const,
    parameterGroup: defaultParameterGroup(
      database.engine,
      database.engineVersion,
    ),
    subnetGroup: 'default',
    port: DEFAULT_PORT,
    backupRetentionDays: 7,
    masterUsername: 'postgres',
    tags,
    createdAtMs: createdAt(id),
  };
}

/** Some day of the first half of 2025, the same every time. */
function createdAt(id: string): number {
  const day = Math.floor(noise(seedOf(id), 0) * 180);
  return Date.UTC(2025, 0, 1 + day, 9, 30);
}
