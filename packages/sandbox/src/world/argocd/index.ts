export { startArgocd } from './startArgocd';
