export * from './RefLink';
