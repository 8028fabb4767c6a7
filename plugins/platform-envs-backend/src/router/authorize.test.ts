import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { listOperations } from './authorize';

describe('listOperations', () => {
  it('says per environment what may be done, and why not', async () => {
    const permissions = mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(request => ({
          result: JSON.stringify(request).includes('prod')
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
        })),
    });
    await expect(
      listOperations(permissions, mockCredentials.user(), [
        {
          componentRef: 'component:default/backend',
          environmentRef: 'environment:default/dev',
        },
        {
          componentRef: 'component:default/backend',
          environmentRef: 'environment:default/prod',
        },
      ]),
    ).resolves.toEqual([
      { environmentRef: 'environment:default/dev', allowed: true },
      {
        environmentRef: 'environment:default/prod',
        allowed: false,
        reason: expect.stringContaining(
          'Only the team that owns backend, or the one that owns prod, may refresh or sync it there',
        ),
      },
    ]);
  });
});
