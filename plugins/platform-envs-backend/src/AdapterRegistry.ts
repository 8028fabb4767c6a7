import {
  RootConfigService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  BuildSource,
  ClusterSource,
  DeploymentSource,
  GitHost,
  ImageLabelSource,
  ImageRegistrySource,
  MetricsSource,
  ObservabilitySource,
  PlatformEnvsAdaptersExtensionPoint,
  ReplicationLagSource,
  StackSource,
} from '@fairway/plugin-platform-envs-node';
import { ArgocdDeploymentSource } from './adapters/argocd/ArgocdDeploymentSource';
import { CloudFormationStackSource } from './adapters/cloudformation/CloudFormationStackSource';
import { CloudWatchReplicationLagSource } from './adapters/aurora/CloudWatchReplicationLagSource';
import { EcrImageRegistrySource } from './adapters/ecr/EcrImageRegistrySource';
import { EcrImageLabelSource } from './adapters/ecr/EcrImageLabelSource';
import { EcsDeploymentSource } from './adapters/ecs/EcsDeploymentSource';
import { EksClusterSource } from './adapters/eks/EksClusterSource';
import { GithubBuildSource } from './adapters/github/GithubBuildSource';
import { GithubGitHost } from './adapters/github/GithubGitHost';
import { GrafanaObservabilitySource } from './adapters/grafana/GrafanaObservabilitySource';
import { CONVENTIONS } from './adapters/prometheus/conventions';
import { PrometheusMetricsSource } from './adapters/prometheus/PrometheusMetricsSource';
import { PlatformEnvsConfig } from './readConfig';

/** The adapters in use: what modules added, and what configuration asks for besides. */
export interface Adapters {
  deploymentSources: DeploymentSource[];
  /** Absent: no Git host is configured. */
  gitHost?: GitHost;
  /** Absent: no Git host is configured. */
  buildSource?: BuildSource;
  /** Absent: AWS is not configured. */
  imageRegistrySource?: ImageRegistrySource;
  /** Absent: AWS is not configured. */
  imageLabelSource?: ImageLabelSource;
  /** Absent: AWS is not configured. */
  replicationLagSource?: ReplicationLagSource;
  /** Absent: neither AWS nor a cluster is configured. */
  clusterSource?: ClusterSource;
  /** Absent: AWS is not configured. */
  stackSource?: StackSource;
  observabilitySources: ObservabilitySource[];
  metricsSources: MetricsSource[];
}

/** Collects what modules add. */
export class AdapterRegistry implements PlatformEnvsAdaptersExtensionPoint {
  readonly #deploymentSources = new Map<string, DeploymentSource>();
  readonly #gitHosts = new Map<string, GitHost>();
  readonly #observabilitySources = new Map<string, ObservabilitySource>();
  readonly #metricsSources = new Map<string, MetricsSource>();
  #buildSource?: BuildSource;
  #imageRegistrySource?: ImageRegistrySource;
  #replicationLagSource?: ReplicationLagSource;
  #clusterSource?: ClusterSource;
  #stackSource?: StackSource;

  addDeploymentSource(source: DeploymentSource): void {
    if (this.#deploymentSources.has(source.instance)) {
      throw new Error(
        `There is a deployment source "${source.instance}" already`,
      );
    }
    this.#deploymentSources.set(source.instance, source);
  }

  addGitHost(host: string, gitHost: GitHost): void {
    if (this.#gitHosts.has(host)) {
      throw new Error(`There is a Git host "${host}" already`);
    }
    this.#gitHosts.set(host, gitHost);
  }

