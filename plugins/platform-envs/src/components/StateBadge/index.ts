export * from './OldValues';
export * from './StateBadge';
