export { createKubernetesServer } from './createKubernetesServer';
