export * from './FakeDeploymentSource';
export * from './FakeGitHost';
export * from './FakeReplicationLagSource';
