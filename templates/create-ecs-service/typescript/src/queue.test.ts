import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Message, SqsQueue } from './queue.ts';

interface Call {
  action: string;
  body: Record<string, unknown>;
}

/** A queue that speaks over the wire with a server that notes what it is asked. */
async function start(
  t: TestContext,
  answers: Record<string, object>,
  deadLetterQueueUrl?: string,
) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const action =
        String(request.headers['x-amz-target']).split('.')[1] ?? '';
      calls.push({
        action,
        body: JSON.parse(text) as Record<string, unknown>,
      });
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify(answers[action] ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const queue = new SqsQueue({
    client: new SQSClient({
      endpoint: `http://localhost:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      // The checksum would have to be that of what the answer holds.
      md5: false,
    }),
    queueUrl: `http://localhost:${port}/111111111111/jobs`,
    deadLetterQueueUrl,
    visibilityTimeoutMs: 30_000,
  });
  return { queue, calls };
}

const message: Message = {
  id: 'm-1',
  receipt: 'r-1',
  body: '{"name":"Ada"}',
  attempt: 1,
  requestId: undefined,
};

test('a job is put into the queue with the id of its request', async (t) => {
  const { queue, calls } = await start(t, {
    SendMessage: { MessageId: 'm-1' },
  });
  assert.equal(queue.name, 'jobs');
  assert.equal(await queue.send('{}', 'abc-123'), 'm-1');
  const [call] = calls;
  assert.equal(call?.action, 'SendMessage');
  assert.equal(call.body.MessageBody, '{}');
  assert.deepEqual(call.body.MessageAttributes, {
    requestId: { DataType: 'String', StringValue: 'abc-123' },
  });
});

test('jobs are waited for, and come with their attempt and request', async (t) => {
  const { queue, calls } = await start(t, {
    ReceiveMessage: {
      Messages: [
        {
          MessageId: 'm-1',
          ReceiptHandle: 'r-1',
          Body: '{}',
          Attributes: { ApproximateReceiveCount: '3' },
          MessageAttributes: {
            requestId: { DataType: 'String', StringValue: 'abc-123' },
          },
        },
      ],
    },
  });
  assert.deepEqual(await queue.receive(50, new AbortController().signal), [
    {
      id: 'm-1',
      receipt: 'r-1',
      body: '{}',
      attempt: 3,
      requestId: 'abc-123',
    },
  ]);
  assert.equal(calls[0]?.body.MaxNumberOfMessages, 10);
  assert.equal(calls[0].body.WaitTimeSeconds, 20);
  assert.equal(calls[0].body.VisibilityTimeout, 30);
});

test('an empty queue gives no jobs', async (t) => {
  const { queue } = await start(t, {});
  assert.deepEqual(await queue.receive(1, new AbortController().signal), []);
});

test('what nobody can do goes to the dead-letter queue, then out of this one', async (t) => {
  const { queue, calls } = await start(
    t,
    { SendMessage: { MessageId: 'm-2' } },
    'http://localhost/111111111111/jobs-dead',
  );
  await queue.bury(message, 'no JSON');
  assert.deepEqual(
    calls.map(({ action, body }) => [action, body.QueueUrl]),
    [
      ['SendMessage', 'http://localhost/111111111111/jobs-dead'],
      ['DeleteMessage', calls[1]?.body.QueueUrl],
    ],
  );
  assert.equal(calls[1]?.body.ReceiptHandle, 'r-1');
});

test('without a dead-letter queue it is left to the redrive policy', async (t) => {
  const { queue, calls } = await start(t, {});
  await queue.bury(message, 'no JSON');
  assert.deepEqual(
    calls.map(({ action, body }) => [action, body.VisibilityTimeout]),
    [['ChangeMessageVisibility', 0]],
  );
});

test('the jobs that wait are counted', async (t) => {
  const { queue } = await start(t, {
    GetQueueAttributes: { Attributes: { ApproximateNumberOfMessages: '7' } },
  });
  assert.equal(await queue.waiting(), 7);
});
