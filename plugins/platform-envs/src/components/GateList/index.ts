export * from './GateList';
