import { parseEntityRef } from '@backstage/catalog-model';
import { RESOURCE_TYPE_CATALOG_ENTITY } from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  PermissionCondition,
  PermissionCriteria,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import { RESOURCE_TYPE_SCAFFOLDER_TASK } from '@backstage/plugin-scaffolder-common/alpha';
import {
  promotionTargetConditions,
  RESOURCE_TYPE_PROMOTION_TARGET,
} from '@fairway/plugin-platform-envs-common';
import { Member } from './Memberships';

/** A person, and whether they belong to those who run the platform. */
export interface Asker extends Member {
  isAdministrator: boolean;
  /** Administrator, or one of those who help when something breaks. */
  isOperator: boolean;
}

/** Decides one permission for one person. */
export type Rule = (asker: Asker) => PolicyDecision;

const allow: PolicyDecision = { result: AuthorizeResult.ALLOW };
const deny: PolicyDecision = { result: AuthorizeResult.DENY };

/** Everybody whom the catalog knows. */
export const everybody: Rule = () => allow;

/** Members of any group. */
export const teamMembers: Rule = asker =>
  asker.groups.length > 0 ? allow : deny;

/** Those who run the platform. */
export const administrators: Rule = asker =>
  asker.isAdministrator ? allow : deny;

/** Those who run the platform, and those on call. */
export const operators: Rule = asker => (asker.isOperator ? allow : deny);

/** Members of the team that owns the component or the environment. */
export const owningTeam: Rule = asker =>
  onTarget(promotionTargetConditions.isTeamMember({ claims: asker.claims }));

/** The owning team and administrators. */
export const owningTeamOrAdministrators: Rule = asker =>
  asker.isAdministrator ? allow : owningTeam(asker);

/** Members of the groups that the environment names as its approvers; nobody else, whatever else they may do. */
export const approvers: Rule = asker =>
  onTarget(promotionTargetConditions.isApprover({ claims: asker.claims }));

/** Owners of the entity, and administrators. */
export const entityOwners: Rule = asker =>
  asker.isAdministrator
    ? allow
    : conditional('catalog', RESOURCE_TYPE_CATALOG_ENTITY, {
        resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
        rule: 'IS_ENTITY_OWNER',
        params: { claims: asker.claims },
      });

/**
 * Members of the group that is asked about, and administrators. The catalog has
 * no rule for it, but names decide: kind, namespace and name are an entity.
 */
export const groupMembers: Rule = asker => {
  if (asker.isAdministrator) return allow;
  const [first, ...others] = asker.groups.map(isEntity);
  if (!first) return deny;
  return conditional('catalog', RESOURCE_TYPE_CATALOG_ENTITY, {
    anyOf: [first, ...others],
  });
};

function isEntity(ref: string): PermissionCriteria<PermissionCondition> {
  const { kind, namespace, name } = parseEntityRef(ref);
  const has = (rule: string, params: PermissionCondition['params']) => ({
    resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
    rule,
    params,
  });
  return {
    allOf: [
      has('IS_ENTITY_KIND', { kinds: [kind] }),
      has('HAS_METADATA', { key: 'namespace', value: namespace }),
      has('HAS_METADATA', { key: 'name', value: name }),
    ],
  };
}

/** Whoever started the task, and administrators. */
export const taskOwners: Rule = asker =>
  asker.isAdministrator
    ? allow
    : conditional('scaffolder', RESOURCE_TYPE_SCAFFOLDER_TASK, {
        resourceType: RESOURCE_TYPE_SCAFFOLDER_TASK,
        rule: 'IS_TASK_OWNER',
        params: { createdBy: [asker.userRef] },
      });

function onTarget(
  conditions: PermissionCriteria<PermissionCondition>,
): PolicyDecision {
  return conditional(
    'platform-envs',
    RESOURCE_TYPE_PROMOTION_TARGET,
    conditions,
  );
}

function conditional(
  pluginId: string,
  resourceType: string,
  conditions: PermissionCriteria<PermissionCondition>,
): PolicyDecision {
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId,
    resourceType,
    conditions,
  };
}
