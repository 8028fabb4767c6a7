import { join } from 'node:path';
import { World } from '../types';
import { AwsError } from './AwsError';
import {
  ClusterSnapshot,
  DatabaseCluster,
  DatabaseEvent,
  DatabaseInstance,
  EventSource,
  FleetState,
  GlobalDatabase,
  PendingStep,
  Phase,
} from './databases/records';
import { EventText } from './databases/eventTexts';
import { seedDatabases } from './databases/seedDatabases';
import { JsonFile } from './JsonFile';

const DAY_MS = 86_400_000;
// DescribeEvents looks back 14 days.
const EVENT_DAYS = 14;
const MOST_EVENTS = 2_000;
/** What is gone keeps its metrics; the oldest are forgotten. */
const MOST_GONE = 100;

/** An account in a region. */
export interface DatabasePlace {
  accountId: string;
  region: string;
}

/** Clusters and instances. */
export type DatabaseRecords = Pick<FleetState, 'clusters' | 'instances'>;

type Surroundings = Pick<
  World,
  'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
>;

/**
 * The databases of all accounts: what there is, what happened to it, and what
 * will be over in a while. The rules of changing it are in `databases/`.
 *
 * State is kept on disk; a step that was under way goes on after a restart.
 */
export class DatabaseFleet {
  /** Another number after every change. */
  revision = 0;
  private state: FleetState;
  /** Steps of an earlier world do nothing. */
  private generation = 0;
  private readonly finishers = new Map<string, (step: PendingStep) => void>();
  private readonly file: JsonFile<FleetState>;

