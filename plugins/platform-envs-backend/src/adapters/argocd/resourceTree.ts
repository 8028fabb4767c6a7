import { DeploymentResource } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { healthStatus, text } from './schema';

const node = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: text,
  health: z.object({ status: healthStatus, message: text }).nullish(),
});

const tree = z.object({ nodes: z.array(z.unknown()).nullish() });

/** At most so many pods of one application are told of: they tend to say the same. */
const MAX_PODS = 5;

/** What the tree of an application adds to its own document. */
export interface TreeHealth {
  /** By `kind/namespace/name`; Argo CD 3 keeps the health of resources only here. */
  byResource: Map<
    string,
    { health: DeploymentResource['health']; message?: string }
  >;
  /** Pods that are not well and say why. */
  pods: DeploymentResource[];
}

/** Reads a resource tree; nodes that cannot be understood are left out. Undefined when it is none. */
export function parseResourceTree(body: unknown): TreeHealth | undefined {
  const parsed = tree.safeParse(body);
  if (!parsed.success) return undefined;
  const byResource: TreeHealth['byResource'] = new Map();
  const pods: DeploymentResource[] = [];
  for (const item of parsed.data.nodes ?? []) {
    const read = node.safeParse(item);
    if (!read.success || !read.data.health) continue;
    const { kind, name, namespace, health } = read.data;
    const { status, message } = health;
    byResource.set(resourceKey({ kind, name, namespace }), {
      health: status,
      ...(message && { message }),
    });
    if (kind === 'Pod' && status === 'Degraded' && message) {
      pods.push({
        kind,
        name,
        ...(namespace && { namespace }),
        health: status,
        message,
      });
    }
  }
  pods.sort((a, b) => a.name.localeCompare(b.name));
  return { byResource, pods: pods.slice(0, MAX_PODS) };
}

/** A resource within an application. */
export function resourceKey({
  kind,
  namespace = '',
  name,
}: Pick<DeploymentResource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`;
}

/** Resources with the health that their tree tells, and the unwell pods first. */
export function withTreeHealth(
  resources: DeploymentResource[],
  { byResource, pods }: TreeHealth,
): DeploymentResource[] {
  return [
    ...pods,
    ...resources.map(resource => {
      const told = byResource.get(resourceKey(resource));
      const isKnown = resource.health && resource.health !== 'Unknown';
      return told && !isKnown ? { ...resource, ...told } : resource;
    }),
  ];
}
