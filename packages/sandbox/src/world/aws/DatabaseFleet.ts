import { SeedDatabase, SeedEnvironment, SeedPlatform } from '../platforms';
import { noise, seedOf } from './noise';

/** A DB instance: a member of an Aurora cluster, or an RDS instance that stands alone. */
export interface DatabaseInstance {
  id: string;
  accountId: string;
  region: string;
  availabilityZone: string;
  engine: SeedDatabase['engine'];
  engineVersion: string;
  instanceClass: string;
  /** Identifier of the Aurora cluster; undefined for plain RDS. */
  clusterId: string | undefined;
  /** Writes; false for Aurora readers and RDS read replicas. */
  isWriter: boolean;
  /** Identifier of the RDS instance that this one replicates. */
  replicaOf: string | undefined;
  arn: string;
  tags: Record<string, string>;
  createdAt: Date;
}

/** An Aurora cluster in one region. */
export interface DatabaseCluster {
  id: string;
  accountId: string;
  region: string;
  engine: SeedDatabase['engine'];
  engineVersion: string;
  /** Identifier of the global cluster that it is part of. */
  globalClusterId: string | undefined;
  /** False for the secondary clusters of a global database. */
  isWriter: boolean;
  /** Region of the writing cluster; its own unless it is a secondary. */
  sourceRegion: string;
  arn: string;
  instances: DatabaseInstance[];
  tags: Record<string, string>;
  createdAt: Date;
}

/** An Aurora global database: one writing cluster and its secondaries in other regions. */
export interface GlobalDatabase {
  id: string;
  accountId: string;
  engine: SeedDatabase['engine'];
  engineVersion: string;
  /** The writing cluster first. */
  clusters: DatabaseCluster[];
}

/** The databases of all platforms, as their seed describes them. */
export class DatabaseFleet {
  readonly globals: GlobalDatabase[] = [];
  readonly clusters: DatabaseCluster[] = [];
  readonly instances: DatabaseInstance[] = [];

  constructor(platforms: SeedPlatform[]) {
    for (const platform of platforms) {
      for (const environment of platform.environments) {
        if (environment.database && environment.accountId) {
          this.add(platform, environment, environment.database);
        }
      }
    }
  }

  /** Clusters that an account sees in a region, by identifier. */
  clustersIn(accountId: string, region: string): DatabaseCluster[] {
    return visible(this.clusters, accountId, region);
  }

  /** Instances that an account sees in a region, by identifier. */
  instancesIn(accountId: string, region: string): DatabaseInstance[] {
    return visible(this.instances, accountId, region);
  }

  /** Global databases of an account with a member in the region, by identifier. */
  globalsIn(accountId: string, region: string): GlobalDatabase[] {
    return byId(
      this.globals.filter(
        database =>
          database.accountId === accountId &&
          database.clusters.some(cluster => cluster.region === region),
      ),
    );
  }

  private add(
    platform: SeedPlatform,
    environment: SeedEnvironment,
    database: SeedDatabase,
  ): void {
    const accountId = environment.accountId!;
    const tags = {
      Environment: environment.shortName,
      System: platform.system,
    };
    if (database.engine === 'postgres') {
      for (const { id, region, instances } of database.clusters) {
        this.instances.push(
          ...plainInstances({
            id,
            accountId,
            region,
            database,
            count: instances,
            tags,
          }),
        );
      }
      return;
    }
    const clusters = database.clusters.map(({ id, region, instances }, index) =>
      auroraCluster({
        id,
        accountId,
        region,
        database,
        count: instances,
        tags,
        isWriter: index === 0,
        sourceRegion: database.clusters[0].region,
      }),
    );
    this.clusters.push(...clusters);
    this.instances.push(...clusters.flatMap(({ instances }) => instances));
    if (database.globalCluster) {
      this.globals.push({
        id: database.globalCluster,
        accountId,
        engine: database.engine,
        engineVersion: database.engineVersion,
        clusters,
      });
    }
  }
}

interface Plan {
  id: string;
  accountId: string;
  region: string;
  database: SeedDatabase;
  /** Number of instances. */
  count: number;
  tags: Record<string, string>;
}

function auroraCluster(
  plan: Plan & { isWriter: boolean; sourceRegion: string },
): DatabaseCluster {
  const { id, accountId, region, database, tags } = plan;
  return {
    id,
    accountId,
    region,
    engine: database.engine,
    engineVersion: database.engineVersion,
    globalClusterId: database.globalCluster,
    isWriter: plan.isWriter,
    sourceRegion: plan.sourceRegion,
    arn: `arn:aws:rds:${region}:${accountId}:cluster:${id}`,
    instances: Array.from({ length: plan.count }, (_, index) =>
      instance(plan, {
        id: `${id}-${index + 1}`,
        index,
        clusterId: id,
        isWriter: plan.isWriter && index === 0,
        replicaOf: undefined,
      }),
    ),
    tags,
    createdAt: createdAt(id),
  };
}

function plainInstances(plan: Plan): DatabaseInstance[] {
  return Array.from({ length: plan.count }, (_, index) =>
    instance(plan, {
      id: index === 0 ? plan.id : `${plan.id}-replica-${index}`,
      index,
      clusterId: undefined,
      isWriter: index === 0,
      replicaOf: index === 0 ? undefined : plan.id,
    }),
  );
}

function instance(
  { accountId, region, database, tags }: Plan,
  place: Pick<
    DatabaseInstance,
    'id' | 'clusterId' | 'isWriter' | 'replicaOf'
  > & { index: number },
): DatabaseInstance {
  const { index, ...identity } = place;
  return {
    ...identity,
    accountId,
    region,
    availabilityZone: `${region}${'abc'[index % 3]}`,
    engine: database.engine,
    engineVersion: database.engineVersion,
    instanceClass: database.instanceClass,
    arn: `arn:aws:rds:${region}:${accountId}:db:${identity.id}`,
    tags,
    createdAt: createdAt(identity.clusterId ?? identity.id),
  };
}

/** Some day of the first half of 2025, the same every time. */
function createdAt(id: string): Date {
  const day = Math.floor(noise(seedOf(id), 0) * 180);
  return new Date(Date.UTC(2025, 0, 1 + day, 9, 30));
}

function byId<T extends { id: string }>(items: T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function visible<T extends { id: string; accountId: string; region: string }>(
  items: T[],
  accountId: string,
  region: string,
): T[] {
  return byId(
    items.filter(
      item => item.accountId === accountId && item.region === region,
    ),
  );
}
