import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { CacheEvent, CacheGroup, CacheState, CacheStep } from './records';
import { GroupPlan, newGroup, seedCaches } from './seedCaches';

const DURATION_MS: Record<CacheStep['kind'], number> = {
  created: 5_000,
  modified: 3_000,
  deleted: 3_000,
  'failed-over': 3_000,
};
// ElastiCache gives the events of the last 14 days.
const EVENT_MS = 14 * 86_400_000;
const MOST_EVENTS = 1_000;
const MOST_GONE = 50;
const IDENTIFIER = /^[a-z](?!.*--)[a-z0-9-]{0,39}$/;
const NODE_TYPE = /^cache\.[a-z0-9-]+\.[a-z0-9]+$/;

/** An account in a region. */
export interface CachePlace {
  accountId: string;
  region: string;
}

type Surroundings = Pick<
  World,
  'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
>;

/** The caches of all accounts: replication groups that are made, changed, failed over and deleted in time. */
export class CacheFleet {
  /** Another number after every change. */
  revision = 0;
  private generation = 0;
  private state: CacheState;
  private readonly file: JsonFile<CacheState>;

  constructor(private readonly world: Surroundings) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'caches.json'),
      () => this.state,
    );
    const seed = (): CacheState => ({
      groups: seedCaches(world.platforms),
      events: [],
      steps: [],
    });
    this.state = this.file.load() ?? seed();
    this.state.steps.forEach(step =>
      this.wait(step, Math.max(0, step.dueMs - this.nowMs)),
    );
    world.onReset(() => {
      this.generation += 1;
      this.state = seed();
      this.changed();
    });
    world.onClose(() => this.file.flush());
  }

  /** Groups that an account sees in a region, by identifier. */
  groupsIn(place: CachePlace): CacheGroup[] {
    return this.measuredIn(place)
      .filter(({ deletedAtMs }) => deletedAtMs === undefined)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** All groups that ever were; the oldest of those that are gone are forgotten. */
  get everything(): CacheGroup[] {
    return this.state.groups;
  }

  /** Also those that are gone: their metrics stay. */
  measuredIn({ accountId, region }: CachePlace): CacheGroup[] {
    return this.state.groups.filter(
      group => group.accountId === accountId && group.region === region,
    );
  }

  /** @throws AwsError - ReplicationGroupNotFoundFault. */
  get(place: CachePlace, id: string): CacheGroup {
    const wanted = id.toLocaleLowerCase('en-US');
    const found = this.groupsIn(place).find(group => group.id === wanted);
    if (!found) {
      throw new AwsError(
        'ReplicationGroupNotFoundFault',
        `ReplicationGroup ${id} not found.`,
        404,
      );
    }
    return found;
  }

  /** The journal of a place, newest first. */
  eventsIn({ accountId, region }: CachePlace): CacheEvent[] {
    return this.state.events
      .filter(
        event =>
          event.accountId === accountId &&
          event.region === region &&
          event.atMs >= this.nowMs - EVENT_MS,
      )
      .reverse();
  }

  /** @throws AwsError - ReplicationGroupAlreadyExistsFault, InvalidParameterValueException, InvalidParameterCombinationException. */
  create(plan: Omit<GroupPlan, 'status' | 'atMs'>): CacheGroup {
    const id = plan.id.toLocaleLowerCase('en-US');
    if (!IDENTIFIER.test(id) || id.endsWith('-')) {
      throw new AwsError(
        'InvalidParameterValueException',
        'The parameter ReplicationGroupIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.',
      );
    }
    checkNodeType(plan.nodeType);
    if (plan.nodes < 1 || plan.nodes > 6) {
      throw new AwsError(
        'InvalidParameterValueException',
        'A replication group has one primary and up to five replicas',
      );
    }
    if ((plan.automaticFailover || plan.multiAz) && plan.nodes < 2) {
      throw new AwsError(
        'InvalidParameterCombinationException',
        'Automatic failover needs at least one replica',
      );
    }
    if (this.groupsIn(plan).some(group => group.id === id)) {
      throw new AwsError(
        'ReplicationGroupAlreadyExistsFault',
        `Replication group ${id} already exists.`,
      );
    }
    const group = newGroup({
      ...plan,
      id,
      status: 'creating',
      atMs: this.nowMs,
    });
    this.state.groups.push(group);
    this.later('created', group);
    return group;
  }

  /** @throws AwsError - InvalidReplicationGroupStateFault, InvalidParameter*Exception. */
  modify(
    group: CacheGroup,
    change: Partial<
      Pick<
        CacheGroup,
        | 'description'
        | 'nodeType'
        | 'engineVersion'
        | 'automaticFailover'
        | 'multiAz'
        | 'snapshotRetentionDays'
      >
    >,
  ): void {
    mustBeAvailable(group);
    if (change.nodeType) {
      checkNodeType(change.nodeType);
    }
    if (change.automaticFailover && group.nodes.length < 2) {
      throw new AwsError(
        'InvalidParameterCombinationException',
        'Automatic failover needs at least one replica',
      );
    }
    if (change.nodeType) {
      this.changeNodeType(group, change.nodeType);
    }
    for (const [key, value] of Object.entries(change)) {
      if (value !== undefined) {
        Object.assign(group, { [key]: value });
      }
    }
    group.status = 'modifying';
    this.later('modified', group);
  }

  /** @throws AwsError - InvalidReplicationGroupStateFault. */
  delete(group: CacheGroup): void {
    mustBeAvailable(group);
    group.status = 'deleting';
    group.nodes.forEach(node => {
      node.status = 'deleting';
    });
    this.later('deleted', group);
  }

  /** Makes the first replica the primary. @throws AwsError - InvalidReplicationGroupStateFault, InvalidParameterCombinationException. */
  testFailover(group: CacheGroup): void {
    mustBeAvailable(group);
    if (!group.automaticFailover || group.nodes.length < 2) {
      throw new AwsError(
        'InvalidParameterCombinationException',
        `Automatic failover must be enabled for replication group ${group.id}`,
      );
    }
    group.status = 'modifying';
    this.note(group, `Test Failover API called for node group 0001`);
    this.later('failed-over', group);
  }

  /** Writes what was changed in place, such as tags. */
  changed(): void {
    this.revision += 1;
    this.file.touch();
  }

  private get nowMs(): number {
    return this.world.clock.now().getTime();
  }

  private later(kind: CacheStep['kind'], { arn }: CacheGroup): void {
    const delayMs = DURATION_MS[kind];
    const step = { kind, arn, dueMs: this.nowMs + delayMs };
    this.state.steps.push(step);
    this.changed();
    this.wait(step, delayMs);
  }

  private wait(step: CacheStep, delayMs: number): void {
    const { generation } = this;
    this.world.schedule(delayMs, () => {
      const group = this.state.groups.find(
        ({ arn, deletedAtMs }) => arn === step.arn && deletedAtMs === undefined,
      );
      if (generation === this.generation && group) {
        this.state.steps = this.state.steps.filter(other => other !== step);
        this.finish(step.kind, group);
        this.changed();
      }
    });
  }

  private finish(kind: CacheStep['kind'], group: CacheGroup): void {
    const atMs = this.nowMs;
    if (kind === 'deleted') {
      group.deletedAtMs = atMs;
      group.nodes.forEach(node =>
        node.history.push({ fromMs: atMs, running: false, primary: false }),
      );
      this.note(group, `Replication group ${group.id} deleted`);
      this.state.groups = this.state.groups.filter(
        (item, index, all) =>
          item.deletedAtMs === undefined || index >= all.length - MOST_GONE,
      );
      return;
    }
    group.status = 'available';
    if (kind === 'failed-over') {
      const from = group.nodes.findIndex(({ primary }) => primary);
      const to = (from + 1) % group.nodes.length;
      group.nodes.forEach((node, index) => {
        node.primary = index === to;
      });
      this.note(
        group,
        `Failover from master node ${group.nodes[from].id} to replica node ${group.nodes[to].id} completed`,
      );
    }
    for (const node of group.nodes) {
      node.status = 'available';
      node.history.push({
        ...node.history[node.history.length - 1],
        fromMs: atMs,
        running: true,
        primary: node.primary,
      });
    }
    if (kind === 'created') {
      this.note(group, `Replication group ${group.id} created`);
    }
  }

  /** What the nodes were stays known: it was paid for. */
  private changeNodeType({ nodes, ...group }: CacheGroup, nodeType: string) {
    for (const { history } of nodes) {
      for (const phase of history) {
        phase.nodeType ??= group.nodeType;
      }
      history.push({
        ...history[history.length - 1],
        nodeType,
        fromMs: this.nowMs,
      });
    }
  }

  private note({ id, accountId, region }: CacheGroup, message: string): void {
    this.state.events.push({
      accountId,
      region,
      sourceId: id,
      sourceType: 'replication-group',
      message,
      atMs: this.nowMs,
    });
    this.state.events = this.state.events.slice(-MOST_EVENTS);
  }
}

function checkNodeType(nodeType: string): void {
  if (!NODE_TYPE.test(nodeType)) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Invalid cache node type: ${nodeType}`,
    );
  }
}

function mustBeAvailable({ id, status }: CacheGroup): void {
  if (status !== 'available') {
    throw new AwsError(
      'InvalidReplicationGroupStateFault',
      `Replication group ${id} is not in available state`,
    );
  }
}
