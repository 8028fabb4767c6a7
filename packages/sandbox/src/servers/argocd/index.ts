export { createArgocdServer } from './createArgocdServer';
