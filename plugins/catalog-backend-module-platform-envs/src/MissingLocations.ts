import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';

/** Each is a call to the Git server; who waits for one waits for few. */
const MOST_AT_ONCE = 10;

/** Options of {@link MissingLocations}. */
export interface MissingLocationsOptions {
  catalog: CatalogService;
  logger: LoggerService;
}

/**
 * Locations whose file was not there when the catalog looked: it comes with a
 * pull request. The catalog itself looks again after its processing interval,
 * which is an hour; whoever merged it waits for less.
 */
export class MissingLocations {
  readonly #options: MissingLocationsOptions;
  /** Where the next turn begins, so that none waits for ever behind others. */
  #turn = 0;

  constructor(options: MissingLocationsOptions) {
    this.#options = options;
  }

  /** Has the catalog look once more for those files, at most ten in a turn. */
  async lookAgain(credentials: BackstageCredentials): Promise<void> {
    const { catalog, logger } = this.#options;
    const [registered, { items }] = await Promise.all([
      catalog.getLocations({}, { credentials }),
      // What was never read is no entity yet.
      catalog.getEntities(
        {
          filter: { kind: 'Location' },
          fields: ['kind', 'metadata.name', 'metadata.namespace'],
        },
        { credentials },
      ),
    ]);
    const read = new Set(items.map(one => stringifyEntityRef(one)));
    const refs = registered.items
      .map(({ entityRef }) => entityRef)
      .filter(ref => !read.has(ref));
    const turn = inTurn(refs, this.#turn);
    this.#turn += turn.length;
    for (const ref of turn) {
      logger.debug(`Looking again for what ${ref} is to find`);
      await catalog.refreshEntity(ref, { credentials });
    }
  }
}

function inTurn(refs: string[], from: number): string[] {
  if (refs.length <= MOST_AT_ONCE) return refs;
  const sorted = [...refs].sort();
  return Array.from(
    { length: MOST_AT_ONCE },
    (_, index) => sorted[(from + index) % sorted.length],
  );
}
