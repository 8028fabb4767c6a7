import { KubeObject, kubeTime } from '../kubernetes/KubeObject';
import { templateImages } from '../kubernetes/workloads';
import { ComparedResource, toResourceStatus } from './compare';
import { worstHealth } from './health';
import { Application, ApplicationCondition, HealthStatus } from './types';

/**
 * Writes health, resources and summary into the status, as they are now.
 *
 * @param liveTree - Live objects with all that they own.
 * @returns Whether anything that is shown changed.
 */
export function setHealth(
  application: Application,
  compared: ComparedResource[],
  liveTree: KubeObject[],
  now: Date,
): boolean {
  const { status } = application;
  const shown = () =>
    JSON.stringify([status.health, status.resources, status.summary]);
  const before = shown();
  status.resources = compared.map(toResourceStatus);
  setHealthStatus(
    application,
    worstHealth(
      status.resources.flatMap(r =>
        r.health && !r.hook ? [r.health.status] : [],
      ),
    ),
    now,
  );
  const images = liveTree
    .filter(object => object.kind === 'Pod')
    .flatMap(templateImages);
  status.summary = {
    ...(images.length > 0 ? { images: [...new Set(images)].sort() } : {}),
    ...(compared.some(r => r.target?.kind === 'Application')
      ? { isAppOfApps: true }
      : {}),
  };
  return before !== shown();
}

/** Writes the health; the time of transition moves only when it changed. */
export function setHealthStatus(
  { status }: Application,
  health: HealthStatus['status'],
  now: Date,
): void {
  const before = status.health;
  status.health = {
    status: health,
    lastTransitionTime:
      (before.status === health && before.lastTransitionTime) || kubeTime(now),
  };
}

/** Replaces the conditions; one that was there before keeps its time. */
export function setConditions(
  { status }: Application,
  conditions: ApplicationCondition[],
  now: Date,
): void {
  if (conditions.length === 0) {
    delete status.conditions;
    return;
  }
  const before = status.conditions ?? [];
  status.conditions = conditions.map(condition => ({
    ...condition,
    lastTransitionTime:
      before.find(
        c => c.type === condition.type && c.message === condition.message,
      )?.lastTransitionTime ?? kubeTime(now),
  }));
}
