import {
  BackstageCredentials,
  BackstagePrincipalTypes,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  ComponentDelivery,
  environmentOperatePermission,
  environmentReadPermission,
  PromotionTarget,
  stringifyEnvironmentTarget,
  stringifyPromotionTarget,
} from '@fairway/plugin-platform-envs-common';
import { Request } from 'express';

/** What it takes to know who asks and what they may. */
export interface Gatekeeper {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  /** Told that somebody reads. */
  audience: { read(): void };
}

/**
 * Who asks, once it is known that they may see environments. Runs before
 * anything is looked up, so that no cache and no 304 answers the uninvited;
 * they are also nobody for whom upstream is asked.
 *
 * @throws AuthenticationError | NotAllowedError
 */
export async function readerOf(
  { httpAuth, permissions, audience }: Gatekeeper,
  req: Request,
): Promise<
  BackstageCredentials<
    BackstagePrincipalTypes['user'] | BackstagePrincipalTypes['service']
  >
> {
  const credentials = await httpAuth.credentials(req, {
    allow: ['user', 'service'],
  });
  await requireRead(permissions, credentials);
  audience.read();
  return credentials;
}

/** @throws NotAllowedError - they may not see environments. */
export async function requireRead(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
): Promise<void> {
  const [decision] = await permissions.authorize(
    [{ permission: environmentReadPermission }],
    { credentials },
  );
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `You may not see environments (${environmentReadPermission.name})`,
    );
  }
}

/** What they may refresh and sync, with the reason where they may not. */
export async function listOperations(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  targets: PromotionTarget[],
): Promise<NonNullable<ComponentDelivery['operations']>> {
  const decisions = await permissions.authorize(
    targets.map(target => ({
      permission: environmentOperatePermission,
      resourceRef: stringifyPromotionTarget(target),
    })),
    { credentials },
  );
  return targets.map((target, i) => ({
    environmentRef: target.environmentRef,
    ...(decisions[i].result === AuthorizeResult.ALLOW
      ? { allowed: true }
      : { allowed: false, reason: refusal(target) }),
  }));
}

function refusal({ componentRef, environmentRef }: PromotionTarget): string {
  const component = parseEntityRef(componentRef).name;
  const environment = parseEntityRef(environmentRef).name;
  return `Only the team that owns ${component}, or the one that owns ${environment}, may refresh or sync it there (${environmentOperatePermission.name})`;
}

/** @throws NotAllowedError - they may not refresh or sync there. */
export async function requireOperate(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  target: PromotionTarget,
): Promise<void> {
  const [decision] = await permissions.authorize(
    [
      {
        permission: environmentOperatePermission,
        resourceRef: stringifyPromotionTarget(target),
      },
    ],
    { credentials },
  );
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(refusal(target));
  }
}

/** Whether they may have an environment's own things looked at, with the reason where not. */
export async function mayOperateEnvironment(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  environmentRef: string,
): Promise<{ allowed: boolean; reason?: string }> {
  const [decision] = await permissions.authorize(
    [
      {
        permission: environmentOperatePermission,
        resourceRef: stringifyEnvironmentTarget(environmentRef),
      },
    ],
    { credentials },
  );
  return decision.result === AuthorizeResult.ALLOW
    ? { allowed: true }
    : {
        allowed: false,
        reason: `Only the team that owns ${
          parseEntityRef(environmentRef).name
        } may have it looked at (${environmentOperatePermission.name})`,
      };
}

/** @throws NotAllowedError - they may not operate the environment itself. */
export async function requireOperateEnvironment(
  permissions: PermissionsService,
  credentials: BackstageCredentials,
  environmentRef: string,
): Promise<void> {
  const { allowed, reason } = await mayOperateEnvironment(
    permissions,
    credentials,
    environmentRef,
  );
  if (!allowed) throw new NotAllowedError(reason);
}
