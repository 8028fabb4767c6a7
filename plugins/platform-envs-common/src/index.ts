/**
 * The model of environments, delivery state and promotions. Pure: no Node, no
 * React, no clock.
 *
 * @packageDocumentation
 */
export { formatAge, tellAges } from './age';
export * from './annotations';
export * from './api';
export * from './applicationDetail';
export type { PlatformEnvsClientOptions } from './BackendCalls';
export * from './behind';
export * from './capacity';
export * from './comparison';
export * from './componentName';
export * from './componentPlan';
export * from './componentSizing';
export * from './deliveryCauses';
export * from './deliveryFacts';
export * from './deliveryState';
export * from './deployer';
export * from './environment';
export * from './firstDelivery';
export * from './overview';
export * from './overviewWire';
export * from './observability';
export * from './observed';
export * from './permissions';
export * from './PlatformEnvsApi';
export * from './PlatformEnvsClient';
export * from './promotion/availableActions';
export * from './promotion/compareVersions';
export * from './promotion/gates';
export * from './promotion/transition';
export * from './promotion/types';
export * from './promotionTarget';
export * from './release';
export * from './removal/availableActions';
export * from './removal/transition';
export * from './removal/types';
export * from './stacks';
export * from './status';
