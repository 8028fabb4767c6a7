import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import * as catalogPermissions from '@backstage/plugin-catalog-common/alpha';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  AuthorizeResult,
  createPermission,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import * as scaffolderPermissions from '@backstage/plugin-scaffolder-common/alpha';
import { costPermissions } from '@fairway/plugin-cost-common';
import {
  componentAssignPermission,
  componentCreatePermission,
  componentRemovePermission,
  platformEnvsPermissions,
} from '@fairway/plugin-platform-envs-common';
import { Memberships } from './Memberships';
import { PlatformPolicy } from './PlatformPolicy';
import { POLICY_TABLE } from './policyTable';

/** The seed's roles and the groups that each belongs to. */
const ROLES: Record<string, string[]> = {
  developer: ['sample-platform-ai'],
  lead: ['sample-platform-ai', 'sample-platform-ai-leads'],
  'platform-engineer': ['platform-engineering'],
  'on-call': ['on-call'],
  outsider: [],
};

const users = Object.entries(ROLES).map(
  ([name, groups]): Entity => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default' },
    spec: {},
    relations: groups.map(group => ({
      type: 'memberOf',
      targetRef: `group:default/${group}`,
    })),
  }),
);

function createPolicy(catalog = catalogServiceMock({ entities: users })) {
  return new PlatformPolicy({
    memberships: new Memberships({
      auth: mockServices.auth(),
      catalog,
      logger: mockServices.logger.mock(),
    }),
    administrators: ['group:default/platform-engineering'],
    operators: ['group:default/on-call'],
  });
}

const ask = (permission: Permission, role: string, policy = createPolicy()) => {
  const credentials = mockCredentials.user(`user:default/${role}`);
  return policy.handle({ permission } as never, {
    credentials,
    info: { userEntityRef: '', ownershipEntityRefs: [] },
  });
};

function permissionsOf(module: object): Permission[] {
  return Object.values(module).filter(
    value => value?.name && value?.attributes && value?.type,
  );
}

const permissions: Permission[] = [
  ...platformEnvsPermissions,
  componentAssignPermission,
  componentCreatePermission,
  componentRemovePermission,
  ...costPermissions,
  ...permissionsOf(catalogPermissions),
  ...permissionsOf(scaffolderPermissions),
  ...[
    'kubernetes.clusters.read',
    'kubernetes.resources.read',
    'kubernetes.proxy',
  ].map(name => createPermission({ name, attributes: {} })),
];

/**
 * + allowed, - refused, and for what depends on the thing asked about:
 * T the team that owns it, A its approvers, O its owner, G its members, M who
 * made it.
 */
const MATRIX: Record<string, string> = {
  //                                developer, lead, engineer, on-call, outsider
  'platform-envs.environment.read': '+++++',
  'platform-envs.promotion.read': '+++++',
  'platform-envs.promotion.create': 'TTTTT',
  'platform-envs.promotion.approve': 'AAAAA',
  'platform-envs.promotion.cancel': '--+--',
  'platform-envs.environment.operate': 'TT+TT',
  'platform-envs.component.create': 'OO+OO',
  'platform-envs.component.assign': 'GG+G-',
  'platform-envs.component.remove': 'OO+OO',
  'platform-envs.removal.approve': 'AAAAA',
  'cost.read': '++++-',
  'catalog.entity.read': '+++++',
  'catalog.location.read': '+++++',
  'catalog.entity.refresh': '++++-',
  'catalog.entity.validate': '++++-',
  'catalog.location.analyze': '++++-',
  'catalog.entity.create': '++++-',
  'catalog.location.create': '++++-',
  'catalog.entity.delete': 'OO+OO',
  'catalog.location.delete': '--+--',
  'catalog.ingestion.read': '--+--',
  'catalog.ingestion.manage': '--+--',
  'scaffolder.template.parameter.read': '++++-',
  'scaffolder.template.step.read': '++++-',
  'scaffolder.action.execute': '++++-',
  'scaffolder.task.create': '++++-',
  'scaffolder.task.read': 'MM+MM',
  'scaffolder.task.cancel': 'MM+MM',
  'scaffolder.template.dry-run': '--+--',
  'scaffolder.template.management': '--+--',
  'kubernetes.clusters.read': '++++-',
  'kubernetes.resources.read': '++++-',
  'kubernetes.proxy': '--++-',
};

const LETTERS: Record<string, string> = {
  IS_TEAM_MEMBER: 'T',
  IS_APPROVER: 'A',
  IS_ENTITY_OWNER: 'O',
  IS_TASK_OWNER: 'M',
};

