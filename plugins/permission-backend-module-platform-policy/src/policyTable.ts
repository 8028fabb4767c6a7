import {
  administrators,
  approvers,
  entityOwners,
  everybody,
  groupMembers,
  operators,
  owningTeam,
  owningTeamOrAdministrators,
  Rule,
  taskOwners,
  teamMembers,
} from './rules';

/**
 * Who may do what, by the name of the permission. What is not in this table
 * nobody may do: a new plugin's permissions have to be added here.
 */
export const POLICY_TABLE: Record<string, Rule> = {
  'platform-envs.environment.read': everybody,
  'platform-envs.promotion.read': everybody,
  'platform-envs.promotion.create': owningTeam,
  'platform-envs.promotion.approve': approvers,
  // The requester withdraws without this permission.
  'platform-envs.promotion.cancel': administrators,
  'platform-envs.environment.operate': owningTeamOrAdministrators,
  // Asked about the System that the component is to join.
  'platform-envs.component.create': entityOwners,
  // Asked about the group that is to own the new component.
  'platform-envs.component.assign': groupMembers,
  // Asked about the component that is to go.
  'platform-envs.component.remove': entityOwners,
  // Never the requester, whoever it is; the plugin sees to that.
  'platform-envs.removal.approve': approvers,

  'cost.read': teamMembers,

  'catalog.entity.read': everybody,
  'catalog.location.read': everybody,
  'catalog.entity.refresh': teamMembers,
  'catalog.entity.validate': teamMembers,
  'catalog.location.analyze': teamMembers,
  // What a template creates, it registers in the name of whoever ran it.
  'catalog.entity.create': teamMembers,
  'catalog.location.create': teamMembers,
  'catalog.entity.delete': entityOwners,
  'catalog.location.delete': administrators,
  'catalog.ingestion.read': administrators,
  'catalog.ingestion.manage': administrators,

  'scaffolder.template.parameter.read': teamMembers,
  'scaffolder.template.step.read': teamMembers,
  'scaffolder.action.execute': teamMembers,
  'scaffolder.task.create': teamMembers,
  'scaffolder.task.read': taskOwners,
  'scaffolder.task.cancel': taskOwners,
  'scaffolder.template.dry-run': administrators,
  'scaffolder.template.management': administrators,

  'kubernetes.clusters.read': teamMembers,
  'kubernetes.resources.read': teamMembers,
  // Hands on any call to the cluster's API, with the portal's own account.
  'kubernetes.proxy': operators,
};