  constructor(private readonly world: Surroundings) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'databases.json'),
      () => this.state,
    );
    this.state = this.file.load() ?? seedDatabases(world.platforms);
    world.onReset(() => {
      this.generation += 1;
      this.state = seedDatabases(world.platforms);
      this.changed();
    });
    world.onClose(() => this.file.flush());
  }

  get nowMs(): number {
    return this.world.clock.now().getTime();
  }

  get globals(): GlobalDatabase[] {
    return this.state.globals;
  }

  get clusters(): DatabaseCluster[] {
    return this.state.clusters.filter(isThere);
  }

  get instances(): DatabaseInstance[] {
    return this.state.instances.filter(isThere);
  }

  get snapshots(): ClusterSnapshot[] {
    return this.state.snapshots;
  }

  /** Clusters that an account sees in a region, by identifier. */
  clustersIn(place: DatabasePlace): DatabaseCluster[] {
    return byId(this.clusters.filter(item => isIn(item, place)));
  }

  /** Instances that an account sees in a region, by identifier. */
  instancesIn(place: DatabasePlace): DatabaseInstance[] {
    return byId(this.instances.filter(item => isIn(item, place)));
  }

  /** Global databases of an account: those with a member in the region, and those without members. */
  globalsIn({ accountId, region }: DatabasePlace): GlobalDatabase[] {
    return byId(
      this.state.globals.filter(
        database =>
          database.accountId === accountId &&
          (database.memberArns.length === 0 ||
            this.membersOf(database).some(member => member.region === region)),
      ),
    );
  }

  snapshotsIn(place: DatabasePlace): ClusterSnapshot[] {
    return byId(this.state.snapshots.filter(item => isIn(item, place)));
  }

  /** Everything that ever was, also what is gone; the oldest of that is forgotten. */
  get everything(): DatabaseRecords {
    return this.state;
  }

  /** Everything that ever measured something in a place, also what is gone. */
  measuredIn(place: DatabasePlace): DatabaseRecords {
    return {
      clusters: this.state.clusters.filter(item => isIn(item, place)),
      instances: this.state.instances.filter(item => isIn(item, place)),
    };
  }

  /** Clusters of a global database, the writing one first. */
  membersOf(database: GlobalDatabase): DatabaseCluster[] {
    return database.memberArns
      .map(arn => this.clusterByArn(arn))
      .filter((item): item is DatabaseCluster => item !== undefined);
  }

  globalOf(cluster: DatabaseCluster): GlobalDatabase | undefined {
    return this.state.globals.find(({ memberArns }) =>
      memberArns.includes(cluster.arn),
    );
  }

  /** Instances of a cluster, by identifier. */
  instancesOf(cluster: DatabaseCluster): DatabaseInstance[] {
    return byId(
      this.instances.filter(
        item => item.clusterId === cluster.id && isIn(item, cluster),
      ),
    );
  }

  clusterOf(instance: DatabaseInstance): DatabaseCluster | undefined {
    return this.clusters.find(
      item => item.id === instance.clusterId && isIn(item, instance),
    );
  }

  clusterByArn(arn: string): DatabaseCluster | undefined {
    return this.clusters.find(item => item.arn === arn);
  }

  instanceByArn(arn: string): DatabaseInstance | undefined {
    return this.instances.find(item => item.arn === arn);
  }

  /** By identifier in any case, or by ARN. @throws AwsError - DBClusterNotFoundFault. */
  getCluster(place: DatabasePlace, wanted: string): DatabaseCluster {
    return this.require(
      this.clustersIn(place),
      wanted,
      new AwsError('DBClusterNotFoundFault', `DBCluster ${wanted} not found.`),
    );
  }

  /** By identifier in any case, or by ARN. @throws AwsError - DBInstanceNotFoundFault. */
  getInstance(place: DatabasePlace, wanted: string): DatabaseInstance {
    return this.require(
      this.instancesIn(place),
      wanted,
      new AwsError(
        'DBInstanceNotFoundFault',
        `DBInstance ${wanted} not found.`,
      ),
    );
  }

  /** By identifier in any case, in any region of the account. @throws AwsError - GlobalClusterNotFoundFault. */
  getGlobal({ accountId }: DatabasePlace, wanted: string): GlobalDatabase {
    return this.require(
      this.state.globals.filter(item => item.accountId === accountId),
      wanted,
      new AwsError(
        'GlobalClusterNotFoundFault',
        `Global cluster ${wanted} not found.`,
      ),
    );
  }

  add(kind: 'globals', item: GlobalDatabase): void;
  add(kind: 'clusters', item: DatabaseCluster): void;
  add(kind: 'instances', item: DatabaseInstance): void;
  add(kind: 'snapshots', item: ClusterSnapshot): void;
  add(kind: keyof FleetState, item: unknown): void {
    (this.state[kind] as unknown[]).push(item);
    this.changed();
  }

  /** Takes a cluster or instance away; its metrics stay. */
  remove(record: DatabaseCluster | DatabaseInstance): void {
    this.changePhase(record, { running: false, writes: false });
    record.deletedAtMs = this.nowMs;
    this.state.clusters = dropOldestGone(this.state.clusters);
    this.state.instances = dropOldestGone(this.state.instances);
    this.changed();
  }

  removeGlobal(database: GlobalDatabase): void {
    this.state.globals = this.state.globals.filter(item => item !== database);
    this.changed();
  }

  /** Notes from when on a cluster or instance is something else. */
  changePhase(
    record: DatabaseCluster | DatabaseInstance,
    change: Partial<Omit<Phase, 'fromMs'>>,
  ): void {
    const last = record.history[record.history.length - 1];
    record.history.push({ ...last, ...change, fromMs: this.nowMs });
    this.changed();
  }

  /** Gives an instance another class from now on. */
  changeClass(instance: DatabaseInstance, instanceClass: string): void {
    for (const phase of instance.history) {
      phase.instanceClass ??= instance.instanceClass;
    }
    instance.instanceClass = instanceClass;
    this.changePhase(instance, { instanceClass });
  }

  /** Writes what was changed in place. */
  changed(): void {
    this.revision += 1;
    this.file.touch();
  }

  /** Writes an event into the journal. */
  record(
    sourceType: EventSource,
    source: { id: string; arn: string } & DatabasePlace,
    { message, categories }: EventText,
  ): void {
    this.state.events.push({
      accountId: source.accountId,
      region: source.region,
      sourceType,
      sourceId: source.id,
      sourceArn: source.arn,
      message,
      categories,
      atMs: this.nowMs,
    });
    this.state.events = this.state.events.slice(-MOST_EVENTS);
    this.changed();
  }

  /** The journal of a place, oldest first, as far back as RDS gives it. */
  eventsIn(place: DatabasePlace): DatabaseEvent[] {
    const oldest = this.nowMs - EVENT_DAYS * DAY_MS;
    return this.state.events.filter(
      event => isIn(event, place) && event.atMs >= oldest,
    );
  }

  /** Says what happens when steps of a name are over. Before {@link resume}. */
  onStep(name: string, finish: (step: PendingStep) => void): void {
    this.finishers.set(name, finish);
  }

  /** Lets a step be over after some of the world's time. */
  later(
    delayMs: number,
    name: string,
    arn: string,
    data?: Record<string, unknown>,
  ): void {
    const step: PendingStep = { name, arn, dueMs: this.nowMs + delayMs, data };
    this.state.steps.push(step);
    this.changed();
    this.wait(step, delayMs);
  }

  /** Goes on with the steps that a restart interrupted. */
  resume(): void {
    for (const step of this.state.steps) {
      this.wait(step, Math.max(0, step.dueMs - this.nowMs));
    }
  }

  private wait(step: PendingStep, delayMs: number): void {
    const { generation } = this;
    this.world.schedule(delayMs, () => {
      if (generation !== this.generation) {
        return;
      }
      this.state.steps = this.state.steps.filter(other => other !== step);
      this.changed();
      this.finishers.get(step.name)?.(step);
    });
  }

  private require<T extends { id: string; arn: string }>(
    items: T[],
    wanted: string,
    error: AwsError,
  ): T {
    const id = wanted.toLocaleLowerCase('en-US');
    const found = items.find(item => item.id === id || item.arn === wanted);
    if (!found) {
      throw error;
    }
    return found;
  }
}

function isThere({ deletedAtMs }: { deletedAtMs?: number }): boolean {
  return deletedAtMs === undefined;
}

function isIn(item: DatabasePlace, place: DatabasePlace): boolean {
  return item.accountId === place.accountId && item.region === place.region;
}

function byId<T extends { id: string }>(items: T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function dropOldestGone<T extends { deletedAtMs?: number }>(items: T[]): T[] {
  const gone = items.filter(item => !isThere(item));
  const dropped = new Set(
    gone
      .sort((a, b) => a.deletedAtMs! - b.deletedAtMs!)
      .slice(0, Math.max(0, gone.length - MOST_GONE)),
  );
  return items.filter(item => !dropped.has(item));
}
