import {
  createServer,
  IncomingMessage,
  Server,
  ServerResponse,
} from 'node:http';
import { AddressInfo } from 'node:net';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * An Argo CD for the days on which the real one misbehaves. Routes not set
 * answer sensibly; what the sandbox can play is tested against the sandbox.
 */
export class MisbehavingArgocd {
  /** Method and path with query, in order of arrival. */
  readonly calls: string[] = [];
  /** What the list holds. */
  applications: unknown[] = [];
  resourceVersion = 1;
  onList?: Handler;
  onStream?: Handler;
  onApplication?: Handler;

  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((req, res) => this.#route(req, res));
  }

  static async start(): Promise<MisbehavingArgocd> {
    const argocd = new MisbehavingArgocd();
    await new Promise<void>(resolve =>
      argocd.#server.listen(0, '127.0.0.1', resolve),
    );
    return argocd;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  count(pattern: RegExp): number {
    return this.calls.filter(call => pattern.test(call)).length;
  }

  /** Sends raw text down every open stream. */
  send(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  /** Sends a change down every open stream. */
  event(type: string, application: unknown): void {
    this.send(`data: ${JSON.stringify({ result: { type, application } })}\n\n`);
  }

  /** Cuts every open stream, as a restart would. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #route(req: IncomingMessage, res: ServerResponse): void {
    this.calls.push(`${req.method} ${req.url}`);
    const path = req.url!.split('?')[0];
    if (path === '/api/v1/applications') {
      if (this.onList) this.onList(req, res);
      else this.#list(res);
    } else if (path === '/api/v1/stream/applications') {
      if (this.onStream) this.onStream(req, res);
      else this.#stream(res);
    } else if (this.onApplication) {
      this.onApplication(req, res);
    } else {
      this.#application(path, res);
    }
  }

  #list(res: ServerResponse): void {
    json(res, 200, {
      metadata: { resourceVersion: String(this.resourceVersion) },
      items: this.applications,
    });
  }

  #stream(res: ServerResponse): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.flushHeaders();
    this.#streams.add(res);
    res.on('close', () => this.#streams.delete(res));
  }

  #application(path: string, res: ServerResponse): void {
    const name = decodeURIComponent(path.split('/')[4] ?? '');
    if (path.endsWith('/metadata')) {
      json(res, 200, { author: 'Ada', message: 'Release', date: '2026-01-01' });
      return;
    }
    const found = this.applications.find(
      app => (app as { metadata?: { name?: string } })?.metadata?.name === name,
    );
    if (found) json(res, 200, found);
    else
      json(res, 403, {
        error: 'permission denied',
        message: 'permission denied',
      });
  }
}

/** Answers with JSON. */
export function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(body));
}

/** An application as Argo CD documents it, as small as it can be. */
export function anApplication(
  name: string,
  status: Record<string, unknown> = {},
  spec: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    metadata: { name, namespace: 'argocd', labels: {} },
    spec: {
      project: 'default',
      source: {
        repoURL: 'https://git.example.com/shop/gitops',
        path: `overlays/${name}`,
        targetRevision: 'main',
      },
      destination: { name: 'cluster', namespace: 'shop' },
      ...spec,
    },
    status: {
      sync: { status: 'Synced', revision: 'a'.repeat(40) },
      health: { status: 'Healthy' },
      summary: { images: [`registry.example.com/${name}:1.0.0`] },
      ...status,
    },
  };
}
