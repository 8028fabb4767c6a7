import { AddressInfo } from 'node:net';
import {
  ArgocdWorld,
  startArgocdWorld,
} from '../../../world/argocd/__testUtils__/startArgocdWorld';
import { createKubernetesServer } from '../createKubernetesServer';

/** The sample platform's clusters on a port of their own. */
export interface KubernetesRig {
  sandbox: ArgocdWorld;
  /** Without trailing slash. */
  url: string;
  close(): Promise<void>;
}

/** Starts Argo CD and the Kubernetes API on a world of its own. */
export async function startKubernetes(): Promise<KubernetesRig> {
  const sandbox = await startArgocdWorld();
  const server = createKubernetesServer(sandbox.world);
  await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    sandbox,
    url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    async close() {
      await server.close();
      await sandbox.remove();
    },
  };
}
