export * from './Approvals';
export * from './DecisionForm';
export * from './RequestFrame';
export * from './RequestRecord';
export * from './RequestTable';
export * from './ScopeToggle';
