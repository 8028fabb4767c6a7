import { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { componentCreatePermission } from '@fairway/plugin-platform-envs-common';
import {
  Platform,
  readPlatform,
  ReadPlatformOptions,
  systemRefOf,
} from './readPlatform';

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
  // asked at the same time, heard in this order: one that is not there comes first
  const decision = options.permissions.authorize(
    [
      {
        permission: componentCreatePermission,
        resourceRef: systemRefOf(options.system),
      },
    ],
    { credentials: options.credentials },
  );
  decision.catch(() => {});
  const platform = await readPlatform(options);
  const [{ result }] = await decision;
  if (result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `You may not create components on ${platform.systemRef}: its owners may, ${platform.ownerRef}. Ask one of them, or choose your own platform`,
    );
  }
  return platform;
}
