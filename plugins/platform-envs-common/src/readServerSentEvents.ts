/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The `event` field; `message` when the stream names none. */
  type: string;
  /** The `data` lines joined by line feeds. */
  data: string;
}

/**
 * Reads a `text/event-stream` body until it ends.
 *
 * `onEvent` is called for each event in order; `onActivity` for every chunk
 * that arrives, comments included, so that a caller can tell a quiet stream
 * from a dead one.
 *
 * @throws whatever the reader throws, among it the `AbortError` of its signal.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: ServerSentEvent) => void,
  onActivity: () => void = () => {},
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let type = '';
  let data: string[] = [];

  const takeLine = (line: string) => {
    if (line === '') {
      if (data.length)
        onEvent({ type: type || 'message', data: data.join('\n') });
      type = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') type = value;
    if (field === 'data') data.push(value);
  };

  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onActivity();
    rest += decoder.decode(value, { stream: true });
    // A carriage return at the end may be half of CRLF: keep it for later.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach(takeLine);
  }
}
