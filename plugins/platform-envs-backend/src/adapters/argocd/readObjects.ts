import {
  KubernetesDocument,
  ManagedObject,
} from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { ArgocdClient } from './ArgocdClient';
import { UnusableAnswerError } from './ArgocdHttp';

const manifestsSchema = z.object({
  manifests: z.array(z.string()).nullish(),
});

const managedSchema = z.object({
  items: z
    .array(
      z.object({
        normalizedLiveState: z.string().nullish(),
        predictedLiveState: z.string().nullish(),
        liveState: z.string().nullish(),
        targetState: z.string().nullish(),
        hook: z.boolean().nullish(),
      }),
    )
    .nullish(),
});

/** An application of which objects are asked for. */
export interface ObjectsOf {
  name: string;
  namespace?: string;
  /** 1-based, where it has several sources and this is the one with the overlay. */
  position?: number;
}

/** What an application would apply at a commit of its overlay. */
export async function readRendered(
  client: ArgocdClient,
  { name, namespace, position }: ObjectsOf,
  revision: string | undefined,
  signal: AbortSignal,
): Promise<KubernetesDocument[]> {
  const search = searchOf(namespace);
  if (revision && position) {
    search.append('revisions', revision);
    search.append('sourcePositions', String(position));
  } else if (revision) {
    search.set('revision', revision);
  }
  const body = await client.objects(name, 'manifests', search, signal);
  const { manifests } = parse(manifestsSchema, body, name);
  return (manifests ?? [])
    .map(text => parseDocument(text, name))
    .filter(document => document !== undefined);
}

/** The objects of an application; hooks, which come and go, are none. */
export async function readManaged(
  client: ArgocdClient,
  { name, namespace }: ObjectsOf,
  signal: AbortSignal,
): Promise<ManagedObject[]> {
  const body = await client.objects(
    name,
    'managed-resources',
    searchOf(namespace),
    signal,
  );
  return (parse(managedSchema, body, name).items ?? [])
    .filter(item => !item.hook)
    .map(item => {
      const live = parseDocument(
        item.normalizedLiveState ?? item.liveState,
        name,
      );
      const target = parseDocument(item.targetState, name);
      const desired =
        target && (parseDocument(item.predictedLiveState, name) ?? target);
      return { ...(live && { live }), ...(desired && { desired }) };
    });
}

function searchOf(namespace: string | undefined): URLSearchParams {
  return new URLSearchParams(namespace ? { appNamespace: namespace } : {});
}

/** Argo CD writes `null` for what is not there. */
function parseDocument(
  text: string | null | undefined,
  name: string,
): KubernetesDocument | undefined {
  if (!text) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw unusable(name);
  }
  return document !== null && typeof document === 'object'
    ? (document as KubernetesDocument)
    : undefined;
}

function parse<T>(schema: z.ZodType<T>, body: unknown, name: string): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unusable(name);
  return parsed.data;
}

function unusable(name: string): Error {
  return new UnusableAnswerError(
    `Argo CD answered with unusable objects of ${name}`,
  );
}
