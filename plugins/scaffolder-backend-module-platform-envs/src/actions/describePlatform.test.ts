import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { ScmIntegrations } from '@backstage/integration';
import { ConfigReader } from '@backstage/config';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { seedEntities } from '../__testUtils__/sandboxPlatform';
import { createDescribePlatformAction } from './describePlatform';

async function describePlatform(input: {
  system: string;
  environments?: string[];
  runtimes?: Array<'eks' | 'ecs'>;
}) {
  const action = createDescribePlatformAction({
    catalog: catalogServiceMock({ entities: seedEntities() }),
    integrations: ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          github: [
            {
              host: 'git.example:8443',
              apiBaseUrl: 'https://git.example:8443/api/v3',
            },
          ],
        },
      }),
    ),
    gitHost: 'git.example:8443',
  });
  const context = createMockActionContext({
    input: { component: 'greeter', ...input },
  });
  await action.handler(context as any);
  return Object.fromEntries((context.output as jest.Mock).mock.calls);
}

describe('fairway:platform:describe', () => {
  it('tells where the parts of a component will be', async () => {
    await expect(
      describePlatform({
        system: 'system:default/mobilytics',
        environments: ['prod', 'dev'],
        runtimes: ['ecs'],
      }),
    ).resolves.toMatchObject({
      system: 'mobilytics',
      githubOrg: 'mobilytics',
      repoUrl: 'git.example:8443?owner=mobilytics&repo=greeter',
      modulePath: 'git.example/mobilytics/greeter',
      runtime: 'ecs',
      environments: 'dev,prod',
      firstEnvironment: 'dev',
      imageRepository: '444400000000.dkr.ecr.us-east-1.amazonaws.com/greeter',
    });
  });

  it('refuses a platform that the template does not make components for', async () => {
    await expect(
      describePlatform({
        system: 'system:default/sample-platform-ai',
        runtimes: ['ecs'],
      }),
    ).rejects.toThrow(
      'system:default/sample-platform-ai runs on EKS, but this template makes components for ECS: choose another platform, or another template',
    );
  });

  it('takes every platform where the template does not say', async () => {
    for (const system of ['sample-platform-ai', 'cornjacket-platform']) {
      await expect(describePlatform({ system })).resolves.toMatchObject({
        system,
      });
    }
  });
});
