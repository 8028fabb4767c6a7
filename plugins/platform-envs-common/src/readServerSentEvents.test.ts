import { readServerSentEvents, ServerSentEvent } from './readServerSentEvents';

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      chunks.forEach(chunk => controller.enqueue(encoder.encode(chunk)));
      controller.close();
    },
  });
}

async function read(...chunks: string[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  await readServerSentEvents(streamOf(...chunks), event => events.push(event));
  return events;
}

describe('readServerSentEvents', () => {
  it('reads events with and without a type', async () => {
    await expect(
      read('event: revision\ndata: 1\n\ndata: a\ndata: b\n\n'),
    ).resolves.toEqual([
      { type: 'revision', data: '1' },
      { type: 'message', data: 'a\nb' },
    ]);
  });

  it('joins what was cut apart on the way, also between CR and LF', async () => {
    await expect(
      read('eve', 'nt: revision\r', '\ndata: {"r', '":1}\r\n\r\n'),
    ).resolves.toEqual([{ type: 'revision', data: '{"r":1}' }]);
  });

  it('ignores comments, but tells that something arrived', async () => {
    const onEvent = jest.fn();
    const onActivity = jest.fn();
    await readServerSentEvents(
      streamOf(': heartbeat\n\n', ': heartbeat\n\n'),
      onEvent,
      onActivity,
    );
    expect(onEvent).not.toHaveBeenCalled();
    expect(onActivity).toHaveBeenCalledTimes(2);
  });

  it('drops an event that the stream did not finish', async () => {
    await expect(read('data: 1\n\n', 'data: 2\n')).resolves.toEqual([
      { type: 'message', data: '1' },
    ]);
  });
});
