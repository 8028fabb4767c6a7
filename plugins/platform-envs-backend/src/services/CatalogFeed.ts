import {
  AuthService,
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import { isDeepStrictEqual } from 'node:util';
import { giveWay } from '../rightOfWay';
import { databaseRefsOf } from './catalogEnvironments';
import { buildCatalogView, CatalogView } from './CatalogView';

/** Asking for what does not exist must not become a way to load the catalog. */
const ON_DEMAND_EVERY_MS = 3_000;

/**
 * After a reading on schedule the next waits so many times as long as that one
 * took: a catalog of thousands is no constant load on who keeps it.
 */
const REST = { times: 40, maxMs: 5 * 60_000 };

/** Entities of one answer: as many as can be read without holding up others. */
const PAGE_SIZE = 60;

const ENTITY_FIELDS = [
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'metadata.description',
  'metadata.annotations',
  'metadata.links',
  'metadata.etag',
  'spec',
  'relations',
];

/** By which a change is seen. */
const ETAG_FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.etag',
];

const EMPTY_VIEW: CatalogView = {
  environments: [],
  components: [],
  databases: {},
  databaseAbsence: {},
  problems: [],
};

/**
 * Keeps what the catalog says about environments and what runs in them. As
 * long as it says the same, the view and everything in it are the same objects.
 */
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
  /** Milliseconds that the last reading took. */
  #tookMs = 0;
  /** Of all entities that the view was built from. */
  #etags?: Map<string, string | undefined>;
  /** Databases that environments name, as of the same reading. */
  #databaseRefs: string[] = [];

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

  /** Reads the catalog, unless the last reading was long and not long ago. Never throws. */
  async refreshWhenRested(): Promise<void> {
    const rest = Math.min(REST.times * this.#tookMs, REST.maxMs);
    const since = this.options.now().getTime() - this.#readAt - this.#tookMs;
    if (since >= rest) await this.refresh();
  }

  /** Reads the catalog, unless that was just done; says whether it did. */
  async refreshOnDemand(): Promise<boolean> {
    const since = this.options.now().getTime() - this.#readAt;
    if (since < ON_DEMAND_EVERY_MS) return false;
    await this.refresh();
    return true;
  }

  async #read(): Promise<void> {
    const { logger, now, onRead } = this.options;
    this.#readAt = now().getTime();
    try {
      const { auth } = this.options;
      const credentials = await auth.getOwnServiceCredentials();
      if (!(await this.#isUnchanged(credentials))) {
        this.#take(await this.#fetch(credentials));
      }
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
    this.#tookMs = now().getTime() - this.#readAt;
    onRead();
  }

  /** Whether all etags are those of the last reading: to send and read them costs half as much as all. */
  async #isUnchanged(credentials: BackstageCredentials): Promise<boolean> {
    const known = this.#etags;
    if (!known || [...known.values()].includes(undefined)) return false;
    let left = known.size;
    const isSame = (entity: Entity) => {
      left -= 1;
      return known.get(stringifyEntityRef(entity)) === entity.metadata.etag;
    };
    for await (const page of this.#pages(ETAG_FIELDS, credentials)) {
      if (!page.every(isSame)) return false;
    }
    const databases = await this.#databases(
      this.#databaseRefs,
      ETAG_FIELDS,
      credentials,
    );
    return databases.every(isSame) && left === 0;
  }

  async #fetch(credentials: BackstageCredentials): Promise<Entity[]> {
    const entities: Entity[] = [];
    for await (const page of this.#pages(ENTITY_FIELDS, credentials)) {
      entities.push(...page);
    }
    const refs = databaseRefsOf(entities);
    this.#databaseRefs = refs;
    return [
      ...entities,
      ...(await this.#databases(refs, ENTITY_FIELDS, credentials)),
    ];
  }

  /** Environments and components; whoever asks something is answered between two pages. */
  async *#pages(
    fields: string[],
    credentials: BackstageCredentials,
  ): AsyncIterable<Entity[]> {
    const pages = this.options.catalog.streamEntities(
      {
        filter: [{ kind: 'environment' }, { kind: 'component' }],
        fields,
        pageSize: PAGE_SIZE,
      },
      { credentials },
    );
    for await (const page of pages) {
      yield page;
      await giveWay();
    }
  }

  async #databases(
    entityRefs: string[],
    fields: string[],
    credentials: BackstageCredentials,
  ): Promise<Entity[]> {
    if (entityRefs.length === 0) return [];
    const { items } = await this.options.catalog.getEntitiesByRefs(
      { entityRefs, fields },
      { credentials },
    );
    return items.filter(entity => !!entity);
  }

  #take(entities: Entity[]): void {
    const before = this.#etags;
    const etags = new Map(
      entities.map(e => [stringifyEntityRef(e), e.metadata.etag]),
    );
    // an etag is of all that the catalog says of an entity
    const isSame = (ref: string) => {
      const etag = etags.get(ref);
      return etag !== undefined && before?.get(ref) === etag;
    };
    const refs = [...new Set([...(before?.keys() ?? []), ...etags.keys()])];
    if (before && refs.every(isSame)) return;
    this.#etags = etags;
    const components = new Map(
      // what an entry says depends on the environments, too
      refs.every(ref => isSame(ref) || ref.startsWith('component:'))
        ? this.#view.components.map(c => [c.component.ref, c])
        : [],
    );
    const view = buildCatalogView(entities, entity => {
      const ref = stringifyEntityRef(entity);
      return isSame(ref) ? components.get(ref) : undefined;
    });
    this.#view = keepSame(this.#view, view);
  }
}

/** What is now, made of the objects that were before where they say the same. */
function keepSame(before: CatalogView, now: CatalogView): CatalogView {
  const environments = new Map(before.environments.map(e => [e.ref, e]));
  const components = new Map(before.components.map(c => [c.component.ref, c]));
  const view = {
    ...now,
    environments: now.environments.map(e => same(environments.get(e.ref), e)),
    components: now.components.map(c =>
      same(components.get(c.component.ref), c),
    ),
  };
  return isDeepStrictEqual(before, view) ? before : view;
}

function same<T>(before: T | undefined, now: T): T {
  return before && isDeepStrictEqual(before, now) ? before : now;
}
