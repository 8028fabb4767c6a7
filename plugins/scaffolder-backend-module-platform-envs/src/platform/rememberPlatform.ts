import {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { LRUCache } from 'lru-cache';
import type { Platform } from './readPlatform';

/**
 * Each of a run's steps reads its platform, within seconds; who mends an entity
 * and tries again takes longer.
 */
const TTL_MS = 10_000;

type Remembered = LRUCache<string, Promise<Platform>>;

const byCatalog = new WeakMap<CatalogService, Remembered>();

/**
 * What a person was told of a platform a moment ago. Only what the catalog says
 * is remembered, for each person apart; what they may do is asked anew by those
 * who ask for it. What fails is not remembered, and what nobody in particular
 * asks is always read.
 */
export function rememberPlatform(
  {
    catalog,
    credentials,
  }: { catalog: CatalogService; credentials: BackstageCredentials },
  systemRef: string,
  read: () => Promise<Platform>,
): Promise<Platform> {
  const principal = credentials.principal as Partial<BackstageUserPrincipal>;
  if (principal.type !== 'user') return read();
  const remembered: Remembered =
    byCatalog.get(catalog) ?? new LRUCache({ max: 100, ttl: TTL_MS });
  byCatalog.set(catalog, remembered);
  const key = `${principal.userEntityRef} ${systemRef}`;
  const known = remembered.get(key);
  if (known) return known;
  const platform = read();
  remembered.set(key, platform);
  platform.catch(() => remembered.delete(key));
  return platform;
}
