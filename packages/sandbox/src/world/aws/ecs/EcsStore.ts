import { createHash } from 'node:crypto';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import {
  isHere,
  parseTaskDefinition,
  shortName,
  taskDefinitionArn,
} from './arns';
import {
  ClusterRecord,
  EcsPlace,
  EcsState,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from './records';

const EMPTY: EcsState = {
  clusters: [],
  taskDefinitions: [],
  services: [],
  tasks: [],
  deployedFiles: {},
  serial: 0,
};

/** What the clusters of all accounts and regions hold, in one file; finding, no rules. */
export class EcsStore {
  state: EcsState = structuredClone(EMPTY);
  private readonly file: JsonFile<EcsState>;

  constructor(path: string) {
    this.file = new JsonFile(path, () => this.state);
  }

  /** Reads what is on disk; false when there is nothing. */
  load(): boolean {
    const stored = this.file.load();
    if (stored) {
      this.state = stored;
    }
    return Boolean(stored);
  }

  clear(): void {
    this.state = structuredClone(EMPTY);
    this.save();
  }

  /** Writes soon. */
  save(): void {
    this.file.touch();
  }

  flush(): void {
    this.file.flush();
  }

  /** `length` hexadecimal digits that nothing else here has; the same in every run. */
  nextId(what: string, length = 32): string {
    this.state.serial += 1;
    return createHash('sha256')
      .update(`${what}#${this.state.serial}`)
      .digest('hex')
      .slice(0, length);
  }

  /** 19 digits, as deployments and revisions of services have. */
  nextNumber(what: string): string {
    return BigInt(`0x${this.nextId(what, 16)}`)
      .toString()
      .padStart(19, '1')
      .slice(0, 19);
  }

  findCluster(place: EcsPlace, nameOrArn: string): ClusterRecord | undefined {
    return isHere(place, nameOrArn)
      ? this.state.clusters.find(
          cluster =>
            inPlace(cluster, place) &&
            cluster.name === shortName(nameOrArn) &&
            cluster.status === 'ACTIVE',
        )
      : undefined;
  }

  /**
   * A cluster; the one called `default` when none is named.
   *
   * @throws AwsError - ClusterNotFoundException
   */
  getCluster(place: EcsPlace, nameOrArn = 'default'): ClusterRecord {
    const cluster = this.findCluster(place, nameOrArn);
    if (!cluster) {
      throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    }
    return cluster;
  }

  servicesOf(cluster: ClusterRecord): ServiceRecord[] {
    return this.state.services.filter(
      service => inPlace(service, cluster) && service.cluster === cluster.name,
    );
  }

  /** A service by name or ARN, also when it was deleted a while ago. */
  findService(
    cluster: ClusterRecord,
    nameOrArn: string,
  ): ServiceRecord | undefined {
    return isHere(cluster, nameOrArn)
      ? this.servicesOf(cluster).find(
          ({ name }) => name === shortName(nameOrArn),
        )
      : undefined;
  }

  /** @throws AwsError - ServiceNotFoundException */
  getService(cluster: ClusterRecord, nameOrArn: string): ServiceRecord {
    const service = this.findService(cluster, nameOrArn);
    if (!service) {
      throw new AwsError('ServiceNotFoundException', 'Service not found.');
    }
    return service;
  }

  tasksOf(cluster: ClusterRecord): TaskRecord[] {
    return this.state.tasks.filter(
      task => inPlace(task, cluster) && task.cluster === cluster.name,
    );
  }

  tasksOfService(service: ServiceRecord): TaskRecord[] {
    return this.state.tasks.filter(
      task =>
        task.service === service.name &&
        task.cluster === service.cluster &&
        inPlace(task, service),
    );
  }

  findTask(cluster: ClusterRecord, idOrArn: string): TaskRecord | undefined {
    return isHere(cluster, idOrArn)
      ? this.tasksOf(cluster).find(({ id }) => id === shortName(idOrArn))
      : undefined;
  }

  taskDefinitionsIn(place: EcsPlace): TaskDefinitionRecord[] {
    return this.state.taskDefinitions.filter(found => inPlace(found, place));
  }

  /** A revision; without a number, the newest of the family that is ACTIVE. */
  findTaskDefinition(
    place: EcsPlace,
    nameOrArn: string,
  ): TaskDefinitionRecord | undefined {
    if (!isHere(place, nameOrArn)) {
      return undefined;
    }
    const { family, revision } = parseTaskDefinition(nameOrArn);
    const ofFamily = this.taskDefinitionsIn(place).filter(
      found => found.family === family,
    );
    return revision === undefined
      ? ofFamily.filter(({ status }) => status === 'ACTIVE').pop()
      : ofFamily.find(found => found.revision === revision);
  }

  /** The definition that a service or task names by its full ARN. */
  definitionOf(place: EcsPlace, arn: string): TaskDefinitionRecord {
    const found = this.taskDefinitionsIn(place).find(
      candidate => taskDefinitionArn(candidate) === arn,
    );
    if (!found) {
      throw new Error(`task definition ${arn} is named but not kept`);
    }
    return found;
  }
}

/** Whether a record belongs to an account and region. */
export function inPlace(record: EcsPlace, place: EcsPlace): boolean {
  return record.accountId === place.accountId && record.region === place.region;
}
