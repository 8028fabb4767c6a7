/**
 * Clusters of the Kubernetes plugin, from the catalog's environments.
 *
 * @packageDocumentation
 */
export { kubernetesModulePlatformEnvs as default } from './module';
