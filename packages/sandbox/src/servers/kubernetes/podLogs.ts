import { FastifyReply } from 'fastify';
import { containerLog, LogLine } from '../../world/kubernetes/containerLogs';
import { KubeObject } from '../../world/kubernetes/KubeObject';
import { HttpError } from '../HttpError';

/** Query of `pods/<name>/log`. */
export interface LogQuery {
  container?: string;
  follow?: string;
  previous?: string;
  sinceSeconds?: string;
  sinceTime?: string;
  tailLines?: string;
  limitBytes?: string;
  timestamps?: string;
}

const LOOK_MS = 500;

/**
 * The log of a container as `pods/log` gives it; with `follow`, the connection
 * stays open and new lines come as they are written, until the pod is gone.
 *
 * @param find - the pod as it is now
 * @throws HttpError - 400: no such container, or it has not started.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
 */
export function sendLog(
  reply: FastifyReply,
  query: LogQuery,
  find: () => KubeObject | undefined,
  now: () => Date,
): unknown {
  const pod = find()!;
  const container = chooseContainer(pod, query);
  const lines = selectLines(containerLog(pod, container, now()), query, now());
  const write = (line: LogLine) =>
    query.timestamps === 'true'
      ? `${nanoseconds(line.at)} ${line.text}\n`
      : `${line.text}\n`;
  if (query.follow !== 'true') {
    const text = lines.map(write).join('');
    return reply
      .type('text/plain; charset=utf-8')
      .send(limit(text, query.limitBytes));
  }
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  raw.flushHeaders();
  let last = lines.at(-1)?.at.getTime() ?? now().getTime();
  lines.forEach(line => raw.write(write(line)));
  const timer = setInterval(() => {
    const current = find();
    if (!current || current.metadata.uid !== pod.metadata.uid) {
      raw.end();
      return;
    }
    for (const line of containerLog(current, container, now())) {
      if (line.at.getTime() > last) {
        last = line.at.getTime();
        raw.write(write(line));
      }
    }
  }, LOOK_MS);
  timer.unref();
  raw.on('close', () => clearInterval(timer));
  return reply;
}

function chooseContainer(pod: KubeObject, query: LogQuery): string {
  const { name } = pod.metadata;
  const names: string[] = pod.spec.containers.map((c: any) => c.name);
  if (!query.container && names.length > 1) {
    throw new HttpError(
      400,
      `a container name must be specified for pod ${name}, choose one of: [${names.join(
        ' ',
      )}]`,
    );
  }
  const container = query.container || names[0];
  if (!names.includes(container)) {
    throw new HttpError(
      400,
      `container ${container} is not valid for pod ${name}`,
    );
  }
  const status = pod.status.containerStatuses?.find(
    (s: any) => s.name === container,
  );
  if (query.previous === 'true' && !status?.lastState?.terminated) {
    throw new HttpError(
      400,
      `previous terminated container "${container}" in pod "${name}" not found`,
    );
  }
  const waiting = status?.state?.waiting;
  if (waiting && !status.lastState?.terminated) {
    const why = /Image/.test(waiting.reason)
      ? 'trying and failing to pull image'
      : waiting.reason;
    throw new HttpError(
      400,
      `container "${container}" in pod "${name}" is waiting to start: ${why}`,
    );
  }
  return container;
}

function selectLines(lines: LogLine[], query: LogQuery, now: Date): LogLine[] {
  const sinceSeconds = wholeNumber(query.sinceSeconds, 'sinceSeconds', 1);
  const tailLines = wholeNumber(query.tailLines, 'tailLines', 0);
  const sinceTime =
    query.sinceTime === undefined ? undefined : Date.parse(query.sinceTime);
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    throw invalid(
      'at most one of `sinceTime` or `sinceSeconds` may be specified',
    );
  }
  if (Number.isNaN(sinceTime)) {
    throw invalid(`sinceTime: Invalid value: "${query.sinceTime}"`);
  }
  const from =
    sinceTime ??
    (sinceSeconds === undefined
      ? -Infinity
      : now.getTime() - sinceSeconds * 1000);
  const recent = lines.filter(({ at }) => at.getTime() >= from);
  return tailLines === undefined
    ? recent
    : recent.slice(Math.max(0, recent.length - tailLines));
}

function limit(text: string, limitBytes: string | undefined): string {
  const bytes = wholeNumber(limitBytes, 'limitBytes', 1);
  return bytes === undefined
    ? text
    : Buffer.from(text).subarray(0, bytes).toString('utf8');
}

function wholeNumber(
  text: string | undefined,
  name: string,
  least: number,
): number | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw invalid(
      `${name}: Invalid value: "${text}": must be greater than or equal to ${least}`,
    );
  }
  return value;
}

function invalid(why: string): HttpError {
  return new HttpError(422, `PodLogOptions "" is invalid: ${why}`, {
    kind: 'PodLogOptions',
  });
}

/** RFC 3339 with nine digits, as kubelets write. */
function nanoseconds(at: Date): string {
  return at.toISOString().replace(/Z$/, '000000Z');
}
