import {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import {
  ScaffolderActionsExtensionPoint,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';

/** The secret of a dry run that says for whom it is made. */
const ON_BEHALF_SECRET = 'FAIRWAY_PLAN_ON_BEHALF_OF';

/**
 * The secrets of a dry run that is made for a person.
 *
 * The scaffolder lets only template authors start dry runs, for they may hold
 * any steps; a plan runs the steps of a template that the catalog vouches for,
 * so the portal starts it as itself. What the steps see and may do is decided
 * by whom it is for: the token travels as a secret, which the scaffolder keeps
 * out of logs and forgets with the dry run.
 */
export async function onBehalfSecrets(
  auth: AuthService,
  credentials: BackstageCredentials,
): Promise<Record<string, string>> {
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: credentials,
    targetPluginId: 'scaffolder',
  });
  return { [ON_BEHALF_SECRET]: token };
}

/**
 * Adds actions that act, in a dry run with {@link onBehalfSecrets}, with the
 * rights of the person whom it is for; otherwise as they are.
 */
export function actingOnBehalf(
  actions: ScaffolderActionsExtensionPoint,
  auth: AuthService,
): ScaffolderActionsExtensionPoint {
  return {
    addActions: (...added) =>
      actions.addActions(...added.map(action => onBehalf(action, auth))),
  };
}

function onBehalf(
  action: TemplateAction<any, any, any>,
  auth: AuthService,
): TemplateAction<any, any, any> {
  return {
    ...action,
    async handler(ctx) {
      const token = ctx.isDryRun ? ctx.secrets?.[ON_BEHALF_SECRET] : undefined;
      if (!token) {
        await action.handler(ctx);
        return;
      }
      const credentials = await auth.authenticate(token);
      if (!auth.isPrincipal(credentials, 'user')) {
        throw new AuthenticationError('A plan is made for a person only');
      }
      await action.handler({
        ...ctx,
        secrets: undefined,
        user: { ...ctx.user, ref: credentials.principal.userEntityRef },
        getInitiatorCredentials: async () => credentials,
      });
    },
  };
}
