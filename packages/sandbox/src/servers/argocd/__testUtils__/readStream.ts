import { EventEmitter, once } from 'node:events';

/** Messages of a stream that goes on, as they come. */
export interface StreamedMessages {
  contentType: string | null;
  /** Grows while the stream is open. */
  readonly messages: any[];
  /**
   * Resolves with all messages so far as soon as they will do.
   *
   * @throws Error - the stream ended before, or ten seconds passed.
   */
  until(willDo: (messages: any[]) => boolean): Promise<any[]>;
  close(): void;
}

/** Ten seconds: machines may be busy. */
const PATIENCE_MS = 25_000;

/**
 * Reads server-sent events, or lines of JSON.
 *
 * @param take - sees each message; what it throws ends the reading
 */
export async function readStream(
  url: string,
  headers: Record<string, string>,
  take: (message: any) => void,
): Promise<StreamedMessages> {
  const abort = new AbortController();
  const reply = await fetch(url, { headers, signal: abort.signal });
  const messages: any[] = [];
  const news = new EventEmitter();
  let ended: unknown;
  (async () => {
    let text = '';
    for await (const chunk of reply.body!) {
      text += Buffer.from(chunk).toString('utf8');
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) {
        const json = line.replace(/^data: /, '').trim();
        // A line that begins with a colon keeps the connection alive.
        if (json && !json.startsWith(':')) {
          const message = JSON.parse(json);
          take(message);
          messages.push(message);
        }
      }
      news.emit('news');
    }
    throw new Error('the stream has ended');
  })().catch(error => {
    ended = error;
    news.emit('news');
  });
  return {
    contentType: reply.headers.get('content-type'),
    messages,
    async until(willDo) {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      while (!willDo(messages)) {
        if (ended) {
          throw ended;
        }
        await once(news, 'news', { signal: patience });
      }
      return [...messages];
    },
    close: () => abort.abort(),
  };
}
