import { QueryClient } from '@tanstack/react-query';
import {
  Overview,
  PlatformEnvsApi,
} from '@fairway/plugin-platform-envs-common';
import { queryClientOf } from '../components/Screen';
import { queryKeys } from './queryKeys';

/** How the event stream is doing. Times are milliseconds since the epoch. */
export interface StreamState {
  status: 'connecting' | 'live' | 'broken';
  /** Last time bytes arrived. */
  lastActivityAt?: number;
  /** Since when the stream is broken. */
  brokenSince?: number;
  /** Why it is broken. */
  reason?: string;
}

/** Longer than three heartbeats of the server: the line is dead even if TCP does not know. */
const SILENCE_MS = 50_000;
/** One refetch for a burst of changes. */
const SETTLE_MS = 250;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

/**
 * The one event stream of the plugin, shared by whatever is on the screen.
 * It opens with the first subscriber and closes with the last; a revision
 * that is not the one in the cache makes the cache ask again.
 */
export class OverviewStream {
  private state: StreamState = { status: 'connecting' };
  private readonly listeners = new Set<() => void>();
  private abort?: AbortController;
  private settle?: ReturnType<typeof setTimeout>;
  private watchdog?: ReturnType<typeof setTimeout>;
  private retry?: ReturnType<typeof setTimeout>;
  private failures = 0;

  constructor(
    private readonly api: PlatformEnvsApi,
    private readonly queryClient: QueryClient,
  ) {}

  getState = (): StreamState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.connect();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.disconnect();
    };
  };

  private setState(state: StreamState) {
    this.state = state;
    this.listeners.forEach(listener => listener());
  }

  private connect() {
    const abort = new AbortController();
    this.abort = abort;
    this.api
      .streamOverview(
        {
          onOpen: () => {
            if (abort.signal.aborted) return;
            const wasBroken = this.failures > 0;
            this.failures = 0;
            this.onActivity();
            // What changed while nobody told us.
            if (wasBroken) this.invalidate();
          },
          onActivity: () => !abort.signal.aborted && this.onActivity(),
          onRevision: ({ revision }) =>
            !abort.signal.aborted && this.onRevision(revision),
        },
        { signal: abort.signal },
      )
      .then(
        () => this.onEnd(abort, 'the portal closed the event stream'),
        error =>
          this.onEnd(
            abort,
            error instanceof Error ? error.message : String(error),
          ),
      );
  }

  private disconnect() {
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.settle);
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    this.failures = 0;
    this.state = { status: 'connecting' };
  }

  private onActivity() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      const abort = this.abort;
      abort?.abort();
      if (abort) this.onEnd(abort, 'the event stream fell silent', true);
    }, SILENCE_MS);
    this.setState({ status: 'live', lastActivityAt: Date.now() });
  }

  private onRevision(revision: string) {
    const known = this.queryClient.getQueryData<Overview>(queryKeys.overview);
    if (known?.revision === revision) return;
    this.invalidate();
  }

  private invalidate() {
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.queryClient.invalidateQueries({ queryKey: queryKeys.live });
    }, SETTLE_MS);
  }

  private onEnd(abort: AbortController, reason: string, silent = false) {
    if (this.abort !== abort || (abort.signal.aborted && !silent)) return;
    clearTimeout(this.watchdog);
    const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.setState({
      status: 'broken',
      lastActivityAt: this.state.lastActivityAt,
      brokenSince: this.state.brokenSince ?? Date.now(),
      reason,
    });
    this.retry = setTimeout(() => this.connect(), delay);
  }
}

const streams = new WeakMap<PlatformEnvsApi, OverviewStream>();

/** The stream that belongs to an api. */
export function overviewStreamOf(api: PlatformEnvsApi): OverviewStream {
  let stream = streams.get(api);
  if (!stream) {
    stream = new OverviewStream(api, queryClientOf(api));
    streams.set(api, stream);
  }
  return stream;
}
