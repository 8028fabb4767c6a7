import {
  AuthService,
  BackstageCredentials,
  coreServices,
  createServiceFactory,
  createServiceRef,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import { ListedDeployment, RevisionMetadata } from './ports/DeploymentSource';

/** Which deployments to list; everything that is given must hold. @public */
export interface DeploymentQuery {
  name?: string;
  /**
   * Kubernetes label selector of equalities: `a=b,c=d`. What stands for a
   * component counts as labelled so, also where an annotation chose it.
   */
  selector?: string;
  instance?: string;
  /** Of the application object. */
  namespace?: string;
  /** Argo CD project. */
  project?: string;
}

/**
 * What other plugins may ask of platform-envs, on behalf of whoever calls them.
 * Permissions of that caller decide.
 *
 * @public
 */
export interface PlatformEnvsService {
  /**
   * Deployments from the feed, by name; no call goes upstream.
   *
   * @throws NotAllowedError | AuthenticationError | InputError
   */
  listDeployments(
    query: DeploymentQuery,
    options: { credentials: BackstageCredentials },
  ): Promise<ListedDeployment[]>;
  /**
   * @throws NotFoundError - no such deployment or revision.
   * @throws NotAllowedError | AuthenticationError | ServiceUnavailableError
   */
  getRevisionMetadata(
    deployment: { instance: string; name: string; revision: string },
    options: { credentials: BackstageCredentials },
  ): Promise<RevisionMetadata>;
}

class HttpPlatformEnvsService implements PlatformEnvsService {
  constructor(
    private readonly auth: AuthService,
    private readonly discovery: DiscoveryService,
  ) {}

  async listDeployments(
    query: DeploymentQuery,
    options: { credentials: BackstageCredentials },
  ): Promise<ListedDeployment[]> {
    const search = new URLSearchParams(
      Object.entries(query).filter(([, value]) => value !== undefined),
    );
    const body = await this.#get<{ items: ListedDeployment[] }>(
      `/applications?${search}`,
      options.credentials,
    );
    return body.items;
  }

  async getRevisionMetadata(
    deployment: { instance: string; name: string; revision: string },
    options: { credentials: BackstageCredentials },
  ): Promise<RevisionMetadata> {
    const [instance, name, revision] = [
      deployment.instance,
      deployment.name,
      deployment.revision,
    ].map(encodeURIComponent);
    return this.#get<RevisionMetadata>(
      `/applications/${instance}/${name}/revisions/${revision}`,
      options.credentials,
    );
  }

  async #get<T>(path: string, credentials: BackstageCredentials): Promise<T> {
    const { token } = await this.auth.getPluginRequestToken({
      onBehalfOf: credentials,
      targetPluginId: 'platform-envs',
    });
    const baseUrl = await this.discovery.getBaseUrl('platform-envs');
    const response = await fetch(`${baseUrl}${path}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return (await response.json()) as T;
  }
}

/**
 * Asks the platform-envs plugin over HTTP, with the caller's credentials.
 *
 * @public
 */
export const platformEnvsServiceRef = createServiceRef<PlatformEnvsService>({
  id: 'platform-envs.service',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { auth: coreServices.auth, discovery: coreServices.discovery },
      factory: ({ auth, discovery }) =>
        new HttpPlatformEnvsService(auth, discovery),
    }),
});