function letter(decision: PolicyDecision): string {
  if (decision.result === AuthorizeResult.CONDITIONAL) {
    const { conditions } = decision;
    return 'rule' in conditions ? LETTERS[conditions.rule] : 'G';
  }
  return decision.result === AuthorizeResult.ALLOW ? '+' : '-';
}

describe('PlatformPolicy', () => {
  it('has a row of the matrix for every permission, and no other', () => {
    const names = [...new Set(permissions.map(p => p.name))].sort();
    expect(Object.keys(MATRIX).sort()).toEqual(names);
    expect(Object.keys(POLICY_TABLE).sort()).toEqual(names);
  });

  const cells = permissions.flatMap(permission =>
    Object.keys(ROLES).map(
      (role, index) =>
        [
          permission.name,
          role,
          MATRIX[permission.name]?.[index],
          permission,
        ] as const,
    ),
  );
  it.each(cells)('%s for %s is %s', async (_, role, expected, permission) => {
    expect(letter(await ask(permission, role))).toBe(expected);
  });

  it('decides promotions by the groups of the catalog', async () => {
    const approve = platformEnvsPermissions.find(p =>
      p.name.endsWith('promotion.approve'),
    )!;
    expect(await ask(approve, 'lead')).toEqual({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'platform-envs',
      resourceType: 'platform-envs-promotion-target',
      conditions: {
        resourceType: 'platform-envs-promotion-target',
        rule: 'IS_APPROVER',
        params: {
          claims: [
            'user:default/lead',
            'group:default/sample-platform-ai',
            'group:default/sample-platform-ai-leads',
          ],
        },
      },
    });
  });

  it('lets people give components to the groups that the catalog has them in', async () => {
    const resourceType = 'catalog-entity';
    const groupOf = (name: string) => ({
      allOf: [
        { resourceType, rule: 'IS_ENTITY_KIND', params: { kinds: ['group'] } },
        {
          resourceType,
          rule: 'HAS_METADATA',
          params: { key: 'namespace', value: 'default' },
        },
        {
          resourceType,
          rule: 'HAS_METADATA',
          params: { key: 'name', value: name },
        },
      ],
    });
    expect(await ask(componentAssignPermission, 'lead')).toEqual({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'catalog',
      resourceType,
      conditions: {
        anyOf: [
          groupOf('sample-platform-ai'),
          groupOf('sample-platform-ai-leads'),
        ],
      },
    });
  });

  const read = platformEnvsPermissions[0];

  it.each(['new.thing.read', 'toString', '__proto__', 'constructor'])(
    'refuses the permission %p, which nobody has listed',
    async name => {
      const unknown = createPermission({
        name,
        attributes: { action: 'read' },
      });
      expect(letter(await ask(unknown, 'platform-engineer'))).toBe('-');
    },
  );

  it('F06 refuses people whom the catalog does not know', async () => {
    expect(letter(await ask(read, 'removed'))).toBe('-');
  });

  it('F07 refuses what is not a person', async () => {
    const policy = createPolicy();
    const query = { permission: read } as never;
    expect(letter(await policy.handle(query))).toBe('-');
    for (const credentials of [
      mockCredentials.none(),
      mockCredentials.service(),
    ]) {
      const decision = await policy.handle(query, {
        credentials,
        info: { userEntityRef: 'user:default/lead', ownershipEntityRefs: [] },
      });
      expect(letter(decision)).toBe('-');
    }
  });

  it('refuses everything while the catalog does not answer, and recovers', async () => {
    const catalog = catalogServiceMock.mock();
    catalog.getEntityByRef.mockRejectedValueOnce(new Error('down'));
    catalog.getEntityByRef.mockResolvedValue(users[0]);
    const policy = createPolicy(catalog);
    expect(letter(await ask(read, 'developer', policy))).toBe('-');
    expect(letter(await ask(read, 'developer', policy))).toBe('+');
  });

  it('F05 notices within seconds that somebody left a group', async () => {
    const catalog = catalogServiceMock.mock();
    catalog.getEntityByRef.mockResolvedValueOnce(users[0]);
    catalog.getEntityByRef.mockResolvedValue(users[4]);
    let now = 0;
    const memberships = new Memberships({
      auth: mockServices.auth(),
      catalog,
      logger: mockServices.logger.mock(),
      now: () => now,
    });
    const groups = async () =>
      (await memberships.find('user:default/x'))?.groups;
    expect(await groups()).toEqual(['group:default/sample-platform-ai']);
    now = 9_999;
    expect(await groups()).toHaveLength(1);
    now = 10_000;
    expect(await groups()).toEqual([]);
    expect(catalog.getEntityByRef).toHaveBeenCalledTimes(2);
  });
});
