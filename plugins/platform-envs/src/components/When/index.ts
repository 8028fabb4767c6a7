export * from './When';
