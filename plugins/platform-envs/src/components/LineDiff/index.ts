export * from './LineDiff';
