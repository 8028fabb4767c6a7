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
  /** Releases a tag of a component to uat, by git and a sync that a person asks for. */
  release(component: string, tag: string): Promise<void>;
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
    async release(component, tag) {
      const name = `${component}-uat`;
      await sandbox.setTag('uat', component, tag);
      await sandbox.until(name, a => a.status.sync.status === 'OutOfSync');
      await sandbox.engine.operations.sync(name, {}, { username: 'lead' });
    },
    async close() {
      await server.close();
      await sandbox.remove();
    },
  };
}
