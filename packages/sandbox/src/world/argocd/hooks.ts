import { KubeObject } from '../kubernetes/KubeObject';
import { HookType, SyncPhase } from './types';

/** When a finished hook is deleted; see Argo CD's documentation of hooks. */
export type HookDeletePolicy =
  | 'HookSucceeded'
  | 'HookFailed'
  | 'BeforeHookCreation';

/** Annotation by which a person confirms a prune or a deletion. */
export const DELETION_APPROVED = 'argocd.argoproj.io/deletion-approved';

/** Helm's hooks as Argo CD plays them; those that are not here are not run. */
const HELM_HOOKS: Record<string, HookType> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'crd-install': 'Sync',
};
const HELM_POLICIES: Record<string, HookDeletePolicy> = {
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
  'before-hook-creation': 'BeforeHookCreation',
};
const HOOKS: HookType[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip'];

/**
 * The hooks that an object is; none for an ordinary resource, `Skip` for one
 * that a sync leaves alone.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function hookTypesOf(object: KubeObject): HookType[] {
  const own = annotation(object, 'argocd.argoproj.io/hook');
  if (own.length > 0) {
    return HOOKS.filter(type => own.includes(type));
  }
  const helm = annotation(object, 'helm.sh/hook');
  if (helm.length === 0 || helm.includes('crd-install')) {
    return [];
  }
  const types = helm.flatMap(type => HELM_HOOKS[type] ?? []);
  return types.length > 0 ? [...new Set(types)] : ['Skip'];
}

/** Whether the object is a hook, and so no part of the comparison. */
export function isHook(object: KubeObject): boolean {
  return hookTypesOf(object).length > 0;
}

/** The phases in which a sync applies the object. */
export function syncPhasesOf(object: KubeObject): SyncPhase[] {
  const types = hookTypesOf(object);
  return types.length === 0
    ? ['Sync']
    : types.filter((type): type is SyncPhase => type !== 'Skip');
}

/** Waves are applied one after another, lowest first; 0 unless told. */
export function syncWaveOf(object: KubeObject): number {
  const [wave = annotation(object, 'helm.sh/hook-weight')[0]] = annotation(
    object,
    'argocd.argoproj.io/sync-wave',
  );
  const number = Number(wave ?? 0);
  return Number.isInteger(number) ? number : 0;
}

/** `BeforeHookCreation` unless the hook says otherwise. */
export function deletePoliciesOf(object: KubeObject): HookDeletePolicy[] {
  const own = annotation(object, 'argocd.argoproj.io/hook-delete-policy');
  const helm = annotation(object, 'helm.sh/hook-delete-policy').flatMap(
    policy => HELM_POLICIES[policy] ?? [],
  );
  const policies = [...own, ...helm] as HookDeletePolicy[];
  return policies.length > 0 ? policies : ['BeforeHookCreation'];
}

/** Whether the object's own sync options have one, such as `Prune=false`. */
export function hasSyncOption(
  object: KubeObject | undefined,
  option: string,
): boolean {
  return (
    object !== undefined &&
    annotation(object, 'argocd.argoproj.io/sync-options').includes(option)
  );
}

/** Whether the object's own compare options have one, such as `IgnoreExtraneous`. */
export function hasCompareOption(object: KubeObject, option: string): boolean {
  return annotation(object, 'argocd.argoproj.io/compare-options').includes(
    option,
  );
}

function annotation(object: KubeObject, name: string): string[] {
  const value = object.metadata?.annotations?.[name];
  return typeof value === 'string'
    ? value.split(',').map(part => part.trim())
    : [];
}
