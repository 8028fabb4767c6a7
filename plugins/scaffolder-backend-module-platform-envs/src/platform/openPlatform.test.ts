import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { seedEntities } from '../__testUtils__/sandboxPlatform';
import { openPlatform } from './openPlatform';

describe('openPlatform', () => {
  function open(result: AuthorizeResult.ALLOW | AuthorizeResult.DENY) {
    const authorize = jest.fn().mockResolvedValue([{ result }]);
    const opened = openPlatform({
      catalog: catalogServiceMock({ entities: seedEntities() }),
      permissions: mockServices.permissions.mock({ authorize }),
      credentials: mockCredentials.user('user:default/campaign-developer'),
      system: 'sample-platform-ai',
    });
    return { opened, authorize };
  }

  it('asks whether the person may, on the system', async () => {
    const { opened, authorize } = open(AuthorizeResult.ALLOW);
    await expect(opened).resolves.toMatchObject({
      system: 'sample-platform-ai',
    });
    expect(authorize).toHaveBeenCalledWith(
      [
        {
          permission: expect.objectContaining({
            name: 'platform-envs.component.create',
          }),
          resourceRef: 'system:default/sample-platform-ai',
        },
      ],
      {
        credentials: mockCredentials.user('user:default/campaign-developer'),
      },
    );
  });

  it('refuses somebody else’s platform, naming its owner', async () => {
    await expect(open(AuthorizeResult.DENY).opened).rejects.toThrow(
      'You may not create components on system:default/sample-platform-ai: its owners may, group:default/sample-platform-ai',
    );
  });
});
