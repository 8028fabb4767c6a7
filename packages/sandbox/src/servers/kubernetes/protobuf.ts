const MAGIC = Buffer.from('k8s\0');
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

type Fields = Map<number, Buffer>;

/** Names of string fields by number; a nested record is a message. */
interface Shape {
  [field: number]: string | [string, Shape];
}

const ACCESS: Shape = {
  2: [
    'spec',
    {
      1: [
        'resourceAttributes',
        {
          1: 'namespace',
          2: 'verb',
          3: 'group',
          4: 'version',
          5: 'resource',
          6: 'subresource',
          7: 'name',
        },
      ],
      2: ['nonResourceAttributes', { 1: 'path', 2: 'verb' }],
    },
  ],
};

const SHAPES: Record<string, Shape> = {
  SelfSubjectAccessReview: ACCESS,
  SelfSubjectRulesReview: { 2: ['spec', { 1: 'namespace' }] },
  SelfSubjectReview: {},
};

/**
 * Reads a review from the protobuf envelope in which kubectl sends it;
 * undefined when it is none, or of a kind that is not served.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
export function readProtobuf(body: Buffer): any {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  try {
    const envelope = fieldsOf(body.subarray(MAGIC.length));
    const type = fieldsOf(envelope.get(1) ?? Buffer.alloc(0));
    const kind = type.get(2)?.toString('utf8') ?? '';
    const shape = SHAPES[kind];
    return (
      shape && {
        apiVersion: type.get(1)?.toString('utf8'),
        kind,
        ...read(envelope.get(2) ?? Buffer.alloc(0), shape),
      }
    );
  } catch {
    return undefined;
  }
}

function read(message: Buffer, shape: Shape): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [number, bytes] of fieldsOf(message)) {
    const field = shape[number];
    if (typeof field === 'string') {
      result[field] = bytes.toString('utf8');
    } else if (field) {
      result[field[0]] = read(bytes, field[1]);
    }
  }
  return result;
}

/** The length-delimited fields of a message, by number; others are skipped. */
function fieldsOf(message: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message.readUInt8(at);
      at += 1;
      value += (byte % 128) * 2 ** shift;
      if (byte < 128) {
        return value;
      }
    }
    throw new RangeError('a number is too long');
  };
  while (at < message.length) {
    const tag = varint();
    switch (tag % 8) {
      case VARINT:
        varint();
        break;
      case FIXED64:
        at += 8;
        break;
      case FIXED32:
        at += 4;
        break;
      case BYTES: {
        const length = varint();
        if (at + length > message.length) {
          throw new RangeError('a field ends after its message');
        }
        fields.set(Math.floor(tag / 8), message.subarray(at, at + length));
        at += length;
        break;
      }
      default:
        throw new RangeError('a field is of no known type');
    }
  }
  return fields;
}
