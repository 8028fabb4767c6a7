import Provider, { interactionPolicy } from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { OidcKeys } from '../../world/oidc/oidcKeys';
import { OidcStore } from '../../world/oidc/OidcStore';
import { allPeople } from '../../world/seed/people';
import { World } from '../../world/types';
import { PORTAL_CLIENT, PUBLIC_CLIENT, SCOPES } from './clients';
import { errorPage, signedOutPage, signOutPage } from './pages';
import { storeAdapter } from './storeAdapter';

const HOUR = 3600;
const DAY = 24 * HOUR;

export interface ProviderOptions {
  /** URL of this server as browsers and programs reach it. */
  issuer: string;
  world: World;
  store: OidcStore;
  keys: OidcKeys;
  /** How long an access token and an ID token are good for; an hour unless told. */
  accessTokenSeconds?: number;
}

/**
 * An OpenID provider (`oidc-provider`) that knows the people of the seed.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html
 */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, world, store, keys } = options;
  const people = new Map(
    allPeople(world.platforms).map(person => [person.login, person]),
  );
  const accessTokenSeconds = options.accessTokenSeconds ?? HOUR;
  const { port } = new URL(issuer);

  const configuration: Configuration = {
    adapter: storeAdapter(store),
    jwks: keys.jwks as Configuration['jwks'],
    clients: [PORTAL_CLIENT, PUBLIC_CLIENT],
    scopes: SCOPES,
    claims: {
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    cookies: {
      keys: keys.cookies,
      // cookies do not know ports: two sandboxes must not share them
      names: {
        session: `sandbox_session_${port}`,
        interaction: `sandbox_interaction_${port}`,
        resume: `sandbox_resume_${port}`,
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Interaction: HOUR,
      Session: 14 * DAY,
      Grant: 14 * DAY,
      RefreshToken: 14 * DAY,
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: isOwn },
      revocation: { enabled: true, allowedPolicy: isOwn },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = signOutPage(form);
        },
        postLogoutSuccessSource: async ctx => {
          ctx.body = signedOutPage();
        },
      },
    },
    interactions: {
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
      policy: policy(),
    },
    // as most providers: whoever may refresh gets a refresh token
    issueRefreshToken: async (_ctx, client) =>
      client.grantTypeAllowed('refresh_token'),
    // of a client with a secret: several tabs refresh at the same time
    rotateRefreshToken: ctx => ctx.oidc.client?.clientAuthMethod === 'none',
    clientBasedCORS: (_ctx, origin) =>
      /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin),
    loadExistingGrant,
    async findAccount(_ctx, login) {
      const person = people.get(login);
      return (
        person && {
          accountId: login,
          claims: async () => ({
            sub: login,
            preferred_username: login,
            name: person.name,
            email: person.email,
            email_verified: true,
            groups: person.groups,
          }),
        }
      );
    },
    async renderError(ctx, out) {
      ctx.type = 'html';
      ctx.body = errorPage(
        out.error,
        out.error_description ?? 'The request cannot be answered.',
      );
    },
  };

  const provider = new Provider(issuer, configuration);
  provider.silent = true;
  provider.on('server_error', (ctx, error) =>
    world.report(`oidc ${ctx.method} ${ctx.path}`, error),
  );
  return provider;
}

/**
 * The usual prompts, and `select_account`: whom to be is asked every time.
 * Consent is asked for what was not granted yet, and not for a second time only
 * because a client is native: the portal is one to have any port.
 */
function policy() {
  const prompts = interactionPolicy.base();
  prompts.get('consent')!.checks.remove('native_client_prompt');
  prompts.add(
    new interactionPolicy.Prompt({ name: 'select_account', requestable: true }),
    0,
  );
  return prompts;
}

/** A client may ask about, and take back, what was given to itself. */
async function isOwn(
  _ctx: KoaContextWithOIDC,
  client: { clientId: string },
  token: { clientId?: string },
) {
  return token.clientId === client.clientId;
}

async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result } = ctx.oidc;
  const grantId =
    result?.consent?.grantId ?? session!.grantIdFor(client!.clientId);
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  if (known || client!.clientId !== PORTAL_CLIENT.client_id) {
    return known;
  }
  const grant = new provider.Grant({
    clientId: client!.clientId,
    accountId: session!.accountId!,
  });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}
