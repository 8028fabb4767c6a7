export { costApi, costApiRef } from './costApiRef';
