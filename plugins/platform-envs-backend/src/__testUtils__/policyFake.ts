import { mockServices } from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { parsePromotionTarget } from '@fairway/plugin-platform-envs-common';
import { isApprover } from '../permissions/rules/isApprover';
import { isTeamMember } from '../permissions/rules/isTeamMember';
import { PromotionTargets } from '../services/promotions/PromotionTargets';

const ADMINISTRATORS = 'group:default/platform-engineering';

/**
 * Decides as the platform's policy does, by the real rules: owners ask and
 * operate, approvers approve, platform engineering withdraws, everybody in the
 * catalog sees.
 */
export function policyFake(entities: Entity[]) {
  const targets = new PromotionTargets({
    catalog: catalogServiceMock({ entities }),
    auth: mockServices.auth(),
  });
  return mockServices.permissions.mock({
    authorize: async (requests, { credentials }) =>
      Promise.all(
        requests.map(async request => {
          const allowed = await decide(
            targets,
            entities,
            (credentials.principal as { userEntityRef?: string }).userEntityRef,
            request.permission.name,
            'resourceRef' in request ? request.resourceRef : undefined,
          );
          return {
            result: allowed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
          };
        }),
      ) as never,
  });
}

async function decide(
  targets: PromotionTargets,
  entities: Entity[],
  userRef: string | undefined,
  permission: string,
  resourceRef: string | undefined,
): Promise<boolean> {
  // Calls between plugins are let through by the framework.
  if (!userRef) return true;
  const user = entities.find(
    e => e.kind === 'User' && userRef === `user:default/${e.metadata.name}`,
  );
  if (!user) return false;
  const groups = (user.relations ?? []).map(r => r.targetRef);
  const claims = [userRef, ...groups];
  const ref = resourceRef && parsePromotionTarget(resourceRef);
  const [target] = ref ? await targets.describe([ref]) : [];
  if (permission === 'platform-envs.component.remove') {
    const component = entities.find(e => stringifyEntityRef(e) === resourceRef);
    return claims.includes(String(component?.spec?.owner));
  }
  switch (permission) {
    case 'platform-envs.environment.read':
    case 'platform-envs.promotion.read':
      return true;
    case 'platform-envs.promotion.create':
    case 'platform-envs.environment.operate':
      return Boolean(target && isTeamMember.apply(target, { claims }));
    case 'platform-envs.promotion.approve':
    case 'platform-envs.removal.approve':
      return Boolean(target && isApprover.apply(target, { claims }));
    case 'platform-envs.promotion.cancel':
      return groups.includes(ADMINISTRATORS);
    default:
      return false;
  }
}
