/** How a request is put on the wire. */
export type Delivery =
  /** As it should be. */
  | 'whole'
  /** Three times on one connection, without waiting. */
  | 'pipelined'
  /** The sender says that it is done before the body is complete. */
  | 'halfClosed'
  /** The connection is cut in the middle. */
  | 'cut'
  /** In many small pieces. */
  | 'dribbled'
  /** Bytes that are no HTTP. */
  | 'garbage';

export const DELIVERIES: Delivery[] = [
  'whole',
  'whole',
  'whole',
  'whole',
  'whole',
  'whole',
  'pipelined',
  'halfClosed',
  'cut',
  'dribbled',
  'garbage',
];

/** A request that may be anything but well formed. */
export interface FuzzRequest {
  method: string;
  /** Path and query, as they go on the wire. */
  target: string;
  headers: Array<[string, string]>;
  body: Buffer;
  delivery: Delivery;
  /** The answer has no end: a watch. */
  isStream: boolean;
}

/** What goes on the wire; headers are latin1, without line breaks. */
export function toBytes(request: FuzzRequest): Buffer {
  const clean = (text: string) => text.replace(/[^\x20-\x7e\x80-\xff]/g, '');
  const target = request.target.replace(/[^\x21-\xff]/g, '');
  const lines = [
    `${request.method} ${target || '/'} HTTP/1.1`,
    ...request.headers.map(
      ([name, value]) => `${clean(name)}: ${clean(value)}`,
    ),
  ];
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    request.body,
  ]);
}
