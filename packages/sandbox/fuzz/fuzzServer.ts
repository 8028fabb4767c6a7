import { Sandbox } from '../src/startSandbox';
import { SandboxUrls } from '../src/world/types';
import { Chance } from './Chance';
import { FuzzRequest } from './FuzzRequest';
import { requestsFor } from './requests';
import { send } from './send';

/** What the requests to one server came to. */
export interface FuzzReport {
  upstream: string;
  requests: number;
  /** How many were answered with each status; `none`: closed without an answer. */
  statuses: Record<string, number>;
  /** Answers that a server must never give, and requests that were never answered. */
  findings: Array<{ what: string; request: FuzzRequest }>;
  /** Calls that the server still works on when all connections are closed. */
  leftOpen: number;
}

/** Statuses that a server answers only when it is broken; 501 and 503 say something. */
const BROKEN = new Set([500, 502, 504]);

/**
 * Sends requests to one server of a sandbox, several at a time, and looks
 * what becomes of each.
 */
export async function fuzzServer(
  sandbox: Sandbox,
  upstream: keyof SandboxUrls,
  options: { requests: number; seed: string; atOnce?: number },
): Promise<FuzzReport> {
  const { port } = new URL(sandbox.urls[upstream]);
  const make = requestsFor(
    upstream,
    sandbox.world.counters.routesOf(upstream),
    `localhost:${port}`,
  );
  const report: FuzzReport = {
    upstream,
    requests: 0,
    statuses: {},
    findings: [],
    leftOpen: 0,
  };
  const worker = async (number: number) => {
    for (
      let index = number;
      index < options.requests;
      index += options.atOnce ?? 12
    ) {
      // A request depends on its number alone: a finding can be had again.
      const chance = new Chance(`${options.seed}/${upstream}/${index}`);
      const request = make(chance);
      const { status, answer, hung } = await send(
        Number(port),
        request,
        length => chance.below(Math.max(1, length)),
      );
      report.requests += 1;
      const key = String(status ?? 'none');
      report.statuses[key] = (report.statuses[key] ?? 0) + 1;
      if (hung) {
        report.findings.push({ what: 'hung', request });
      } else if (isBroken(status, answer)) {
        report.findings.push({ what: key, request });
      }
      if (upstream === 'control' && index % 50 === 0) {
        sandbox.world.faults.remove();
      }
    }
  };
  await Promise.all(
    Array.from({ length: options.atOnce ?? 12 }, (_, index) => worker(index)),
  );
  report.leftOpen = await openCalls(sandbox, upstream);
  return report;
}

/**
 * Argo CD itself answers 500 where its code gives no better gRPC code, such as
 * to a selector that cannot be parsed; it says what is wrong then.
 */
function isBroken(status: number | undefined, answer: string): boolean {
  // The first line of each answer says "Internal Server Error" with any 500.
  const said = answer.replace(/HTTP\/1\.1 \d{3} [^\r\n]*/g, '');
  const isWorded =
    /"code":(2|13)\b/.test(said) && !said.includes('Internal Server Error');
  return status !== undefined && BROKEN.has(status) && !isWorded;
}

/** Waits until the server has noticed that everybody is gone. */
async function openCalls(sandbox: Sandbox, upstream: string): Promise<number> {
  let open = 0;
  for (let waited = 0; waited < 5000; waited += 50) {
    open = sandbox.world.counters.read()[upstream]?.open ?? 0;
    if (open === 0) {
      return 0;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return open;
}
