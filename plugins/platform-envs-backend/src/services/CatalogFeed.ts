import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import { buildCatalogView, CatalogView, databaseRefsOf } from './CatalogView';

/** Asking for what does not exist must not become a way to load the catalog. */
const ON_DEMAND_EVERY_MS = 3_000;

const ENTITY_FIELDS = [
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'metadata.description',
  'metadata.annotations',
  'metadata.links',
  'spec',
  'relations',
];

const EMPTY_VIEW: CatalogView = {
  environments: [],
  components: [],
  databases: {},
  databaseAbsence: {},
  problems: [],
};

/** Keeps what the catalog says about environments and what runs in them. */
export class CatalogFeed {
  #view: CatalogView = EMPTY_VIEW;
  #source: OverviewSource = {
    id: 'catalog',
    title: 'Catalog',
    state: 'stale',
    message: 'It has not been read yet',
  };
  #reading?: Promise<void>;
  #readAt = 0;

  constructor(
    private readonly options: {
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
      now: () => Date;
      /** After each reading, also one that failed. */
      onRead: () => void;
    },
  ) {}

  /** What it said when it last answered. */
  get view(): CatalogView {
    return this.#view;
  }

  /** How fresh that is. */
  get source(): OverviewSource {
    return this.#source;
  }

  /** Puts back what was known before a restart; it is stale until the catalog answers. */
  restore(view: CatalogView): void {
    this.#view = view;
  }

  /** Reads the catalog. Never throws; one reading at a time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads the catalog, unless that was just done; says whether it did. */
  async refreshOnDemand(): Promise<boolean> {
    const since = this.options.now().getTime() - this.#readAt;
    if (since < ON_DEMAND_EVERY_MS) return false;
    await this.refresh();
    return true;
  }

  async #read(): Promise<void> {
    const { catalog, auth, logger, now, onRead } = this.options;
    this.#readAt = now().getTime();
    try {
      const credentials = await auth.getOwnServiceCredentials();
      const { items } = await catalog.getEntities(
        {
          filter: [{ kind: 'environment' }, { kind: 'component' }],
          fields: ENTITY_FIELDS,
        },
        { credentials },
      );
      const entityRefs = databaseRefsOf(items);
      const databases = entityRefs.length
        ? await catalog.getEntitiesByRefs(
            { entityRefs, fields: ENTITY_FIELDS },
            { credentials },
          )
        : { items: [] };
      this.#view = buildCatalogView([
        ...items,
        ...databases.items.filter(e => !!e),
      ]);
      this.#source = {
        id: 'catalog',
        title: 'Catalog',
        state: 'live',
        observedAt: now().toISOString(),
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.#source.message !== message) {
        logger.warn('The catalog cannot be read', { reason: message });
      }
      this.#source = { ...this.#source, state: 'stale', message };
    }
    onRead();
  }
}
