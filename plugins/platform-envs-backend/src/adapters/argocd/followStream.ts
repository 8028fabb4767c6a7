import { createParser } from 'eventsource-parser';
import { Slices } from '../../rightOfWay';
import { fingerprintOf } from './fingerprintOf';
import { streamMessageSchema } from './schema';

/** Longest message of the stream: Argo CD's own limit for one application is far below. */
const MAX_MESSAGE_CHARACTERS = 16 * 1024 * 1024;

/** Who hears what comes. */
export interface StreamListeners {
  /** For every piece that arrives. */
  onActivity: () => void;
  /** Whether a message says what is known already; then it is not read. */
  isRepeated: (fingerprint: string) => boolean;
  /** `type` is `ADDED`, `MODIFIED` or `DELETED`. */
  onEvent: (type: string, application: unknown, fingerprint: string) => void;
  /** A message that could not be read. */
  onMalformed: (reason: string) => void;
}

/**
 * Reads a stream of changes until it ends, nothing comes for `idleTimeoutMs`
 * or the signal fires; the timer counts from before it is opened.
 *
 * @throws what `open` throws.
 */
export async function followStream(
  options: StreamListeners & {
    idleTimeoutMs: number;
    signal: AbortSignal;
    open: (signal: AbortSignal) => Promise<Response>;
  },
): Promise<'ended' | 'idle' | 'aborted'> {
  const idle = new AbortController();
  const signal = AbortSignal.any([options.signal, idle.signal]);
  let timer = setTimeout(() => idle.abort(), options.idleTimeoutMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(), options.idleTimeoutMs);
    options.onActivity();
  };
  const parser = createParser({
    maxBufferSize: MAX_MESSAGE_CHARACTERS,
    onEvent: ({ data }) => deliver(data, options),
  });
  try {
    const response = await options.open(signal);
    alive();
    const decoder = new TextDecoder();
    const slices = new Slices();
    for await (const chunk of response.body ?? []) {
      alive();
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (slices.isOver) await slices.rest();
    }
    return 'ended';
  } catch (error) {
    if (options.signal.aborted) return 'aborted';
    if (idle.signal.aborted) return 'idle';
    throw error;
  } finally {
    clearTimeout(timer);
    idle.abort();
  }
}

function deliver(data: string, listeners: StreamListeners): void {
  const fingerprint = fingerprintOf(data);
  if (listeners.isRepeated(fingerprint)) return;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    listeners.onMalformed('a message is not JSON');
    return;
  }
  const message = streamMessageSchema.safeParse(json);
  if (message.success && message.data.result) {
    const { type, application } = message.data.result;
    listeners.onEvent(type, application, fingerprint);
  } else if (message.success && message.data.error) {
    listeners.onMalformed(
      `upstream says: ${message.data.error.message ?? 'no reason'}`,
    );
  } else {
    listeners.onMalformed('a message is not an event');
  }
}
