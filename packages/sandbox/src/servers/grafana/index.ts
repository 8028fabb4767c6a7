export { createGrafanaServer } from './createGrafanaServer';
