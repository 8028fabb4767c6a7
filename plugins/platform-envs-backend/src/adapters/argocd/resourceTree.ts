import { DeploymentResource } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { healthStatus, text } from './schema';
import { isUnwell } from './unwell';

const node = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: text,
  uid: text,
  health: z.object({ status: healthStatus, message: text }).nullish(),
});

const tree = z.object({ nodes: z.array(z.unknown()).nullish() });

/** At most so many pods of one application are told of: they tend to say the same. */
const MAX_PODS = 5;

/** Objects whose events are asked for, a call each. */
const MAX_UNWELL = 3;

/** An object of an application in its cluster. */
export interface ObjectRef {
  uid: string;
  name: string;
  namespace?: string;
}

/** What the tree of an application adds to its own document. */
export interface TreeHealth {
  /** By `kind/namespace/name`; Argo CD 3 keeps the health of resources only here. */
  byResource: Map<
    string,
    { health: DeploymentResource['health']; message?: string }
  >;
  /** Pods that are not well and say why. */
  pods: DeploymentResource[];
  /** Objects that are not well, pods first: their events may say why. */
  unwell: ObjectRef[];
}

/** Reads a resource tree; nodes that cannot be understood are left out. Undefined when it is none. */
export function parseResourceTree(body: unknown): TreeHealth | undefined {
  const parsed = tree.safeParse(body);
  if (!parsed.success) return undefined;
  const byResource: TreeHealth['byResource'] = new Map();
  const pods: DeploymentResource[] = [];
  const unwell: Array<ObjectRef & { kind: string }> = [];
  for (const item of parsed.data.nodes ?? []) {
    const read = node.safeParse(item);
    if (!read.success || !read.data.health) continue;
    const { kind, name, namespace, uid, health } = read.data;
    const { status, message } = health;
    if (uid && isUnwell({ health: status })) {
      unwell.push({ kind, uid, name, ...(namespace && { namespace }) });
    }
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
  return {
    byResource,
    pods: pods.slice(0, MAX_PODS),
    unwell: unwell
      .sort((a, b) => nearness(a.kind) - nearness(b.kind))
      .slice(0, MAX_UNWELL)
      .map(({ kind, ...object }) => object),
  };
}

/** Whether what is wrong is likely to be told here: by pods, else by what makes them. */
function nearness(kind: string): number {
  const index = ['Pod', 'ReplicaSet', 'Job'].indexOf(kind);
  return index < 0 ? 3 : index;
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
