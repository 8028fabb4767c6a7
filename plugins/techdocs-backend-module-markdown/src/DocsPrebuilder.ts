import {
  AuthService,
  DiscoveryService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';

/** Says that an entity has documentation. */
const TECHDOCS_REF = 'metadata.annotations.backstage.io/techdocs-ref';

/**
 * Has documentation generated before somebody opens it, so that the first
 * reader does not wait for it and search finds it.
 */
export class DocsPrebuilder {
  /** Refs of what was asked for since the start. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly options: {
      auth: AuthService;
      catalog: CatalogService;
      discovery: DiscoveryService;
      logger: LoggerService;
      fetch?: typeof fetch;
    },
  ) {}

  /**
   * Asks the TechDocs backend to bring the documentation of every entity up to
   * date that it was not asked for yet. One that fails is tried again at the
   * next call, and does not keep the others from theirs.
   */
  async run(): Promise<void> {
    const { auth, catalog, logger } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const { items } = await catalog.getEntities(
      {
        filter: { [TECHDOCS_REF]: CATALOG_FILTER_EXISTS },
        fields: ['kind', 'metadata.name', 'metadata.namespace'],
      },
      { credentials },
    );
    for (const entity of items) {
      const ref = stringifyEntityRef(entity);
      if (this.asked.has(ref)) continue;
      try {
        await this.synchronise(entity);
        this.asked.add(ref);
      } catch (error) {
        logger.warn('Documentation could not be generated', {
          entity: ref,
          reason: String(error),
        });
      }
    }
  }

  private async synchronise(entity: Entity): Promise<void> {
    const { auth, discovery } = this.options;
    const [base, { token }] = await Promise.all([
      discovery.getBaseUrl('techdocs'),
      auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'techdocs',
      }),
    ]);
    const { namespace = 'default', name } = entity.metadata;
    const path = [namespace, entity.kind, name]
      .map(part => encodeURIComponent(part))
      .join('/');
    const response = await (this.options.fetch ?? fetch)(
      `${base}/sync/${path}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    // an event stream: it ends when the documentation stands
    const text = await response.text();
    if (!response.ok) throw new Error(`TechDocs answered ${response.status}`);
    const failure = /event: error\ndata: (.*)/.exec(text);
    if (failure) throw new Error(failure[1]);
  }
}
