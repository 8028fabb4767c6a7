export { CostFigure } from './CostFigure';
