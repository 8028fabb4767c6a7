import { ArgocdError } from '../../world/argocd/ArgocdError';
import { HttpError, jsonBody } from '../createServer';
import { Api, tokenOf } from './Api';
import { Account } from './ArgocdAccounts';
import { secondsOf } from './projectRoutes';

/** Sessions and local accounts. */
export function addAccountRoutes(api: Api): void {
  const { accounts } = api;

  api.route('POST', '/session', async request => {
    const { username, password } = jsonBody(request);
    const token = accounts.logIn(username, password);
    if (!token) {
      throw new HttpError(401, 'Invalid username or password');
    }
    return { token };
  });
  api.route('DELETE', '/session', async request => {
    accounts.logOut(tokenOf(request) ?? '');
    return { token: '' };
  });
  api.route('GET', '/session/userinfo', async request => ({
    loggedIn: true,
    username: api.caller(request).subject,
    iss: 'argocd',
  }));

  const show = ({ name, capabilities }: Account) => ({
    name,
    enabled: true,
    capabilities,
    tokens: [],
  });
  api.route('GET', '/account', async request => ({
    items: accounts.list
      .filter(({ name }) => api.allows(request, 'accounts', 'get', name))
      .map(show),
  }));
  api.route('GET', '/account/:name', async request => {
    const { name } = request.params;
    api.enforce(request, 'accounts', 'get', name);
    return show(existing(name));
  });
  api.route('GET', '/account/can-i/:resource/:action/*', async request => {
    const { resource, action, '*': object } = request.params;
    return {
      value: api.allows(request, resource, action, object) ? 'yes' : 'no',
    };
  });
  api.route('POST', '/account/:name/token', async request => {
    const { name } = request.params;
    api.enforce(request, 'accounts', 'update', name);
    const account = existing(name);
    if (!account.capabilities.includes('apiKey')) {
      throw new ArgocdError(
        'Unknown',
        `account '${name}' does not have apiKey capability`,
      );
    }
    const { expiresIn, id } = jsonBody(request);
    return {
      token: accounts.issue(`${name}:apiKey`, {
        expiresInSeconds: secondsOf(expiresIn),
        id: id || undefined,
      }),
    };
  });

  function existing(name: string): Account {
    const account = accounts.list.find(a => a.name === name);
    if (!account) {
      throw new ArgocdError('NotFound', `account '${name}' does not exist`);
    }
    return account;
  }
}
