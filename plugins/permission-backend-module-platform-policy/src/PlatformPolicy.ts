import {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { Memberships } from './Memberships';
import { POLICY_TABLE } from './policyTable';

/**
 * Decides by a table, and refuses everything else: permissions that the table
 * does not name, callers that are not people, people whom the catalog does not
 * know.
 *
 * Calls between plugins do not come here; the framework lets them pass.
 */
export class PlatformPolicy implements PermissionPolicy {
  constructor(
    private readonly options: {
      memberships: Memberships;
      /** Entity refs of groups. */
      administrators: string[];
      operators: string[];
    },
  ) {}

  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const denied: PolicyDecision = { result: AuthorizeResult.DENY };
    const { name } = request.permission;
    const rule = Object.hasOwn(POLICY_TABLE, name)
      ? POLICY_TABLE[name]
      : undefined;
    const userRef = user && userRefOf(user.credentials);
    if (!rule || !userRef) return denied;
    const { memberships, administrators, operators } = this.options;
    const member = await memberships.find(userRef);
    if (!member) return denied;
    const isIn = (groups: string[]) =>
      member.groups.some(group => groups.includes(group));
    const isAdministrator = isIn(administrators);
    return rule({
      ...member,
      isAdministrator,
      isOperator: isAdministrator || isIn(operators),
    });
  }
}

function userRefOf(credentials: BackstageCredentials): string | undefined {
  const principal = credentials.principal as Partial<BackstageUserPrincipal>;
  return principal.type === 'user' ? principal.userEntityRef : undefined;
}
