export { platformEnvsApi, platformEnvsApiRef } from './platformEnvsApiRef';
