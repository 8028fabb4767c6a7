import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { IdentityApi } from '@backstage/frontend-plugin-api';
import { CatalogApi } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { PermissionApi } from '@backstage/plugin-permission-react';
import {
  ANNOTATION_GITHUB_ORG,
  ANNOTATION_REGISTRY_ACCOUNT_ID,
  ANNOTATION_REGISTRY_REGION,
  comparePromotionOrder,
  componentCreatePermission,
  ENVIRONMENT_KIND,
  EnvironmentEntity,
  isEnvironmentEntity,
} from '@fairway/plugin-platform-envs-common';

/** An environment that a new component could be prepared for. */
export interface FormEnvironment {
  /** As in `overlays/<shortName>`. */
  shortName: string;
  tier: EnvironmentEntity['spec']['tier'];
  runtime: EnvironmentEntity['spec']['runtime'];
  policy: EnvironmentEntity['spec']['delivery']['policy'];
  /** The primary one first. */
  regions: string[];
}

/** A platform, as a form offers it. */
export interface FormPlatform {
  /** Entity ref of the System. */
  ref: string;
  title: string;
  ownerRef: string;
  /** Name of the owner, as people say it. */
  owner: string;
  /** Whether the owner is a group of whoever is signed in. */
  mine: boolean;
  /** In promotion order, without local and retired ones. */
  environments: FormEnvironment[];
  /** Why it cannot be chosen, and what to do; absent when it can. */
  unusable?: string;
}

/** What reading platforms takes. */
export interface PlatformSources {
  catalog: CatalogApi;
  permissions: PermissionApi;
  identity: Pick<IdentityApi, 'getBackstageIdentity'>;
}

/**
 * Every platform of the catalog: those that can be used first, mine before
 * others, by title. Whether it can be used is asked of the permission policy,
 * as the server will ask it again.
 */
export async function readPlatforms(
  sources: PlatformSources,
): Promise<FormPlatform[]> {
  const { catalog, permissions, identity } = sources;
  const [{ items: systems }, { items: all }, me] = await Promise.all([
    catalog.getEntities({
      filter: { kind: 'System', 'spec.type': 'platform' },
    }),
    catalog.getEntities({ filter: { kind: ENVIRONMENT_KIND } }),
    identity.getBackstageIdentity(),
  ]);
  const environments = all.filter(isEnvironmentEntity);
  const ownerRefs = [...new Set(systems.map(ownerOf))];
  const [{ items: owners }, decisions] = await Promise.all([
    catalog.getEntitiesByRefs({
      entityRefs: ownerRefs,
      fields: ['kind', 'metadata', 'spec.profile'],
    }),
    Promise.all(
      systems.map(system =>
        permissions.authorize({
          permission: componentCreatePermission,
          resourceRef: stringifyEntityRef(system),
        }),
      ),
    ),
  ]);
  const nameOf = new Map(
    ownerRefs.map((ref, i) => [ref, titleOf(ref, owners[i])]),
  );
  return systems
    .map((system, i): FormPlatform => {
      const ownerRef = ownerOf(system);
      const platform = {
        ref: stringifyEntityRef(system),
        title: system.metadata.title ?? system.metadata.name,
        ownerRef,
        owner: nameOf.get(ownerRef)!,
        mine: me.ownershipEntityRefs.includes(ownerRef),
        environments: environmentsOf(system, environments),
      };
      const unusable =
        decisions[i].result === AuthorizeResult.ALLOW
          ? whatIsMissing(system, platform)
          : `Its owners may create components on it. Ask ${platform.owner}.`;
      return { ...platform, ...(unusable && { unusable }) };
    })
    .sort(
      (a, b) =>
        Number(Boolean(a.unusable)) - Number(Boolean(b.unusable)) ||
        Number(b.mine) - Number(a.mine) ||
        a.title.localeCompare(b.title),
    );
}

/** The platform that a form begins with: mine, or the only one. */
export function defaultPlatform(
  platforms: FormPlatform[],
): FormPlatform | undefined {
  const usable = platforms.filter(platform => !platform.unusable);
  const mine = usable.filter(platform => platform.mine);
  if (mine.length) return mine[0];
  return usable.length === 1 ? usable[0] : undefined;
}

/** Regions of a platform, each once, in the order in which environments have them. */
export function regionsOf(platform: FormPlatform): string[] {
  return [...new Set(platform.environments.flatMap(({ regions }) => regions))];
}

/** What runs the workloads of a platform, as people say it. */
export function runtimesOf(platform: FormPlatform): string[] {
  return [...new Set(platform.environments.map(({ runtime }) => runtime))];
}

function whatIsMissing(
  { metadata }: Entity,
  { environments }: { environments: FormEnvironment[] },
): string | undefined {
  const missing = [
    ANNOTATION_GITHUB_ORG,
    ANNOTATION_REGISTRY_ACCOUNT_ID,
    ANNOTATION_REGISTRY_REGION,
  ].filter(key => !metadata.annotations?.[key]);
  if (missing.length) {
    return `The catalog does not say where its repositories and images go: its entity lacks ${missing.join(
      ', ',
    )}.`;
  }
  return environments.length
    ? undefined
    : 'It has no environment yet that something could be deployed to.';
}

function environmentsOf(
  system: Entity,
  all: EnvironmentEntity[],
): FormEnvironment[] {
  const ref = stringifyEntityRef(system);
  return all
    .filter(
      ({ metadata, spec }) =>
        spec.runtime !== 'local' &&
        spec.lifecycle !== 'retired' &&
        refOf(spec.system, 'system', metadata.namespace) === ref,
    )
    .sort((a, b) => comparePromotionOrder(a.spec, b.spec))
    .map(({ spec }) => ({
      shortName: spec.shortName,
      tier: spec.tier,
      runtime: spec.runtime,
      policy: spec.delivery.policy,
      regions: [...spec.regions]
        .sort(
          (a, b) => Number(b.role === 'primary') - Number(a.role === 'primary'),
        )
        .map(({ name }) => name),
    }));
}

function ownerOf({ metadata, spec }: Entity): string {
  return refOf(String(spec?.owner), 'group', metadata.namespace);
}

function refOf(text: string, defaultKind: string, defaultNamespace?: string) {
  return stringifyEntityRef(
    parseEntityRef(text, {
      defaultKind,
      defaultNamespace: defaultNamespace ?? 'default',
    }),
  );
}

/** What people call a group: its display name, its title, or its name. */
export function titleOf(ref: string, entity: Entity | undefined): string {
  const profile = entity?.spec?.profile as { displayName?: string } | undefined;
  return (
    profile?.displayName ?? entity?.metadata.title ?? parseEntityRef(ref).name
  );
}
