export * from './WhereItRunsCard';
