import { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { componentCreatePermission } from '@fairway/plugin-platform-envs-common';
import { Platform, readPlatform, ReadPlatformOptions } from './readPlatform';

/** Options of {@link openPlatform}. */
export interface OpenPlatformOptions extends ReadPlatformOptions {
  permissions: PermissionsService;
}

/**
 * Reads a platform for somebody who is about to add a component to it. Every
 * action that writes asks anew: a task may wait, be retried, or be run by a
 * template that somebody else wrote.
 *
 * @throws NotAllowedError - the person may not create components there.
 * @throws as {@link readPlatform}.
 */
export async function openPlatform(
  options: OpenPlatformOptions,
): Promise<Platform> {
  const platform = await readPlatform(options);
  const [{ result }] = await options.permissions.authorize(
    [
      {
        permission: componentCreatePermission,
        resourceRef: platform.systemRef,
      },
    ],
    { credentials: options.credentials },
  );
  if (result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `You may not create components on ${platform.systemRef}: its owners may, ${platform.ownerRef}. Ask one of them, or choose your own platform`,
    );
  }
  return platform;
}
