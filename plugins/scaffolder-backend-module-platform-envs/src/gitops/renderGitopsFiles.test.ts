import { aComponent } from '../__testUtils__/aComponent';
import { renderGitopsFiles } from './renderGitopsFiles';

describe('renderGitopsFiles', () => {
  it('renders kustomize for EKS and variables for ECS', async () => {
    expect([
      ...renderGitopsFiles(await aComponent('sample-platform-ai')).keys(),
    ]).toContain('gitops/overlays/dev/greeter/kustomization.yaml');
    expect([
      ...renderGitopsFiles(await aComponent('mobilytics')).keys(),
    ]).toContain('deploy/dev/greeter.tfvars.json');
  });

  it('refuses an EKS environment without a cluster, naming it', async () => {
    const component = await aComponent('sample-platform-ai');
    delete component.environments[1].cluster;
    expect(() => renderGitopsFiles(component)).toThrow(
      'environment:default/sample-platform-ai-uat runs on EKS but its entity names no spec.cluster',
    );
  });

  it('refuses environments of two runtimes', async () => {
    const component = await aComponent('sample-platform-ai');
    component.environments[1].runtime = 'ecs';
    expect(() => renderGitopsFiles(component)).toThrow(
      'run on eks and ecs; a component is prepared for one runtime only',
    );
  });
});
