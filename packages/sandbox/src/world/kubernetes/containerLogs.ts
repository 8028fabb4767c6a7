import { createHash } from 'node:crypto';
import { KubeObject } from './KubeObject';

/** A line of a container's log. */
export interface LogLine {
  at: Date;
  text: string;
}

/** Between two lines of a quiet service. */
const CADENCE_MS = 5_000;
/** A node keeps this much of a container's log. */
const KEPT_LINES = 2_000;

const ROUTES = ['/healthz', '/readyz', '/api/v1/items', '/api/v1/items/42'];

/**
 * The log of a container up to `now`, oldest line first: JSON lines, the same
 * for the same container and time. Empty for a container that has not started.
 */
export function containerLog(
  pod: KubeObject,
  container: string,
  now: Date,
): LogLine[] {
  const status = pod.status?.containerStatuses?.find(
    (s: any) => s.name === container,
  );
  const crashed = status?.lastState?.terminated;
  if (crashed) {
    const at = new Date(crashed.finishedAt);
    return [
      line(at, 'info', { msg: `starting ${container}` }),
      line(at, 'error', { msg: crashed.message, exit: crashed.exitCode }),
    ];
  }
  const startedAt = Date.parse(status?.state?.running?.startedAt ?? '');
  if (!(startedAt <= now.getTime())) {
    return [];
  }
  const lines: LogLine[] = [
    line(new Date(startedAt), 'info', { msg: `starting ${container}` }),
    line(new Date(startedAt), 'info', { msg: 'listening' }),
  ];
  const total = Math.floor((now.getTime() - startedAt) / CADENCE_MS);
  for (let n = Math.max(1, total - KEPT_LINES + 2); n <= total; n += 1) {
    const chance = createHash('sha256')
      .update(`${pod.metadata.uid}/${container}/${n}`)
      .digest();
    lines.push(
      line(new Date(startedAt + n * CADENCE_MS), 'info', {
        msg: 'request',
        method: 'GET',
        path: ROUTES[chance[0] % ROUTES.length],
        status: 200,
        duration_ms: 1 + (chance[1] % 40),
      }),
    );
  }
  return lines.slice(-KEPT_LINES);
}

function line(at: Date, level: string, fields: object): LogLine {
  return {
    at,
    text: JSON.stringify({ time: at.toISOString(), level, ...fields }),
  };
}
