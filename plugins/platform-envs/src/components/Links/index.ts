export * from './Links';
