import {
  createPermission,
  PermissionCondition,
} from '@backstage/plugin-permission-common';

/** Resource type of permissions that are decided per component and environment. @public */
export const RESOURCE_TYPE_PROMOTION_TARGET = 'platform-envs-promotion-target';

/** See environments, the board and delivery state. @public */
export const environmentReadPermission = createPermission({
  name: 'platform-envs.environment.read',
  attributes: { action: 'read' },
});

/**
 * Refresh or sync an environment's deployments outside a promotion, and have
 * what it stands on looked at.
 *
 * @public
 */
export const environmentOperatePermission = createPermission({
  name: 'platform-envs.environment.operate',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

/** See promotions and their record. @public */
export const promotionReadPermission = createPermission({
  name: 'platform-envs.promotion.read',
  attributes: { action: 'read' },
});

/** Ask for a promotion. @public */
export const promotionCreatePermission = createPermission({
  name: 'platform-envs.promotion.create',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

/** Approve or reject a promotion. @public */
export const promotionApprovePermission = createPermission({
  name: 'platform-envs.promotion.approve',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

/** Withdraw a promotion that has not begun to write. @public */
export const promotionCancelPermission = createPermission({
  name: 'platform-envs.promotion.cancel',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

/**
 * Create a component on a platform: its repository, registry and desired state.
 * Decided on the System entity, by the catalog.
 *
 * @public
 */
export const componentCreatePermission = createPermission({
  name: 'platform-envs.component.create',
  attributes: { action: 'create' },
  resourceType: 'catalog-entity',
});

/**
 * Make a group the owner of a new component. Decided on the Group entity, by the
 * catalog.
 *
 * @public
 */
export const componentAssignPermission = createPermission({
  name: 'platform-envs.component.assign',
  attributes: { action: 'create' },
  resourceType: 'catalog-entity',
});

/**
 * Ask for a component to be taken away, with all that runs of it. Decided on the
 * Component entity, by the catalog.
 *
 * @public
 */
export const componentRemovePermission = createPermission({
  name: 'platform-envs.component.remove',
  attributes: { action: 'delete' },
  resourceType: 'catalog-entity',
});

/**
 * Agree to a removal. Decided on each environment whose approvers are asked.
 *
 * @public
 */
export const removalApprovePermission = createPermission({
  name: 'platform-envs.removal.approve',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

/** Every permission that the plugin itself decides on. @public */
export const platformEnvsPermissions = [
  environmentReadPermission,
  environmentOperatePermission,
  promotionReadPermission,
  promotionCreatePermission,
  promotionApprovePermission,
  promotionCancelPermission,
  removalApprovePermission,
];

/** Names of the rules that a policy may use on promotion targets. @public */
export const PROMOTION_TARGET_RULES = {
  isTeamMember: 'IS_TEAM_MEMBER',
  isApprover: 'IS_APPROVER',
} as const;

function condition(rule: string) {
  return (params: {
    claims: string[];
  }): PermissionCondition<
    typeof RESOURCE_TYPE_PROMOTION_TARGET,
    { claims: string[] }
  > => ({ resourceType: RESOURCE_TYPE_PROMOTION_TARGET, rule, params });
}

/**
 * Conditions for policies. `claims` are the entity refs that the person is or
 * belongs to.
 *
 * `isTeamMember`: one of them owns the component or the environment.
 * `isApprover`: one of them may approve in the environment.
 *
 * @public
 */
export const promotionTargetConditions = {
  isTeamMember: condition(PROMOTION_TARGET_RULES.isTeamMember),
  isApprover: condition(PROMOTION_TARGET_RULES.isApprover),
};
