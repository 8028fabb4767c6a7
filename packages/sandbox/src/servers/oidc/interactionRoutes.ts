import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { allPeople } from '../../world/seed/people';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { chooserPage, consentPage } from './pages';

/** What a person is asked on the way: who they are, and whether they agree. */
export function addInteractionRoutes(
  server: FastifyInstance,
  world: World,
  ready: () => Promise<Provider>,
): void {
  const people = allPeople(world.platforms);

  const finish = async (
    request: FastifyRequest,
    reply: FastifyReply,
    result: InteractionResults,
    options: { mergeWithLastSubmission: boolean },
  ) => {
    const provider = await ready();
    const url = await asked(
      provider.interactionResult(request.raw, reply.raw, result, options),
    );
    return reply.redirect(url, 303);
  };

  server.get('/interaction/:uid', async (request, reply) => {
    const provider = await ready();
    const { uid, prompt, params, session } = await asked(
      provider.interactionDetails(request.raw, reply.raw),
    );
    const client = await provider.Client.find(`${params.client_id}`);
    const clientName = client?.clientName ?? `${params.client_id}`;
    const html =
      prompt.name === 'consent'
        ? consentPage({
            uid,
            clientName,
            scopes: `${params.scope ?? 'openid'}`.split(' '),
          })
        : chooserPage({
            people,
            uid,
            clientName,
            likely:
              typeof params.login_hint === 'string'
                ? params.login_hint
                : session?.accountId,
          });
    return reply
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(html);
  });

  server.post('/interaction/:uid/login', async (request, reply) => {
    const login = form(request).get('login') ?? '';
    if (!people.some(person => person.login === login)) {
      throw new HttpError(400, `Nobody is called "${login}" here`);
    }
    return finish(
      request,
      reply,
      { login: { accountId: login, amr: ['user'] }, select_account: {} },
      { mergeWithLastSubmission: false },
    );
  });

  server.post('/interaction/:uid/consent', async (request, reply) => {
    const provider = await ready();
    const details = await asked(
      provider.interactionDetails(request.raw, reply.raw),
    );
    if (details.prompt.name !== 'consent' || !details.session) {
      throw new HttpError(400, 'Nobody was asked for consent');
    }
    if (form(request).get('answer') !== 'allow') {
      return finish(
        request,
        reply,
        {
          error: 'access_denied',
          error_description: 'The person did not agree',
        },
        { mergeWithLastSubmission: false },
      );
    }
    const grant =
      (details.grantId && (await provider.Grant.find(details.grantId))) ||
      new provider.Grant({
        accountId: details.session.accountId,
        clientId: `${details.params.client_id}`,
      });
    const missing = details.prompt.details as {
      missingOIDCScope?: string[];
      missingOIDCClaims?: string[];
    };
    grant.addOIDCScope((missing.missingOIDCScope ?? []).join(' '));
    grant.addOIDCClaims(missing.missingOIDCClaims ?? []);
    return finish(
      request,
      reply,
      { consent: { grantId: await grant.save() } },
      { mergeWithLastSubmission: true },
    );
  });
}

/** @throws HttpError - nothing was asked in this browser, or too long ago. */
async function asked<T>(interaction: Promise<T>): Promise<T> {
  try {
    return await interaction;
  } catch (error) {
    if ((error as Error).name !== 'SessionNotFound') throw error;
    throw new HttpError(
      400,
      'This sign-in was not begun in this browser, or is over. Begin again where you came from.',
    );
  }
}

function form(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(String(request.body ?? ''));
}
