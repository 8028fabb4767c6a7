import { PermissionsRegistryService } from '@backstage/backend-plugin-api';
import { isResourcePermission } from '@backstage/plugin-permission-common';
import {
  parsePromotionTarget,
  platformEnvsPermissions,
  RESOURCE_TYPE_PROMOTION_TARGET,
} from '@fairway/plugin-platform-envs-common';
import { PromotionTargets } from '../services/promotions/PromotionTargets';
import { promotionTargetResourceRef } from './promotionTarget';
import { promotionTargetRules } from './rules';

/** Tells the permission system of all permissions of the plugin and of what they are decided on. */
export function registerPermissions(
  registry: PermissionsRegistryService,
  targets: PromotionTargets,
): void {
  const onTargets = platformEnvsPermissions.filter(permission =>
    isResourcePermission(permission, RESOURCE_TYPE_PROMOTION_TARGET),
  );
  registry.addResourceType({
    resourceRef: promotionTargetResourceRef,
    permissions: onTargets,
    rules: promotionTargetRules,
    getResources: async refs => {
      const parsed = refs.map(parsePromotionTarget);
      const described = await targets.describe(parsed.filter(ref => !!ref));
      return parsed.map(ref => ref && described.shift());
    },
  });
  registry.addPermissions(
    platformEnvsPermissions.filter(
      permission => !onTargets.some(other => other.name === permission.name),
    ),
  );
}
