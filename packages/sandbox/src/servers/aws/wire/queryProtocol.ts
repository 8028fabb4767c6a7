import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { Protocol } from './Protocol';

/** The flat `A.member.1.B=x` parameters of a request as a tree. */
interface ParameterNode {
  value?: string;
  children?: Map<string, ParameterNode>;
}

const RFC3339 = 5;
const XML_ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, character => XML_ESCAPES[character]);
}

function parseParameters(body: string): ParameterNode {
  const root: ParameterNode = {};
  for (const [name, value] of new URLSearchParams(body)) {
    let node = root;
    for (const part of name.split('.')) {
      node.children ??= new Map();
      let child = node.children.get(part);
      if (!child) {
        child = {};
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

function numberedChildren(node: ParameterNode | undefined): ParameterNode[] {
  return [...(node?.children ?? [])]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function readStructure(
  schema: NormalizedSchema,
  node: ParameterNode,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const key = member.getMergedTraits().xmlName ?? name;
    const child = node.children?.get(key);
    if (child) {
      result[name] = readValue(member, child);
    }
  }
  return result;
}

function readList(schema: NormalizedSchema, node: ParameterNode): unknown[] {
  const member = schema.getValueSchema();
  const memberName = member.getMergedTraits().xmlName ?? 'member';
  const flattened = schema.getMergedTraits().xmlFlattened;
  // botocore and the SDKs disagree on the element name of some lists; AWS
  // accepts `member` as well as the modelled name.
  const items = flattened
    ? node
    : node.children?.get(memberName) ?? node.children?.get('member');
  return numberedChildren(items).map(item => readValue(member, item));
}

function readMap(
  schema: NormalizedSchema,
  node: ParameterNode,
): Record<string, unknown> {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const member = schema.getValueSchema();
  const valueName = member.getMergedTraits().xmlName ?? 'value';
  const flattened = schema.getMergedTraits().xmlFlattened;
  const result: Record<string, unknown> = {};
  const entries = flattened ? node : node.children?.get('entry');
  for (const entry of numberedChildren(entries)) {
    const key = entry.children?.get(keyName)?.value;
    const value = entry.children?.get(valueName);
    if (key !== undefined && value) {
      result[key] = readValue(member, value);
    }
  }
  return result;
}

function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new SyntaxError(`'${text}' is not a number`);
  }
  return value;
}

function readTimestamp(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) {
    throw new SyntaxError(`'${text}' is not a timestamp`);
  }
  return value;
}

function readValue(schema: NormalizedSchema, node: ParameterNode): unknown {
  if (schema.isStructSchema()) {
    return readStructure(schema, node);
  }
  if (schema.isListSchema()) {
    return readList(schema, node);
  }
  if (schema.isMapSchema()) {
    return readMap(schema, node);
  }
  const text = node.value ?? '';
  if (schema.isBooleanSchema()) {
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    return readNumber(text);
  }
  if (schema.isTimestampSchema()) {
    return readTimestamp(text);
  }
  if (schema.isBlobSchema()) {
    return Buffer.from(text, 'base64');
  }
  return text;
}

function writeResult(schema: NormalizedSchema, output: object): string {
  if (!schema.isStructSchema()) {
    return '';
  }
  const serializer = new XmlShapeSerializer({
    xmlNamespace: '',
    serviceNamespace: '',
    timestampFormat: { useTrait: true, default: RFC3339 },
  });
  serializer.write(schema, output);
  const xml = String(serializer.flush());
  // The serializer names the root after the shape; the protocol wants
  // `<Operation>Result` instead.
  const open = xml.indexOf('>');
  const close = xml.lastIndexOf('</');
  return close > open ? xml.slice(open + 1, close) : '';
}

/**
 * AWS Query: form-encoded requests, XML replies.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const queryProtocol: Protocol = {
  commonErrors: {
    missingCredentials: { code: 'MissingAuthenticationToken', status: 403 },
    unknownCredentials: { code: 'InvalidClientTokenId', status: 403 },
    expiredCredentials: { code: 'ExpiredToken', status: 403 },
    throttled: { code: 'Throttling', status: 400 },
    unknownOperation: { code: 'InvalidAction', status: 400 },
    malformedRequest: { code: 'MalformedInput', status: 400 },
    internalFailure: { code: 'InternalFailure', status: 500 },
  },

  operationName(request) {
    const parameters = new URLSearchParams(
      request.body.length > 0
        ? request.body.toString('utf8')
        : request.url.split('?')[1] ?? '',
    );
    return parameters.get('Action') ?? undefined;
  },

  async decode(operation, request) {
    const parameters = parseParameters(
      request.body.length > 0
        ? request.body.toString('utf8')
        : request.url.split('?')[1] ?? '',
    );
    return operation.input.isStructSchema()
      ? readStructure(operation.input, parameters)
      : {};
  },

  encode(service, operation, output, _request, requestId) {
    const result = writeResult(operation.output, output);
    return {
      status: 200,
      headers: {
        'content-type': 'text/xml',
        'x-amzn-requestid': requestId,
      },
      body:
        `<${operation.name}Response xmlns="${service.xmlNamespace}">` +
        `<${operation.name}Result>${result}</${operation.name}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>` +
        `</${operation.name}Response>`,
    };
  },

  encodeError(service, error, _request, requestId) {
    const code = error.model?.queryCode ?? error.code;
    const type = error.status >= 500 ? 'Receiver' : 'Sender';
    return {
      status: error.status,
      headers: {
        'content-type': 'text/xml',
        'x-amzn-requestid': requestId,
      },
      body:
        `<ErrorResponse xmlns="${service?.xmlNamespace ?? ''}"><Error>` +
        `<Type>${type}</Type><Code>${escapeXml(code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message>` +
        `</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  },
};
