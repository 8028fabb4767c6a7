import { useSyncExternalStore } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { platformEnvsApiRef } from '../api';
import { overviewStreamOf, StreamState } from './OverviewStream';

/** Keeps the event stream open while the component is on the screen. */
export function useOverviewStream(): StreamState {
  const stream = overviewStreamOf(useApi(platformEnvsApiRef));
  return useSyncExternalStore(stream.subscribe, stream.getState);
}

/** How often to ask when the event stream cannot tell of changes, milliseconds. */
const POLL_WITHOUT_STREAM_MS = 15_000;

/** The interval at which to ask by oneself: none while the stream is live. */
export function pollInterval(stream: StreamState): number | false {
  return stream.status === 'broken' ? POLL_WITHOUT_STREAM_MS : false;
}
