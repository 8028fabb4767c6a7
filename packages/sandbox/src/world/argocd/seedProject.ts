import { kubeTime } from '../kubernetes/KubeObject';
import { SeedPlatform } from '../platforms';
import { IN_CLUSTER_SERVER } from './ApplicationReader';
import { ArgocdEngine } from './ArgocdEngine';

/** The project of a platform: its own clusters, and the one where its applications live. */
export function seedProject(
  engine: ArgocdEngine,
  platform: SeedPlatform,
  now: Date,
): void {
  engine.store.saveProject({
    metadata: {
      name: platform.system,
      namespace: 'argocd',
      creationTimestamp: kubeTime(now),
      generation: 1,
    },
    spec: {
      description: `Applications of ${platform.system}`,
      sourceRepos: ['*'],
      destinations: [
        ...platform.environments.flatMap(e =>
          e.cluster && e.runtime === 'eks'
            ? [{ name: e.cluster, namespace: '*', server: '' }]
            : [],
        ),
        {
          name: 'in-cluster',
          namespace: 'argocd',
          server: IN_CLUSTER_SERVER,
        },
      ],
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    },
    status: {},
  });
}

/** The project that every Argo CD has; it permits everything. */
export function seedDefaultProject(engine: ArgocdEngine, now: Date): void {
  engine.store.saveProject({
    metadata: {
      name: 'default',
      namespace: 'argocd',
      creationTimestamp: kubeTime(now),
      generation: 1,
    },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
    status: {},
  });
}
