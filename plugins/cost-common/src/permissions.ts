import { createPermission } from '@backstage/plugin-permission-common';

/** See what environments and components cost. @public */
export const costReadPermission = createPermission({
  name: 'cost.read',
  attributes: { action: 'read' },
});

/** Every permission of the plugin. @public */
export const costPermissions = [costReadPermission];
