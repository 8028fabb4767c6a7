import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { assertOwner } from './assertOwner';

const DEVELOPER = 'user:default/developer';

const group = (name: string, spec: object = {}): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name, namespace: 'default' },
  spec: { type: 'team', children: [], ...spec },
});

function check(owner: string, groups: string[] = ['payments', 'web']) {
  const authorize = jest.fn(async (requests: any[]) =>
    requests.map(({ resourceRef }) => ({
      result: groups.some(name => resourceRef === `group:default/${name}`)
        ? AuthorizeResult.ALLOW
        : AuthorizeResult.DENY,
    })),
  );
  const asserted = assertOwner({
    catalog: catalogServiceMock({
      entities: [
        group('orders', { profile: { displayName: 'Orders & Returns' } }),
        group('payments'),
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'User',
          metadata: { name: 'developer', namespace: 'default' },
          spec: {},
          relations: groups.map(name => ({
            type: 'memberOf',
            targetRef: `group:default/${name}`,
          })),
        },
      ],
    }),
    permissions: mockServices.permissions.mock({
      authorize: authorize as any,
    }),
    credentials: mockCredentials.user(DEVELOPER),
    owner,
  });
  return { asserted, authorize };
}

describe('assertOwner', () => {
  it('asks the policy about the group, however it is written', async () => {
    for (const owner of ['group:default/payments', 'Group:Payments']) {
      const { asserted, authorize } = check(owner);
      await expect(asserted).resolves.toBeUndefined();
      expect(authorize).toHaveBeenCalledWith(
        [
          {
            permission: expect.objectContaining({
              name: 'platform-envs.component.assign',
            }),
            resourceRef: 'group:default/payments',
          },
        ],
        { credentials: expect.anything() },
      );
    }
  });

  it('names the group that is not theirs, their groups, and what to do', async () => {
    await expect(check('group:default/orders').asserted).rejects.toMatchObject({
      name: 'NotAllowedError',
      message:
        'You may not make Orders & Returns (group:default/orders) the owner: user:default/developer is not a member of it. Choose one of your groups (group:default/payments, group:default/web), or ask one of its members to create it',
    });
  });

  it('tells whoever is in no group what to do', async () => {
    await expect(
      check('group:default/orders', []).asserted,
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringMatching(/Ask whoever keeps the groups/),
    });
  });

  it('does not list hundreds of groups', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `team-${index}`);
    await expect(
      check('group:default/orders', many).asserted,
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /one of your 300 groups, such as .*team-9,/,
      ),
    });
  });

  it('refuses a group that is not there', async () => {
    await expect(check('group:default/nobody').asserted).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(
        /^There is no group:default\/nobody in the catalog.*Choose one of your groups/,
      ),
    });
  });

  it.each([DEVELOPER, 'component:default/payments'])(
    'refuses %s, which is no group',
    async owner => {
      const { asserted, authorize } = check(owner);
      await expect(asserted).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/is no group: choose a group/),
      });
      expect(authorize).not.toHaveBeenCalled();
    },
  );

  it.each([
    '',
    'payments',
    'a:b:c',
    'group:../x',
    'group:${{ x }}',
    '\u001b[31m',
    'x'.repeat(10_000),
  ])('F29 refuses what is no entity ref (case %#)', async owner => {
    const { asserted } = check(owner);
    await expect(asserted).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^[\x20-\x7e…]{1,200}$/),
    });
  });
});
