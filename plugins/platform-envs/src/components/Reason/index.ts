export * from './ReasonedButton';
