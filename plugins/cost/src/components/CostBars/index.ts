export { PlanBar } from './PlanBar';
