import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { RegistryRef } from '../ImageRegistry';
import { JsonFile } from '../JsonFile';
import { CLUSTER_VERSIONS, minorOf } from './addonCatalog';
import { applyToNodegroup, checkScaling, NodegroupChange } from './nodegroups';
import { seedClusters } from './seedClusters';
import { ClusterUpdate, EksCluster, Nodegroup } from './types';

// EKS takes about ten minutes for a control plane and one for a scaling.
const VERSION_UPDATE_MS = 30_000;
const CONFIG_UPDATE_MS = 6_000;
// Nodes may be this many minor versions older than the control plane.
const MOST_SKEW = 3;

/** The EKS clusters of all accounts and regions. Updates are under way for a while; those that were go on after a restart. */
export class EksFleet {
  /** Another number after every change that is charged. */
  revision = 0;
  private clusters: EksCluster[];
  private readonly file: JsonFile<EksCluster[]>;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
    >,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'eks.json'),
      () => this.clusters,
    );
    this.clusters = this.file.load() ?? seedClusters(world.platforms);
    for (const cluster of this.clusters) {
      cluster.updates
        .filter(({ status }) => status === 'InProgress')
        .forEach(update => this.finishLater(cluster, update));
    }
    world.onReset(() => {
      this.clusters = seedClusters(world.platforms);
      this.revision += 1;
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** The clusters of all accounts and regions. */
  get everything(): EksCluster[] {
    return this.clusters;
  }

  /** Clusters of a place, by name. */
  list({ accountId, region }: RegistryRef): EksCluster[] {
    return this.clusters
      .filter(
        cluster => cluster.accountId === accountId && cluster.region === region,
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The OIDC issuers of an account's clusters, which its roles trust. */
  issuersOf(accountId: string): string[] {
    return this.clusters
      .filter(cluster => cluster.accountId === accountId)
      .map(oidcIssuer);
  }

  /** @throws AwsError - ResourceNotFoundException */
  get(place: RegistryRef, name: string): EksCluster {
    const cluster = this.list(place).find(candidate => candidate.name === name);
    if (!cluster) {
      throw new AwsError(
        'ResourceNotFoundException',
        `No cluster found for name: ${name}.`,
        404,
        { clusterName: name },
      );
    }
    return cluster;
  }

  /** @throws AwsError - ResourceNotFoundException */
  getNodegroup(cluster: EksCluster, name: string): Nodegroup {
    const nodegroup = cluster.nodegroups.find(group => group.name === name);
    if (!nodegroup) {
      throw new AwsError(
        'ResourceNotFoundException',
        `No node group found for name: ${name}.`,
        404,
        { clusterName: cluster.name, nodegroupName: name },
      );
    }
    return nodegroup;
  }

  /** Replaces the tags of a cluster, node group or add-on. */
  setTags(
    resource: { tags: Record<string, string> },
    tags: Record<string, string>,
  ): void {
    resource.tags = tags;
    this.revision += 1;
    this.file.touch();
  }

  /**
   * Begins to bring the control plane to the next minor version.
   *
   * @throws AwsError - InvalidParameterException, InvalidRequestException, ResourceInUseException
   */
  updateVersion(
    cluster: EksCluster,
    version: string | undefined,
  ): ClusterUpdate {
    const refuse = (code: string, message: string) =>
      new AwsError(code, message, 400, { clusterName: cluster.name });
    if (!version || !CLUSTER_VERSIONS.includes(version)) {
      throw refuse(
        'InvalidParameterException',
        `unsupported Kubernetes version ${version}`,
      );
    }
    if (version === cluster.version) {
      throw refuse(
        'InvalidParameterException',
        `Cluster is already at the desired configuration with version ${version}`,
      );
    }
    if (minorOf(version) !== minorOf(cluster.version) + 1) {
      throw refuse(
        'InvalidParameterException',
        `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`,
      );
    }
    this.checkIdle(cluster);
    const tooOld = cluster.nodegroups.find(
      group => minorOf(version) - minorOf(group.version) > MOST_SKEW,
    );
    if (tooOld) {
      throw refuse(
        'InvalidRequestException',
        `Nodegroups ${tooOld.name} must be updated to match cluster version ${cluster.version} before updating cluster version`,
      );
    }
    cluster.status = 'UPDATING';
    return this.begin(cluster, {
      type: 'VersionUpdate',
      params: [
        { type: 'Version', value: version },
        { type: 'PlatformVersion', value: `eks.${minorOf(version) - 15}` },
      ],
    });
  }

  /**
   * Begins to change a node group's size or labels.
   *
   * @throws AwsError - InvalidParameterException, ResourceInUseException
   */
  updateNodegroup(
    cluster: EksCluster,
    nodegroup: Nodegroup,
    change: NodegroupChange,
  ): ClusterUpdate {
    const scaling = { ...nodegroup.scaling, ...change.scaling };
    checkScaling(scaling, cluster, nodegroup);
    this.checkIdle(cluster, nodegroup);
    const params = [
      ...(change.scaling
        ? [
            { type: 'MinSize', value: String(scaling.minSize) },
            { type: 'MaxSize', value: String(scaling.maxSize) },
            { type: 'DesiredSize', value: String(scaling.desiredSize) },
          ]
        : []),
      ...(change.maxUnavailable === undefined
        ? []
        : [{ type: 'MaxUnavailable', value: String(change.maxUnavailable) }]),
      ...(change.addLabels
        ? [{ type: 'LabelsToAdd', value: JSON.stringify(change.addLabels) }]
        : []),
      ...(change.removeLabels
        ? [
            {
              type: 'LabelsToRemove',
              value: JSON.stringify(change.removeLabels),
            },
          ]
        : []),
    ];
    if (params.length === 0) {
      throw new AwsError(
        'InvalidParameterException',
        'No changes needed for the nodegroup.',
        400,
        { clusterName: cluster.name, nodegroupName: nodegroup.name },
      );
    }
    nodegroup.status = 'UPDATING';
    return this.begin(cluster, {
      type: 'ConfigUpdate',
      nodegroup: nodegroup.name,
      params,
    });
  }

  private checkIdle(cluster: EksCluster, nodegroup?: Nodegroup): void {
    const running = cluster.updates.find(
      update =>
        update.status === 'InProgress' && update.nodegroup === nodegroup?.name,
    );
    if (running) {
      throw new AwsError(
        'ResourceInUseException',
        nodegroup
          ? `Nodegroup cannot be updated as it is currently not in Active State`
          : `Cannot update cluster ${cluster.name} because it currently has update ${running.id} in progress`,
        409,
        { clusterName: cluster.name, nodegroupName: nodegroup?.name },
      );
    }
  }

  private begin(
    cluster: EksCluster,
    change: Pick<ClusterUpdate, 'type' | 'nodegroup' | 'params'>,
  ): ClusterUpdate {
    const update: ClusterUpdate = {
      ...change,
      id: randomUUID(),
      status: 'InProgress',
      createdAt: this.world.clock.now().toISOString(),
    };
    cluster.updates.unshift(update);
    this.file.touch();
    this.finishLater(cluster, update);
    return update;
  }

  private finishLater(cluster: EksCluster, update: ClusterUpdate): void {
    const takesMs =
      update.type === 'VersionUpdate' ? VERSION_UPDATE_MS : CONFIG_UPDATE_MS;
    this.world.schedule(takesMs, () => {
      const value = (type: string) =>
        update.params.find(param => param.type === type)?.value;
      const nodegroup = cluster.nodegroups.find(
        ({ name }) => name === update.nodegroup,
      );
      if (nodegroup) {
        applyToNodegroup(nodegroup, value, this.world.clock.now());
        this.revision += 1;
      } else {
        cluster.version = value('Version') ?? cluster.version;
        cluster.platformVersion =
          value('PlatformVersion') ?? cluster.platformVersion;
        cluster.status = 'ACTIVE';
      }
      update.status = 'Successful';
      this.file.touch();
    });
  }
}

/** Who vouches for the service accounts of a cluster. */
export function oidcIssuer({ region, oidcId }: EksCluster): string {
  return `https://oidc.eks.${region}.amazonaws.com/id/${oidcId}`;
}
