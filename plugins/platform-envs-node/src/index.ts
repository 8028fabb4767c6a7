/**
 * Ports to the outside world, and how modules plug adapters into them.
 *
 * @packageDocumentation
 */
export * from './audience';
export * from './clusterAccess';
export * from './extensions';
export * from './platformEnvsServiceRef';
export * from './ports/BuildSource';
export * from './ports/ClusterSource';
export * from './ports/DeploymentSource';
export * from './ports/GitHost';
export * from './ports/ImageLabelSource';
export * from './ports/ImageRegistrySource';
export * from './ports/MetricsSource';
export * from './ports/ObservabilitySource';
export * from './ports/ReplicationLagSource';
export * from './ports/StackSource';
