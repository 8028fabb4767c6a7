import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A job that was taken from a queue, and is out of sight of others for a while. */
export interface Message {
  id: string;
  /** What this taking of it is called; another taking has another. */
  receipt: string;
  body: string;
  /** How often it was taken, this time included. */
  attempt: number;
  /** The id of the request that put it there. */
  requestId: string | undefined;
}

/** A queue that gives each message at least once. */
export interface Queue {
  /** Its name, as a label of metrics. */
  name: string;
  /** Puts a message into the queue, and says what id it has there. */
  send(body: string, requestId: string): Promise<string>;
  /** Waits for messages, at most 20 seconds; none is an empty list. */
  receive(max: number, signal: AbortSignal): Promise<Message[]>;
  /** The job is done. */
  remove(message: Message): Promise<void>;
  /** Keeps it out of sight for so long from now; 0 shows it at once. */
  hide(message: Message, milliseconds: number): Promise<void>;
  /** Takes it out of the queue for people to look at. */
  bury(message: Message, reason: string): Promise<void>;
  /** How many messages wait, about. */
  waiting(): Promise<number>;
}

export interface SqsQueueOptions {
  client: SQSClient;
  queueUrl: string;
  deadLetterQueueUrl: string | undefined;
  visibilityTimeoutMs: number;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
export class SqsQueue implements Queue {
  readonly name: string;
  readonly #options: SqsQueueOptions;

  constructor(options: SqsQueueOptions) {
    this.#options = options;
    this.name = options.queueUrl.split('/').at(-1) ?? options.queueUrl;
  }

  async send(body: string, requestId: string): Promise<string> {
    const { client, queueUrl } = this.#options;
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          requestId: { DataType: 'String', StringValue: requestId },
        },
      }),
    );
    return MessageId ?? '';
  }

  async receive(max: number, signal: AbortSignal): Promise<Message[]> {
    const { client, queueUrl, visibilityTimeoutMs } = this.#options;
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(max, 10),
        WaitTimeSeconds: 20,
        VisibilityTimeout: seconds(visibilityTimeoutMs),
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        MessageAttributeNames: ['requestId'],
      }),
      { abortSignal: signal },
    );
    return Messages.map((message) => ({
      id: message.MessageId ?? '',
      receipt: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      attempt: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      requestId: message.MessageAttributes?.requestId?.StringValue,
    }));
  }

  async remove({ receipt }: Message): Promise<void> {
    const { client, queueUrl } = this.#options;
    await client.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }),
    );
  }

  async hide({ receipt }: Message, milliseconds: number): Promise<void> {
    const { client, queueUrl } = this.#options;
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds(milliseconds),
      }),
    );
  }

  async bury(message: Message, reason: string): Promise<void> {
    const { client, deadLetterQueueUrl } = this.#options;
    if (!deadLetterQueueUrl) {
      // Taken again at once until the redrive policy has had enough of it.
      await this.hide(message, 0);
      return;
    }
    await client.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: message.body,
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: reason.slice(0, 1000) },
        },
      }),
    );
    await this.remove(message);
  }

  async waiting(): Promise<number> {
    const { client, queueUrl } = this.#options;
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? Number.NaN);
  }
}

const seconds = (milliseconds: number) => Math.ceil(milliseconds / 1000);
