export { EnvironmentsWidget } from './EnvironmentsWidget';
export { MyServicesWidget } from './MyServicesWidget';
export { WaitingForMeWidget } from './WaitingForMeWidget';
