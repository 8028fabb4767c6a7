import {
  Removal,
  RemovalDependent,
  RemovalState,
  RemovalStep,
  RequestRemoval,
} from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';

/** The portal's side of removals, as far as a run talks to it; people decide by its fields. */
export class FakePortal {
  removal?: Removal;
  /** Whether somebody has to agree to the next one that is asked for. */
  needsApproval = false;
  /** What needs the component. */
  dependents: RemovalDependent[] = [];
  /** Applications that the board still shows. */
  running: string[] = [];
  /** Called when the run notes a step. */
  onStep?: (step: Omit<RemovalStep, 'at'>) => void;
  /** Paths of calls, in order. */
  readonly calls: string[] = [];
  #server?: Server;

  async start(): Promise<string> {
    this.#server = createServer(async (req, res) => {
      const { status, body } = this.#answer(
        `${req.method} ${req.url}`,
        await readBody(req),
      );
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(body));
    });
    await new Promise<void>(resolve => {
      this.#server!.listen(0, '127.0.0.1', resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise(resolve => {
      this.#server?.close(resolve);
    });
  }

  /** Somebody decides. */
  decide(state: RemovalState): void {
    this.removal = { ...this.removal!, state };
  }

  #answer(call: string, body: any): { status: number; body: unknown } {
    this.calls.push(call);
    const [method, url] = call.split(' ');
    const path = url.split('?')[0];
    if (call.startsWith('GET /removals?')) {
      const items = this.removal ? [{ removal: this.removal }] : [];
      return { status: 200, body: { items } };
    }
    if (path.endsWith('/delivery')) {
      const cells = this.running.map(name => ({
        environmentRef: 'environment:default/dev',
        application: { name },
        source: { state: 'live' },
      }));
      return { status: 200, body: { row: { cells } } };
    }
    if (path === '/removals/plan') {
      const { plan, planDigest, policy } = this.#planned(body);
      return { status: 200, body: { plan, planDigest, policy } };
    }
    if (method === 'POST' && path === '/removals') {
      return { status: 200, body: this.#request(body) };
    }
    const { removal } = this;
    if (!removal) return { status: 404, body: { error: { message: 'none' } } };
    if (path.endsWith('/begin')) {
      if (
        removal.state !== 'APPROVED' ||
        removal.planDigest !== body.planDigest
      ) {
        return { status: 409, body: { error: { message: 'may not begin' } } };
      }
      this.decide('RUNNING');
    } else if (path.endsWith('/steps')) {
      this.#note(body);
    } else if (path.endsWith('/completion')) {
      this.decide('DONE');
    } else {
      return { status: 200, body: { removal } };
    }
    return { status: 200, body: this.removal };
  }

  #request(request: RequestRemoval): Removal {
    const planned = this.#planned(request);
    const isSame = this.removal?.planDigest === planned.planDigest;
    const isOpen = ['WAITING', 'APPROVED', 'RUNNING'].includes(
      this.removal?.state ?? '',
    );
    if (!isOpen || (!isSame && this.removal?.state !== 'RUNNING')) {
      this.removal = planned;
    }
    return this.removal!;
  }

  #planned(request: RequestRemoval): Removal {
    const { componentRef, reason, taskId, ...rest } = request;
    const names = rest.things.map(({ name, change }) => `${change} ${name}`);
    return {
      id: '01KJM0000000000000000000RM',
      componentRef,
      systemRef: 'system:default/sample-platform-ai',
      requestedBy: 'user:default/sample-platform-developer',
      reason,
      ...(taskId && { taskId }),
      state: this.needsApproval ? 'WAITING' : 'APPROVED',
      planDigest: createHash('sha256').update(names.join()).digest('hex'),
      plan: {
        ...rest,
        dependents: this.dependents,
        places: [],
        openPromotions: [],
      },
      policy: {
        minApprovals: this.needsApproval ? 1 : 0,
        approverGroups: this.needsApproval ? ['group:default/leads'] : [],
        excludeRequester: true,
        environmentRefs: [],
        reasons: this.needsApproval ? ['It is in prod.'] : [],
      },
      approvals: [],
      steps: [],
      createdAt: '2026-11-21T00:00:00Z',
      updatedAt: '2026-11-21T00:00:00Z',
    };
  }

  #note(step: Omit<RemovalStep, 'at'>): void {
    this.onStep?.(step);
    const removal = this.removal!;
    this.removal = {
      ...removal,
      steps: [
        ...removal.steps.filter(({ id }) => id !== step.id),
        { ...step, at: '2026-11-21T00:00:00Z' },
      ],
    };
  }
}

async function readBody(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text ? JSON.parse(text) : undefined;
}
