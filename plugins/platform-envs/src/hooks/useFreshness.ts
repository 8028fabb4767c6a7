import { Freshness, FreshnessInput, freshnessOf } from '../model/freshness';
import { useNow } from './useNow';

/** Judges freshness, and again as time passes without news. */
export function useFreshness(input: FreshnessInput): Freshness {
  const now = useNow(5_000);
  return freshnessOf(input, now);
}
