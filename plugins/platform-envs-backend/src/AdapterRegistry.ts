import {
  RootConfigService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { DefaultAwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  DeploymentSource,
  GitHost,
  PlatformEnvsAdaptersExtensionPoint,
  ReplicationLagSource,
} from '@fairway/plugin-platform-envs-node';
import { ArgocdDeploymentSource } from './adapters/argocd/ArgocdDeploymentSource';
import { CloudWatchReplicationLagSource } from './adapters/aurora/CloudWatchReplicationLagSource';
import { EcsDeploymentSource } from './adapters/ecs/EcsDeploymentSource';
import { GithubGitHost } from './adapters/github/GithubGitHost';
import { PlatformEnvsConfig } from './readConfig';

/** The adapters in use: what modules added, and what configuration asks for besides. */
export interface Adapters {
  deploymentSources: DeploymentSource[];
  /** Absent: no Git host is configured. */
  gitHost?: GitHost;
  /** Absent: AWS is not configured. */
  replicationLagSource?: ReplicationLagSource;
}

/** Collects what modules add. */
export class AdapterRegistry implements PlatformEnvsAdaptersExtensionPoint {
  readonly #deploymentSources = new Map<string, DeploymentSource>();
  readonly #gitHosts = new Map<string, GitHost>();
  #replicationLagSource?: ReplicationLagSource;

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

  addReplicationLagSource(source: ReplicationLagSource): void {
    if (this.#replicationLagSource) {
      throw new Error('There is a replication lag source already');
    }
    this.#replicationLagSource = source;
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
    return {
      deploymentSources: [...this.#deploymentSources.values()],
      ...(gitHost && { gitHost }),
      ...(replicationLagSource && { replicationLagSource }),
    };
  }
}
