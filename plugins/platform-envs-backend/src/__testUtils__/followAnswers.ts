import Ajv, { ValidateFunction } from 'ajv/dist/2020';
import { Server, ServerResponse } from 'node:http';
import { describeApi } from '../openapi/describeApi';
import { Operation } from '../openapi/describeApi';
import { OPERATIONS } from '../openapi/operations';

const BASE = '/api/platform-envs';

/** What a server answered, held against the description of the API. */
export interface FollowedAnswers {
  /** What was answered and is not described so. */
  problems: string[];
  /** Ids of the operations that answered well at least once. */
  seen: Set<string>;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'api', ...describeApi(OPERATIONS) });
const validators = new Map<string, ValidateFunction>();

/** Checks every JSON answer of the plugin from now on. */
export function followAnswers(server: Server): FollowedAnswers {
  const answers: FollowedAnswers = { problems: [], seen: new Set() };
  server.prependListener('request', (req, res: ServerResponse) => {
    const { method = '', url = '' } = req;
    const { pathname } = new URL(url, 'http://localhost');
    if (!pathname.startsWith(BASE)) return;
    const chunks: Buffer[] = [];
    const keep = (chunk: unknown) => {
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) {
        chunks.push(Buffer.from(chunk));
      }
    };
    const { write, end } = res;
    res.write = function follow(this: ServerResponse, ...args: any[]) {
      keep(args[0]);
      return (write as any).apply(this, args);
    } as typeof write;
    res.end = function follow(this: ServerResponse, ...args: any[]) {
      keep(args[0]);
      tryCheck(
        answers,
        `${method} ${pathname.slice(BASE.length)}`,
        res.statusCode,
        `${res.getHeader('content-type') ?? ''}`,
        Buffer.concat(chunks).toString(),
      );
      return (end as any).apply(this, args);
    } as typeof end;
  });
  return answers;
}

/** A test must see its own failure, not one of what watches it. */
function tryCheck(...[answers, call, ...rest]: Parameters<typeof check>): void {
  try {
    check(answers, call, ...rest);
  } catch (error) {
    answers.problems.push(`${call}: ${error}`);
  }
}

function check(
  { problems, seen }: FollowedAnswers,
  call: string,
  status: number,
  type: string,
  text: string,
): void {
  const operation = OPERATIONS.find(o => patternOf(o).test(call));
  if (!operation) {
    // what no route is for is answered by Backstage
    if (status !== 404) problems.push(`${call} is not described`);
    return;
  }
  if (status === 304 || type.startsWith('text/event-stream')) return;
  const where = `${call} ${status}`;
  const described = status >= 400 || operation.answers[status];
  if (!described) {
    problems.push(`${where} is not described`);
    return;
  }
  const validate = validatorOf(operation, status);
  if (!validate(JSON.parse(text))) {
    problems.push(`${where}: ${ajv.errorsText(validate.errors)}`);
  } else if (status < 400) {
    seen.add(operation.id);
  }
}

function validatorOf(operation: Operation, status: number): ValidateFunction {
  const place = `${operation.path
    .replace(/:(\w+)/g, '{$1}')
    .replace(/\//g, '~1')}/${operation.method}`;
  const pointer =
    status >= 400
      ? 'api#/components/schemas/Error'
      : `api#/paths/${place}/responses/${status}/content/application~1json/schema`;
  const known = validators.get(pointer);
  if (known) return known;
  const validator = ajv.compile({ $ref: encodeURI(pointer) });
  validators.set(pointer, validator);
  return validator;
}

function patternOf({ method, path }: Operation): RegExp {
  return new RegExp(
    `^${method.toUpperCase()} ${path
      .replace(/\./g, '\\.')
      .replace(/:\w+/g, '[^/]+')}$`,
  );
}
