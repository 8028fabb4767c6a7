import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  ComponentNameAnswer,
  NameInPlace,
  NamePlace,
} from '@fairway/plugin-platform-envs-common';
import { LRUCache } from 'lru-cache';
import { statusOf } from '../github/createGithubClient';
import { Platform } from '../platform/readPlatform';
import {
  Found,
  groupRef,
  LookUp,
  lookUpDesiredState,
  lookUpInCatalog,
  lookUpInRegistry,
  LookUpOptions,
  lookUpRepository,
} from './lookUpName';

/** Somebody waits for it while they type: what takes longer is not known. */
const TIMEOUT_MS = 5_000;

/** Typing, going on and coming back ask for the same name within seconds. */
const KEEP_MS = 10_000;

/** Names times people within {@link KEEP_MS}. */
const KEEP_AT_MOST = 1_000;

/** Where a name is looked up, as people call it, and how. */
const PLACES: Array<{
  place: NamePlace;
  title: string;
  lookUp(look: LookUp): Promise<Found>;
}> = [
  { place: 'catalog', title: 'the catalog', lookUp: lookUpInCatalog },
  { place: 'repository', title: 'GitHub', lookUp: lookUpRepository },
  { place: 'registry', title: 'ECR', lookUp: lookUpInRegistry },
  {
    place: 'desiredState',
    title: 'the GitOps repository',
    lookUp: lookUpDesiredState,
  },
];

/** Who asks whether a name is free. */
export interface Asker {
  credentials: BackstageCredentials;
  userRef: string;
  /** Entity refs of the person and their groups. */
  ownershipRefs: string[];
}

/** Options of {@link NameChecks}. */
export interface NameChecksOptions extends LookUpOptions {
  /** Milliseconds that a place may take. */
  timeoutMs?: number;
  now?: () => number;
}

/**
 * Looks names up in the catalog, on the Git host, in the image registry and in
 * the GitOps repository.
 *
 * A place that cannot be asked answers `unknown` with the reason; it is never
 * taken for free. Answers are kept for seconds and for each person: the catalog
 * shows not everybody the same. One with an unknown is not kept.
 */
export class NameChecks {
  readonly #options: NameChecksOptions;
  readonly #kept: LRUCache<string, Promise<ComponentNameAnswer>>;

  constructor(options: NameChecksOptions) {
    this.#options = options;
    const now = options.now ?? Date.now;
    this.#kept = new LRUCache({
      max: KEEP_AT_MOST,
      ttl: KEEP_MS,
      // 0 would have it remember the time between two looks
      ttlResolution: 1,
      perf: { now },
    });
  }

  /**
   * @param platform - one that the asker may create components on
   * @param name - a component name; the caller has checked it
   */
  check(
    platform: Platform,
    name: string,
    asker: Asker,
  ): Promise<ComponentNameAnswer> {
    const key = [asker.userRef, platform.systemRef, name].join('\n');
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const answer = this.#look(platform, name, asker);
    this.#kept.set(key, answer);
    answer.then(
      ({ places }) => {
        if (places.some(({ state }) => state === 'unknown')) {
          this.#kept.delete(key);
        }
      },
      () => this.#kept.delete(key),
    );
    return answer;
  }

  async #look(
    platform: Platform,
    name: string,
    asker: Asker,
  ): Promise<ComponentNameAnswer> {
    const { timeoutMs = TIMEOUT_MS, now = Date.now } = this.#options;
    const places = await Promise.all(
      PLACES.map(async ({ place, title, lookUp }): Promise<NameInPlace> => {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
          const found = await inTime(
            lookUp({
              ...this.#options,
              platform,
              name,
              credentials: asker.credentials,
              signal,
            }),
            signal,
          );
          return { place, ...withOwnership(found, asker) };
        } catch (error) {
          const reason = signal.aborted
            ? `${title} did not answer within ${timeoutMs / 1000} s`
            : explain(title, error);
          this.#options.logger.warn('A name could not be looked up', {
            place,
            name,
            reason,
            cause: String(error),
          });
          return { place, what: name, state: 'unknown', reason };
        }
      }),
    );
    return {
      name,
      system: platform.systemRef,
      places,
      checkedAt: new Date(now()).toISOString(),
    };
  }
}

/** Not everything that is asked listens to its signal. */
function inTime<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    answer,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), {
        once: true,
      });
    }),
  ]);
}

function withOwnership(found: Found, { ownershipRefs }: Asker): Found {
  if (found.state !== 'taken' || !found.whose) return found;
  try {
    return ownershipRefs.includes(groupRef(found.whose))
      ? { ...found, state: 'mine' }
      : found;
  } catch {
    // a tag may say anything
    return found;
  }
}

/** Why a place could not be asked, without what it said: that may hold names of accounts and roles. */
function explain(title: string, error: unknown): string {
  if (error instanceof InputError) return error.message;
  const status =
    statusOf(error) ??
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata
      ?.httpStatusCode;
  const { name } = error as Error;
  if (status === 429 || /throttl|rate/i.test(`${name} ${error}`)) {
    return `${title} asks the portal to slow down; try again in a minute`;
  }
  // ECR refuses with 400 and a name
  if (status === 401 || status === 403 || /AccessDenied/.test(name)) {
    return `${title} refuses the portal's credentials (${status ?? name})`;
  }
  return status
    ? `${title} answered ${status}`
    : `${title} could not be reached (${name})`;
}
