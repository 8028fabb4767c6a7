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
    getResources: refs =>
      Promise.all(
        refs.map(ref => {
          const target = parsePromotionTarget(ref);
          return target && targets.describe(target);
        }),
      ),
  });
  registry.addPermissions(
    platformEnvsPermissions.filter(
      permission => !onTargets.some(other => other.name === permission.name),
    ),
  );
}
