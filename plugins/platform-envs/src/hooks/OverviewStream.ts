import { QueryClient } from '@tanstack/react-query';
import {
  Overview,
  OverviewStreamEvent,
  PlatformEnvsApi,
} from '@fairway/plugin-platform-envs-common';
import { queryClientOf } from '../components/Screen';
import { queryKeys } from './queryKeys';
import { OverviewUpdates } from './OverviewUpdates';

/** How the event stream is doing. Times are milliseconds since the epoch. */
export interface StreamState {
  /** `live` only once everything was asked again that may have been missed. */
  status: 'connecting' | 'live' | 'broken';
  /** Last time bytes arrived. */
  lastActivityAt?: number;
  /** Since when the stream is broken. */
  brokenSince?: number;
  /** Why it is broken. */
  reason?: string;
  /** The browser says itself that there is no network. */
  isOffline?: boolean;
}

/** Longer than three heartbeats of the server: the line is dead even if TCP does not know. */
const SILENCE_MS = 50_000;
/** Nobody looks at a tab in the back; its line is for those who do. */
const HIDDEN_MS = 60_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

/**
 * The one event stream of the plugin, shared by whatever is on the screen.
 * It opens with the first subscriber and closes with the last, rests while the
 * tab is hidden or the browser offline, and is `live` after an interruption
 * only when all that may have changed meanwhile has been asked again.
 */
export class OverviewStream {
  private state: StreamState = { status: 'connecting' };
  private readonly listeners = new Set<() => void>();
  private readonly updates: OverviewUpdates;
  private abort?: AbortController;
  private watchdog?: ReturnType<typeof setTimeout>;
  private retry?: ReturnType<typeof setTimeout>;
  private rest?: ReturnType<typeof setTimeout>;
  private failures = 0;
  /** Changes may have been missed since the last answer. */
  private missed = false;

  constructor(
    private readonly api: PlatformEnvsApi,
    private readonly queryClient: QueryClient,
  ) {
    this.updates = new OverviewUpdates(api, queryClient);
  }

  getState = (): StreamState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  private setState(state: StreamState) {
    this.state = state;
    this.listeners.forEach(listener => listener());
  }

  private start() {
    window.addEventListener('offline', this.onOffline);
    window.addEventListener('online', this.onBack);
    document.addEventListener('visibilitychange', this.onVisibility);
    this.connect();
  }

  private stop() {
    window.removeEventListener('offline', this.onOffline);
    window.removeEventListener('online', this.onBack);
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.hangUp();
    this.updates.stop();
    this.failures = 0;
    this.missed = false;
    this.state = { status: 'connecting' };
  }

  private hangUp() {
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    clearTimeout(this.rest);
  }

  private readonly onOffline = () => {
    this.hangUp();
    this.onBroken('this browser is offline', true);
  };

  /** The network is back, or the reader is: no reason to wait any longer. */
  private readonly onBack = () => {
    const silentFor = Date.now() - (this.state.lastActivityAt ?? Date.now());
    if (this.abort && this.state.status === 'live' && silentFor < SILENCE_MS) {
      return;
    }
    this.hangUp();
    this.missed = true;
    if (this.state.status === 'live') this.setState({ status: 'connecting' });
    this.connect();
  };

  private readonly onVisibility = () => {
    clearTimeout(this.rest);
    if (document.visibilityState !== 'hidden') {
      this.onBack();
      return;
    }
    this.rest = setTimeout(() => {
      this.hangUp();
      this.missed = true;
      this.setState({ ...this.state, status: 'connecting' });
    }, HIDDEN_MS);
  };

  private connect() {
    const abort = new AbortController();
    this.abort = abort;
    this.api
      .streamOverview(
        {
          onOpen: () => !abort.signal.aborted && this.onOpen(abort),
          onActivity: () => !abort.signal.aborted && this.onActivity(),
          onRevision: event => !abort.signal.aborted && this.onRevision(event),
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

  private async onOpen(abort: AbortController) {
    this.failures = 0;
    if (this.missed) {
      await this.updates.askAll();
      if (abort.signal.aborted) return;
      this.missed = false;
    }
    this.onActivity();
  }

  private onActivity() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      const abort = this.abort;
      abort?.abort();
      if (abort) this.onEnd(abort, 'the event stream fell silent', true);
    }, SILENCE_MS);
    // Not before what was missed is here.
    if (this.missed) return;
    this.setState({ status: 'live', lastActivityAt: Date.now() });
  }

  private onRevision({ revision, changed }: OverviewStreamEvent) {
    const known = this.queryClient.getQueryData<Overview>(queryKeys.overview);
    if (known?.revision === revision) return;
    this.updates.onChange(changed);
  }

  private onEnd(abort: AbortController, reason: string, silent = false) {
    if (this.abort !== abort || (abort.signal.aborted && !silent)) return;
    clearTimeout(this.watchdog);
    const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.onBroken(reason);
    this.retry = setTimeout(() => this.connect(), delay);
  }

  private onBroken(reason: string, isOffline = false) {
    this.failures += 1;
    this.missed = true;
    this.setState({
      status: 'broken',
      lastActivityAt: this.state.lastActivityAt,
      brokenSince: this.state.brokenSince ?? Date.now(),
      reason,
      isOffline,
    });
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
