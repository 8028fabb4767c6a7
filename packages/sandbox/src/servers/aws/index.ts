import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../../world/aws/AwsError';
import { AwsWorld, createAwsWorld } from '../../world/aws/AwsWorld';
import { Caller, identify } from '../../world/aws/credentials';
import { World } from '../../world/types';
import { createServer, HttpError } from '../createServer';
import { addLayerRoute } from './ecrDownloads';
import { AnyHandler } from './handlers';
import { LoadedService, loadService, SERVICE_NAMES } from './services';
import { universalTarget } from './universalTarget';
import { callPath } from './wire/callPath';
import { checkInput } from './wire/checkInput';
import { chooseProtocol } from './wire/chooseProtocol';
import { Protocol, WireReply, WireRequest } from './wire/Protocol';
import { readCredential } from './wire/readCredential';
import { findError, OperationModel } from './wire/ServiceModel';

const NOT_SERVED = 501;

/** The one operation that is called without a signature, and what it belongs to. */
const UNSIGNED_OPERATION = 'AssumeRoleWithWebIdentity';
const UNSIGNED_SERVICE = 'sts';
const UNSIGNED_REGION = 'us-east-1';

/** What is known of a call while it is being answered; errors are worded from it. */
interface Call {
  request: WireRequest;
  requestId: string;
  protocol: Protocol;
  service?: LoadedService;
}

/**
 * All of AWS on one port: the service and region come from the credential scope
 * of the signature, the account from the access key id, the protocol from the
 * request itself.
 */
export function createAwsServer(world: World): FastifyInstance {
  const aws = createAwsWorld(world);
  world.aws = aws;
  const server = createServer({
    upstream: 'aws',
    world,
    path: request => callPath(request, name => loadService(name)?.model),
    error: (error, request) => {
      const call = beginCall(request);
      const usual = error.status >= 500 ? 'ServiceUnavailable' : 'BadRequest';
      const { body, headers } = encodeError(
        call,
        new AwsError(
          String(error.details.code ?? usual),
          error.message,
          error.status,
        ),
      );
      return {
        body: typeof body === 'string' ? body : Buffer.from(body),
        contentType: headers['content-type'],
        headers,
      };
    },
    throttled(request) {
      const { code, status } =
        beginCall(request).protocol.commonErrors.throttled;
      return new HttpError(status, 'Rate exceeded', { code });
    },
  });

  aws.schedules.start(universalTarget(aws));
  addLayerRoute(server, aws);
  server.all('*', async (request, reply) => {
    const call = beginCall(request);
    try {
      return send(reply, await answer(call, aws));
    } catch (error) {
      if (!(error instanceof AwsError)) {
        aws.report(`aws ${request.method} ${request.url}`, error);
      }
      return send(reply, encodeError(call, toAwsError(error, call.protocol)));
    }
  });

  return server;
}

async function answer(call: Call, aws: AwsWorld): Promise<WireReply> {
  const { request, protocol } = call;
  const common = protocol.commonErrors;
  const credential = readCredential(request.headers);
  if (!credential && !call.service) {
    throw new AwsError(
      common.missingCredentials.code,
      'Request is missing Authentication Token',
      common.missingCredentials.status,
    );
  }
  const { service } = call;
  if (!service) {
    throw new AwsError(
      common.unknownOperation.code,
      `The service ${
        credential!.service
      } is not in the sandbox; it has ${SERVICE_NAMES.join(', ')}`,
      NOT_SERVED,
    );
  }
  const caller = credential
    ? authenticate(call, credential, aws)
    : { accountId: '', arn: 'anonymous', userId: 'anonymous' };
  if (aws.conditions.holds('throttled')) {
    throw new AwsError(
      common.throttled.code,
      'Rate exceeded',
      common.throttled.status,
    );
  }

  const { operation, handler } = findOperation(
    call,
    credential?.service ?? UNSIGNED_SERVICE,
  );
  const input = await readInput(call, operation);
  const output = await handler(input, {
    accountId: caller.accountId,
    region: credential?.region ?? UNSIGNED_REGION,
    callerArn: caller.arn,
    callerId: caller.userId,
    isSession: credential?.accessKeyId.startsWith('ASIA'),
    aws,
  });
  return protocol.encode(
    service.model,
    operation,
    output,
    request,
    call.requestId,
  );
}