  addBuildSource(source: BuildSource): void {
    if (this.#buildSource) throw new Error('There is a build source already');
    this.#buildSource = source;
  }

  addImageRegistrySource(source: ImageRegistrySource): void {
    if (this.#imageRegistrySource) {
      throw new Error('There is an image registry source already');
    }
    this.#imageRegistrySource = source;
  }

  addReplicationLagSource(source: ReplicationLagSource): void {
    if (this.#replicationLagSource) {
      throw new Error('There is a replication lag source already');
    }
    this.#replicationLagSource = source;
  }

  addClusterSource(source: ClusterSource): void {
    if (this.#clusterSource) {
      throw new Error('There is a cluster source already');
    }
    this.#clusterSource = source;
  }

  addStackSource(source: StackSource): void {
    if (this.#stackSource) throw new Error('There is a stack source already');
    this.#stackSource = source;
  }

  addObservabilitySource(source: ObservabilitySource): void {
    addOnce(this.#observabilitySources, 'an observability source', source);
  }

  addMetricsSource(source: MetricsSource): void {
    addOnce(this.#metricsSources, 'a metrics source', source);
  }

  /** @throws Error - configuration names something that does not exist. */
  resolve(
    config: PlatformEnvsConfig,
    services: { config: RootConfigService; logger: LoggerService },
  ): Adapters {
    const { logger } = services;
    for (const instance of config.argocd) {
      if (this.#deploymentSources.has(instance.instance)) continue;
      this.addDeploymentSource(
        new ArgocdDeploymentSource({ ...instance, logger }),
      );
    }
    if (config.aws && !this.#deploymentSources.has('ecs')) {
      this.addDeploymentSource(
        new EcsDeploymentSource({
          ...config.ecs,
          credentials: DefaultAwsCredentialsManager.fromConfig(services.config),
          logger,
        }),
      );
    }
    const host = config.gitHost?.host;
    const gitHost =
      host &&
      (this.#gitHosts.get(host) ??
        GithubGitHost.fromConfig(services.config, { host, logger }));
    const replicationLagSource =
      this.#replicationLagSource ??
      (config.aws
        ? new CloudWatchReplicationLagSource({
            credentials: DefaultAwsCredentialsManager.fromConfig(
              services.config,
            ),
          })
        : undefined);
    const imageLabelSource =
      config.aws &&
      new EcrImageLabelSource({
        credentials: DefaultAwsCredentialsManager.fromConfig(services.config),
      });
    return {
      deploymentSources: [...this.#deploymentSources.values()],
      ...this.#observability(config),
      ...(gitHost && { gitHost }),
      ...this.#builds(config, services.config),
      ...(imageLabelSource && { imageLabelSource }),
      ...(replicationLagSource && { replicationLagSource }),
      ...this.#infrastructure(config, services.config),
    };
  }

  /** What is asked only while a first delivery is under way. */
  #builds(
    { aws, gitHost }: PlatformEnvsConfig,
    root: RootConfigService,
  ): Pick<Adapters, 'buildSource' | 'imageRegistrySource'> {
    if (
      gitHost &&
      ScmIntegrations.fromConfig(root).github.byHost(gitHost.host)
    ) {
      this.#buildSource ??= GithubBuildSource.fromConfig(root, gitHost);
    }
    if (aws) {
      this.#imageRegistrySource ??= new EcrImageRegistrySource({
        credentials: DefaultAwsCredentialsManager.fromConfig(root),
      });
    }
    return {
      ...(this.#buildSource && { buildSource: this.#buildSource }),
      ...(this.#imageRegistrySource && {
        imageRegistrySource: this.#imageRegistrySource,
      }),
    };
  }

  #infrastructure(
    { aws, infrastructure }: PlatformEnvsConfig,
    root: RootConfigService,
  ): Pick<Adapters, 'clusterSource' | 'stackSource'> {
    const { clusterAccess } = infrastructure;
    const credentials = aws
      ? DefaultAwsCredentialsManager.fromConfig(root)
      : undefined;
    if (credentials || clusterAccess) {
      this.#clusterSource ??= new EksClusterSource({
        ...(credentials && { credentials }),
        accessOf: clusterAccess ?? (() => ({})),
      });
    }
    if (credentials) {
      this.#stackSource ??= new CloudFormationStackSource({ credentials });
    }
    return {
      ...(this.#clusterSource && { clusterSource: this.#clusterSource }),
      ...(this.#stackSource && { stackSource: this.#stackSource }),
    };
  }

  #observability({
    observability,
  }: PlatformEnvsConfig): Pick<
    Adapters,
    'observabilitySources' | 'metricsSources'
  > {
    for (const of of observability.grafana) {
      if (this.#observabilitySources.has(of.instance)) continue;
      this.addObservabilitySource(new GrafanaObservabilitySource(of));
    }
    for (const of of observability.prometheus) {
      if (this.#metricsSources.has(of.instance)) continue;
      const { queries, labels } = CONVENTIONS[of.convention];
      this.addMetricsSource(
        new PrometheusMetricsSource({
          ...of,
          queries: { ...queries, ...of.queries },
          labels: { ...labels, ...of.labels },
        }),
      );
    }
    return {
      observabilitySources: [...this.#observabilitySources.values()],
      metricsSources: [...this.#metricsSources.values()],
    };
  }
}

function addOnce<T extends { instance: string }>(
  into: Map<string, T>,
  what: string,
  source: T,
): void {
  if (into.has(source.instance)) {
    throw new Error(`There is ${what} "${source.instance}" already`);
  }
  into.set(source.instance, source);
}
