import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { BuildSource } from './ports/BuildSource';
import { ClusterSource } from './ports/ClusterSource';
import { DeploymentSource } from './ports/DeploymentSource';
import { GitHost } from './ports/GitHost';
import { ImageRegistrySource } from './ports/ImageRegistrySource';
import { MetricsSource } from './ports/MetricsSource';
import { ObservabilitySource } from './ports/ObservabilitySource';
import { ReplicationLagSource } from './ports/ReplicationLagSource';
import { StackSource } from './ports/StackSource';

/**
 * How a backend module gives the platform-envs plugin its adapters. An adapter
 * that a module adds takes the place of the one that configuration would make.
 *
 * @public
 */
export interface PlatformEnvsAdaptersExtensionPoint {
  /** @throws Error - the instance is taken. */
  addDeploymentSource(source: DeploymentSource): void;
  /**
   * @param host - as in `integrations.github[].host`
   * @throws Error - the host is taken.
   */
  addGitHost(host: string, gitHost: GitHost): void;
  /** @throws Error - there is one already. */
  addBuildSource(source: BuildSource): void;
  /** @throws Error - there is one already. */
  addImageRegistrySource(source: ImageRegistrySource): void;
  /** @throws Error - there is one already. */
  addReplicationLagSource(source: ReplicationLagSource): void;
  /** @throws Error - there is one already. */
  addClusterSource(source: ClusterSource): void;
  /** @throws Error - there is one already. */
  addStackSource(source: StackSource): void;
  /** @throws Error - the instance is taken. */
  addObservabilitySource(source: ObservabilitySource): void;
  /** @throws Error - the instance is taken. */
  addMetricsSource(source: MetricsSource): void;
}

/** @public */
export const platformEnvsAdaptersExtensionPoint =
  createExtensionPoint<PlatformEnvsAdaptersExtensionPoint>({
    id: 'platform-envs.adapters',
  });
