export * from './CellDetails';
