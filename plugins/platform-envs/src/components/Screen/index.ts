export * from './queryClient';
export * from './Screen';
