import { cbor as smithyCbor } from '@smithy/core/cbor';
import { NormalizedSchema } from '@smithy/core/schema';
import { loadService, SERVICE_NAMES } from '../src/servers/aws/services';
import { OperationModel } from '../src/servers/aws/wire/ServiceModel';
import { cbor, FuzzBody, hostile } from './bodies';
import { Chance } from './Chance';
import { FuzzRequest } from './FuzzRequest';

const ACCOUNTS = [
  '111100000000',
  '111100000003',
  '333300000001',
  '999999999999',
];
const REGIONS = [
  'ap-southeast-2',
  'ap-southeast-4',
  'us-east-1',
  'us-west-2',
  'xx',
];
/** Values that some operation somewhere knows. */
const KNOWN = [
  'sample-backend',
  'sample-platform-ai-dev',
  'sample-platform-ai-prod-sydney',
  'cornjacket-platform-dev',
  'cornjacket-dev',
  'AWS/RDS',
  'DAILY',
  'UnblendedCost',
  'IMMUTABLE',
  '2026-11-01',
];

/** A call of any operation of any service, in any protocol, with members of about the right shape. */
export function awsRequest(
  chance: Chance,
): Pick<FuzzRequest, 'method' | 'target' | 'headers'> & { body: FuzzBody } {
  const name = chance.pick(SERVICE_NAMES);
  const service = loadService(name)!;
  const served = [...service.model.operations.values()].filter(
    ({ name: operation }) => service.handlers[operation],
  );
  const operation = chance.happens(served.length > 0 ? 0.95 : 0)
    ? chance.pick(served)
    : chance.pick([...service.model.operations.values()]);
  const headers: Array<[string, string]> = [
    ['authorization', authorization(name, chance)],
  ];
  const input = valueOf(operation.input, chance, 0);
  const spoil = (body: FuzzBody): FuzzBody =>
    chance.happens(0.15) ? { ...body, body: chance.broken(body.body) } : body;

  if (chance.happens(0.05)) {
    return { method: 'POST', target: '/', headers, body: hostile(chance) };
  }
  if (
    service.model.protocolId === 'aws.protocols#restJson1' &&
    operation.http
  ) {
    const { method, path } = operation.http;
    return {
      method,
      target: path.replace(/\{[^}]+\}/g, () =>
        encodeURIComponent(text(chance).replace(/[\ud800-\udfff]/g, '')),
      ),
      headers,
      body: spoil({ type: 'application/json', body: json(input) }),
    };
  }
  switch (chance.below(3)) {
    case 0:
      return {
        method: 'POST',
        target: `/service/${name}/operation/${operation.name}`,
        headers: [...headers, ['smithy-protocol', 'rpc-v2-cbor']],
        body: spoil({
          type: 'application/cbor',
          body: chance.happens(0.3) ? cbor(chance) : encodeCbor(input),
        }),
      };
    case 1:
      return {
        method: 'POST',
        target: '/',
        headers: [
          ...headers,
          ['x-amz-target', targetOf(name, operation, chance)],
        ],
        body: spoil({
          type: chance.pick([
            'application/x-amz-json-1.1',
            'application/x-amz-json-1.0',
          ]),
          body: json(input),
        }),
      };
    default:
      return {
        method: 'POST',
        target: '/',
        headers,
        body: spoil({
          type: 'application/x-www-form-urlencoded',
          body: Buffer.from(
            `Action=${operation.name}&Version=${service.model.version}${flatten(
              input,
              '',
            )}`,
          ),
        }),
      };
  }
}

function authorization(service: string, chance: Chance): string {
  if (chance.happens(0.05)) {
    return chance.oddText();
  }
  const scope = `${chance.pick(REGIONS)}/${
    chance.happens(0.97) ? service : chance.oddText().slice(0, 20)
  }`;
  return `AWS4-HMAC-SHA256 Credential=AKIA${chance.pick(
    ACCOUNTS,
  )}SANDBOX/20260101/${scope}/aws4_request, SignedHeaders=host, Signature=0`;
}

function targetOf(
  service: string,
  operation: OperationModel,
  chance: Chance,
): string {
  return `${chance.happens(0.9) ? service : chance.oddText().slice(0, 20)}.${
    operation.name
  }`;
}

function text(chance: Chance): string {
  return chance.happens(0.6) ? chance.pick(KNOWN) : chance.oddText();
}

/** A value of the shape that a member has; sometimes of another. */
function valueOf(
  schema: NormalizedSchema,
  chance: Chance,
  depth: number,
): unknown {
  if (chance.happens(0.02)) {
    return chance.json(2);
  }
  if (schema.isStructSchema()) {
    const members = [...schema.structIterator()];
    return Object.fromEntries(
      members
        .filter(() => depth < 4 && chance.happens(0.7))
        .map(([name, member]) => [name, valueOf(member, chance, depth + 1)]),
    );
  }
  if (schema.isListSchema()) {
    return Array.from({ length: depth < 4 ? chance.below(3) : 0 }, () =>
      valueOf(schema.getValueSchema(), chance, depth + 1),
    );
  }
  if (schema.isMapSchema()) {
    return depth < 4
      ? { [text(chance)]: valueOf(schema.getValueSchema(), chance, depth + 1) }
      : {};
  }
  if (schema.isBooleanSchema()) {
    return chance.happens(0.5);
  }
  if (schema.isNumericSchema()) {
    return chance.pick([0, 1, 5, 100, 1000, -1, 1.5, 2 ** 31, 1e300]);
  }
  if (schema.isTimestampSchema()) {
    return chance.pick([0, 1_795_000_000, -1, 1e18, '2026-11-01T00:00:00Z']);
  }
  if (schema.isBlobSchema()) {
    return 'eA==';
  }
  return text(chance);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? '');
}

function encodeCbor(value: unknown): Buffer {
  try {
    return Buffer.from(smithyCbor.serialize(value));
  } catch {
    return Buffer.from([0xa0]);
  }
}

/** `&A.member.1.B=c`, as the query protocol has it. */
function flatten(value: unknown, prefix: string): string {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => flatten(item, `${prefix}.member.${index + 1}`))
      .join('');
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([name, item]) => flatten(item, prefix ? `${prefix}.${name}` : name))
      .join('');
  }
  const safe = String(value).replace(/[\ud800-\udfff]/g, '');
  return `&${encodeURIComponent(
    prefix.replace(/[\ud800-\udfff]/g, ''),
  )}=${encodeURIComponent(safe)}`;
}
