import { FastifyInstance } from 'fastify';
import { AddressInfo } from 'node:net';
import {
  ArgocdWorld,
  startArgocdWorld,
} from '../../../world/argocd/__testUtils__/startArgocdWorld';
import { ARGOCD_TOKEN } from '../ArgocdAccounts';
import { createArgocdServer } from '../createArgocdServer';
import { argocdSwagger } from './argocdSwagger';
import { StreamedMessages, readStream } from './readStream';

const swagger = argocdSwagger();

/** A reply whose body agreed with Argo CD's description. */
export interface CheckedReply {
  status: number;
  body: any;
}

export interface ArgocdTestServer {
  sandbox: ArgocdWorld;
  server: FastifyInstance;
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Calls over the wire; the reply must agree with Argo CD's description. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<CheckedReply>;
  get(path: string, token?: string): Promise<CheckedReply>;
  /** Opens a stream with the portal's token; each message must agree with Argo CD's description. */
  stream(path: string, accept?: string): Promise<StreamedMessages>;
  close(): Promise<void>;
}

/** Argo CD of a fresh world, listening. */
export async function startArgocdServer(
  options?: Parameters<typeof startArgocdWorld>[0],
): Promise<ArgocdTestServer> {
  const sandbox = await startArgocdWorld(options);
  const server = createArgocdServer(sandbox.world);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${
    (server.server.address() as AddressInfo).port
  }`;
  const agree = (
    method: string,
    path: string,
    status: number,
    body: unknown,
  ) => {
    const disagreements = swagger(method, path, status, body);
    if (disagreements.length > 0) {
      throw new Error(
        `${method} ${path} disagrees with Argo CD: ${disagreements.join('; ')}`,
      );
    }
  };
  const call: ArgocdTestServer['call'] = async (
    method,
    path,
    body,
    token = ARGOCD_TOKEN,
  ) => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await reply.json();
    agree(method, path, reply.status, json);
    return { status: reply.status, body: json };
  };
  return {
    sandbox,
    server,
    url,
    call,
    get: (path, token) => call('GET', path, undefined, token),
    stream: (path, accept = 'application/json') =>
      readStream(
        `${url}${path}`,
        { authorization: `Bearer ${ARGOCD_TOKEN}`, accept },
        message => agree('GET', path, 200, message),
      ),
    async close() {
      await server.close();
      await sandbox.remove();
    },
  };
}
