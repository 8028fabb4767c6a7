export * from './CellDetails';
export * from './CellPanel';
