export * from './FakeClusterSource';
export * from './FakeDeploymentSource';
export * from './FakeGitHost';
export * from './FakeReplicationLagSource';
export * from './FakeStackSource';
