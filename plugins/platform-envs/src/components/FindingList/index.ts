export * from './FindingList';
