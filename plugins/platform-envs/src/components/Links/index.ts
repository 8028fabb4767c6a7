export * from './CellLinks';
export * from './Links';
