import { join } from 'node:path';
import { World } from '../types';
import { AwsAccount, listAccounts, secondaryRegions } from './accounts';
import { AlarmBook } from './alarms/AlarmBook';
import { BudgetBook } from './budgets/BudgetBook';
import { CacheFleet } from './caches/CacheFleet';
import { cacheSeries } from './caches/cacheSeries';
import { Conditions } from './Conditions';
import { CostModel } from './CostModel';
import { AnomalyBook } from './costs/AnomalyBook';
import { metersOf } from './costs/meters';
import { DatabaseFleet } from './DatabaseFleet';
import { DatabaseChanges, databaseChanges } from './databases/databaseChanges';
import { databaseSeries } from './databaseSeries';
import { EcsEngine } from './ecs/EcsEngine';
import { ecsSeries } from './ecs/ecsSeries';
import { startEcs } from './ecs/startEcs';
import { EksFleet } from './eks/EksFleet';
import { ImageRegistry } from './ImageRegistry';
import { MetricStore } from './MetricStore';
import { RoleTrust } from './RoleTrust';
import { registerAwsScenarios } from './scenarios';
import { ScheduleBook } from './scheduler/ScheduleBook';
import { SecretStore } from './secrets/SecretStore';
import { DriftDetector } from './stacks/DriftDetector';
import { resourceTypes } from './stacks/resourceTypes';
import { StackEngine } from './stacks/StackEngine';

/** The state behind the AWS endpoint: accounts and what is in them. */
export interface AwsWorld {
  readonly clock: World['clock'];
  readonly accounts: AwsAccount[];
  readonly conditions: Conditions;
  readonly trust: RoleTrust;
  readonly registry: ImageRegistry;
  readonly stacks: StackEngine;
  readonly drifts: DriftDetector;
  readonly databases: DatabaseFleet;
  /** What can be done to the databases, by the rules of RDS. */
  readonly databaseChanges: DatabaseChanges;
  readonly ecs: EcsEngine;
  readonly eks: EksFleet;
  readonly secrets: SecretStore;
  readonly schedules: ScheduleBook;
  readonly metrics: MetricStore;
  readonly alarms: AlarmBook;
  readonly caches: CacheFleet;
  readonly costs: CostModel;
  readonly anomalies: AnomalyBook;
  readonly budgets: BudgetBook;
  /** Addresses of the sandbox's servers, known once they listen. */
  readonly urls: World['urls'];
  report: World['report'];
}

/** What the pretend AWS needs of the world. */
export type AwsSurroundings = Pick<
  World,
  | 'clock'
  | 'schedule'
  | 'speed'
  | 'git'
  | 'platforms'
  | 'dataDir'
  | 'images'
  | 'scenarios'
  | 'report'
  | 'urls'
  | 'onReset'
  | 'onClose'
>;

/** Puts the pretend AWS together from what the platforms consist of. Once per world. */
export function createAwsWorld(world: AwsSurroundings): AwsWorld {
  const conditions = new Conditions(
    world.clock,
    join(world.dataDir, 'aws', 'conditions.json'),
    secondaryRegions(world.platforms),
  );
  const secrets = new SecretStore(world);
  const schedules = new ScheduleBook(world);
  const stacks = new StackEngine(
    world,
    resourceTypes(world, { secrets, schedules }),
  );
  const databases = new DatabaseFleet(world);
  const ecs = startEcs(world);
  const eks = new EksFleet(world);
  const caches = new CacheFleet(world);
  const metrics = new MetricStore(
    world.clock,
    [
      {
        get revision() {
          return databases.revision;
        },
        seriesIn: place => databaseSeries(databases, conditions, place),
      },
      {
        get revision() {
          return ecs.store.state.serial;
        },
        seriesIn: place => ecsSeries(ecs.store, place),
      },
    ],
    join(world.dataDir, 'aws', 'metrics.json'),
  );
  metrics.addSource({
    get revision() {
      return caches.revision;
    },
    seriesIn: place => cacheSeries(caches, conditions, place),
  });
  const costs = new CostModel(world, conditions, {
    get revision() {
      return (
        databases.revision + caches.revision + eks.revision + ecs.usage.revision
      );
    },
    list: () =>
      metersOf({
        databases: databases.everything,
        caches: caches.everything,
        clusters: eks.everything,
        fargate: ecs.usage.everything,
      }),
  });
  const aws: AwsWorld = {
    clock: world.clock,
    accounts: listAccounts(world.platforms),
    conditions,
    trust: new RoleTrust(),
    registry: world.images,
    stacks,
    drifts: new DriftDetector(stacks, world),
    databases,
    databaseChanges: databaseChanges(databases, conditions),
    ecs,
    eks,
    secrets,
    schedules,
    metrics,
    caches,
    alarms: new AlarmBook(world, metrics),
    costs,
    anomalies: new AnomalyBook(world, costs),
    budgets: new BudgetBook(world, costs),
    urls: world.urls,
    report: world.report,
  };
  registerAwsScenarios(world.scenarios, conditions);
  aws.trust.registerScenarios(world.scenarios);
  world.onClose(() => {
    conditions.flush();
    aws.metrics.flush();
  });
  world.onReset(() => {
    conditions.clear();
    aws.metrics.clear();
  });
  return aws;
}
