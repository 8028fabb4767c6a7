export * from './FakeGitHost';
