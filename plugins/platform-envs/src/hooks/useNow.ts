import { useSyncExternalStore } from 'react';

interface Ticker {
  subscribe(listener: () => void): () => void;
  get(): number;
}

const tickers = new Map<number, Ticker>();

function tickerOf(intervalMs: number): Ticker {
  const known = tickers.get(intervalMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const ticker: Ticker = {
    subscribe(listener) {
      listeners.add(listener);
      if (!timer) {
        now = Date.now();
        timer = setInterval(() => {
          now = Date.now();
          listeners.forEach(notify => notify());
        }, intervalMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
    get() {
      // While nobody listens the clock stands still; do not show its last time.
      if (!timer) now = Math.max(now, Date.now() - (Date.now() % 1000));
      return now;
    },
  };
  tickers.set(intervalMs, ticker);
  return ticker;
}

/**
 * The time in milliseconds, renewed every `intervalMs`; one timer for all
 * components with the same interval.
 */
export function useNow(intervalMs: number = 30_000): number {
  const ticker = tickerOf(intervalMs);
  return useSyncExternalStore(ticker.subscribe, ticker.get);
}
