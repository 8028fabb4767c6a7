export * from './CellLinks';
export * from './Links';
export * from './LinksAround';
