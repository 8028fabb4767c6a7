export * from './CopyButton';
export * from './ReleaseLabel';
