export { CostThisMonth } from './CostThisMonth';