function authenticate(
  { protocol }: Call,
  credential: { accessKeyId: string; sessionToken: string | undefined },
  aws: AwsWorld,
): Caller {
  const caller = identify(
    credential.accessKeyId,
    credential.sessionToken,
    aws.accounts,
    aws.clock,
  );
  if (
    caller === 'expired' ||
    (caller !== 'unknown' &&
      credential.sessionToken &&
      aws.trust.isExpired(caller.accountId))
  ) {
    const { code, status } = protocol.commonErrors.expiredCredentials;
    throw new AwsError(
      code,
      'The security token included in the request is expired',
      status,
    );
  }
  if (caller === 'unknown') {
    const { code, status } = protocol.commonErrors.unknownCredentials;
    throw new AwsError(
      code,
      'The security token included in the request is invalid.',
      status,
    );
  }
  return caller;
}

function findOperation(
  { service, protocol, request }: Call,
  signingName: string,
): { operation: OperationModel; handler: AnyHandler } {
  const { code, status } = protocol.commonErrors.unknownOperation;
  const name = protocol.operationName(request, service!.model);
  const operation = name ? service!.model.operations.get(name) : undefined;
  if (!operation) {
    throw new AwsError(
      code,
      `Could not find operation ${name || '(none)'} for version ${
        service!.model.version
      }`,
      status,
    );
  }
  const handler = service!.handlers[operation.name];
  if (!handler) {
    throw new AwsError(
      code,
      `${signingName}:${operation.name} is not in the sandbox`,
      NOT_SERVED,
    );
  }
  return { operation, handler };
}

async function readInput(
  { service, protocol, request }: Call,
  operation: OperationModel,
): Promise<Record<string, unknown>> {
  const malformed = (reason: string) =>
    new AwsError(
      protocol.commonErrors.malformedRequest.code,
      `The request cannot be read: ${reason}`,
      protocol.commonErrors.malformedRequest.status,
    );
  let input: Record<string, unknown>;
  try {
    input = await protocol.decode(operation, request);
  } catch (error) {
    throw malformed((error as Error).message);
  }
  const problem = operation.input.isStructSchema()
    ? checkInput(operation.input, input)
    : undefined;
  if (problem?.kind === 'missing') {
    throw service!.missingMember(problem.path);
  }
  if (problem) {
    throw malformed(problem.message);
  }
  return input;
}

function beginCall(request?: FastifyRequest): Call {
  const raw = (request?.body as Buffer | undefined) ?? Buffer.alloc(0);
  const wire: WireRequest = {
    method: request?.method ?? 'POST',
    url: request?.url ?? '/',
    headers: request?.headers ?? {},
    body: request?.headers['content-encoding'] === 'gzip' ? gunzip(raw) : raw,
  };
  const credential = readCredential(wire.headers);
  const service = credential && loadService(credential.service);
  const protocol = chooseProtocol(wire, service?.model);
  const isUnsigned =
    !credential &&
    protocol.operationName(wire, undefined) === UNSIGNED_OPERATION;
  return {
    request: wire,
    requestId: randomUUID(),
    protocol,
    service: isUnsigned ? loadService(UNSIGNED_SERVICE) : service,
  };
}

/** Large PutMetricData calls come compressed. What is not gzip is left for decoding to refuse. */
function gunzip(body: Buffer): Buffer {
  try {
    return gunzipSync(body);
  } catch {
    return body;
  }
}

function toAwsError(error: unknown, protocol: Protocol): AwsError {
  if (error instanceof AwsError) {
    return error;
  }
  const { code, status } = protocol.commonErrors.internalFailure;
  return new AwsError(
    code,
    'We encountered an internal error. Please try again.',
    status,
  );
}

function encodeError(call: Call, error: AwsError): WireReply {
  const model = findError(call.service?.model, error.code);
  return call.protocol.encodeError(
    call.service?.model,
    {
      code: error.code,
      message: error.message,
      status: model?.status ?? error.status,
      model,
      members: error.members,
    },
    call.request,
    call.requestId,
  );
}

function send(reply: FastifyReply, { status, headers, body }: WireReply) {
  return reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? body : Buffer.from(body));
}
