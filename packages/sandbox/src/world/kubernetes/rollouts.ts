import { KubeObject, canonicalJson } from './KubeObject';
import { ImagePuller } from './ImagePuller';
import { RolloutRevision } from './pods';
import { Rollout, templateHash, templateImages } from './workloads';

/** Revisions that a Deployment keeps, as `revisionHistoryLimit` would. */
const REVISIONS_KEPT = 5;

/** A workload that is applied. */
export interface RolloutInput {
  object: KubeObject;
  /** What it was before; absent for a new one. */
  before?: { object: KubeObject; rollout?: Rollout };
  at: Date;
  /** Its images were pulled at that moment, whatever the registry holds now. */
  settled: boolean;
  puller: ImagePuller;
}

/** The rollout of a workload that is applied: a new revision when its template changed, a scaling when only the replicas did. */
export function rollOut({
  object,
  before,
  at,
  settled,
  puller,
}: RolloutInput): Rollout {
  const template = object.spec?.template;
  const last = before?.rollout?.revisions.at(-1);
  if (
    before?.rollout &&
    last &&
    canonicalJson(last.template) === canonicalJson(template)
  ) {
    const from = before.object.spec?.replicas ?? 1;
    return from === (object.spec?.replicas ?? 1)
      ? before.rollout
      : { ...before.rollout, scaled: { at: at.toISOString(), from } };
  }
  const revision: RolloutRevision = {
    revision: (last?.revision ?? 0) + 1,
    hash: templateHash(template),
    template: structuredClone(template),
    startedAt: at.toISOString(),
    digests: {},
  };
  puller.pull(revision, at);
  if (settled) {
    revision.pulledAt = at.toISOString();
    for (const image of templateImages(template)) {
      revision.digests[image] ??=
        image.split('@')[1] ?? `sha256:${'0'.repeat(64)}`;
    }
  }
  return {
    revisions: [...(before?.rollout?.revisions ?? []), revision].slice(
      -REVISIONS_KEPT,
    ),
  };
}

/** Lets the containers of the newest revision end at once, and its progress deadline have passed. */
export function crashRollout(
  { revisions }: Rollout,
  now: Date,
  reason: string,
): void {
  const current = revisions.at(-1)!;
  // Long enough ago for the deadline to have passed at any speed.
  const since = new Date(now.getTime() - 60_000).toISOString();
  current.startedAt = since;
  current.pulledAt ??= since;
  current.crash = { since, reason };
}

/** Ends what {@link crashRollout} began: the pods start once more and stay. */
export function healRollout({ revisions }: Rollout, now: Date): void {
  const current = revisions.at(-1)!;
  if (current.crash) {
    delete current.crash;
    current.pulledAt = now.toISOString();
    current.startedAt = current.pulledAt;
  }
}

/** Replaces the pods that run by new ones, whose images are yet to be pulled. */
export function restartRollout({ revisions }: Rollout, now: Date): void {
  const current = revisions.at(-1)!;
  if (!current.pulledAt) {
    return;
  }
  const { pulledAt, ...rest } = current;
  revisions.push({
    ...rest,
    revision: current.revision + 1,
    // What `kubectl rollout restart` does to the hash.
    hash: templateHash([current.template, now.toISOString()]),
    startedAt: now.toISOString(),
    digests: {},
  });
}

/** The workload with at least as many replicas as an autoscaler among the objects wants for it. */
export function autoscaled(
  workload: KubeObject,
  objects: KubeObject[],
): KubeObject {
  const { name, namespace } = workload.metadata;
  const autoscaler = objects.find(
    ({ kind, metadata, spec }) =>
      kind === 'HorizontalPodAutoscaler' &&
      metadata.namespace === namespace &&
      spec?.scaleTargetRef?.kind === workload.kind &&
      spec.scaleTargetRef.name === name,
  )?.spec;
  if (!autoscaler) {
    return workload;
  }
  const wanted = workload.spec?.replicas ?? 1;
  const replicas = Math.min(
    Math.max(wanted, autoscaler.minReplicas ?? 1),
    autoscaler.maxReplicas ?? Infinity,
  );
  return { ...workload, spec: { ...workload.spec, replicas } };
}
