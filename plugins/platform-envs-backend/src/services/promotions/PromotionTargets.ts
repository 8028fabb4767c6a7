import { AuthService } from '@backstage/backend-plugin-api';
import {
  CompoundEntityRef,
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  EnvironmentSummary,
  Promotion,
  PromotionTarget,
} from '@fairway/plugin-platform-envs-common';
import { PromotionTargetFacts } from '../../permissions/promotionTarget';
import { buildCatalogView, ComponentEntry } from '../CatalogView';
import { DesiredFile, desiredFileOf } from '../DesiredState';

/** A component, where its release is to be taken from and where to. */
export interface PromotionPlace {
  component: ComponentEntry;
  /** The environment before the target on the way to production. */
  source: EnvironmentSummary;
  target: EnvironmentSummary;
  sourceFile: DesiredFile;
  targetFile: DesiredFile;
  policy: Promotion['policy'];
}

/** A component, and the environments that it runs in. */
interface Loaded {
  component: ComponentEntry;
  environments: EnvironmentSummary[];
}

/** Finds out, from the catalog at this moment, what may be promoted where. */
export class PromotionTargets {
  constructor(
    private readonly options: { catalog: CatalogService; auth: AuthService },
  ) {}

  /**
   * @param from - when given, it must be the environment before the target
   * @throws NotFoundError - no such component or environment.
   * @throws InputError - nothing is promoted there, with the reason.
   */
  async resolve(request: {
    componentRef: string;
    toEnvironmentRef: string;
    fromEnvironmentRef?: string;
  }): Promise<PromotionPlace> {
    const { component, environments } = await this.#load(request.componentRef);
    const target = environments.find(e => e.ref === request.toEnvironmentRef);
    if (!target) {
      throw new NotFoundError(
        `${request.componentRef} does not run in ${
          request.toEnvironmentRef
        }. Its environments are ${
          environments.map(e => e.ref).join(', ') || 'none'
        }.`,
      );
    }
    const reason = whyNoTarget(target, environments);
    if (reason) throw new InputError(reason);
    const source = predecessor(target, environments)!;
    if (
      request.fromEnvironmentRef &&
      request.fromEnvironmentRef !== source.ref
    ) {
      throw new InputError(
        `A release comes to ${target.title} from ${source.title} (${source.ref}), not from ${request.fromEnvironmentRef}.`,
      );
    }
    return {
      component,
      source,
      target,
      sourceFile: fileOf(source, component),
      targetFile: fileOf(target, component),
      policy: policyOf(target),
    };
  }

  /**
   * What permission rules are applied to, each in its place; undefined where the
   * catalog lacks either. The catalog is asked once for each component.
   */
  async describe(
    refs: PromotionTarget[],
  ): Promise<Array<PromotionTargetFacts | undefined>> {
    const loads = new Map<string, Promise<Loaded>>();
    const load = (componentRef: string) => {
      let loaded = loads.get(componentRef);
      if (!loaded) loads.set(componentRef, (loaded = this.#load(componentRef)));
      return loaded;
    };
    return Promise.all(refs.map(ref => this.#describe(ref, load)));
  }

  /** Every environment that a component runs in, and whether a release can be promoted there. */
  async list(componentRef: string): Promise<
    Array<{
      target: EnvironmentSummary;
      source?: EnvironmentSummary;
      reason?: string;
    }>
  > {
    const { environments } = await this.#load(componentRef);
    return environments.map(target => ({
      target,
      source: predecessor(target, environments),
      reason: whyNoTarget(target, environments),
    }));
  }

  async #describe(
    ref: PromotionTarget,
    load: (componentRef: string) => Promise<Loaded>,
  ): Promise<PromotionTargetFacts | undefined> {
    try {
      if (ref.componentRef === ref.environmentRef) {
        return await this.#describeEnvironment(ref.environmentRef);
      }
      const { component, environments } = await load(ref.componentRef);
      const environment = environments.find(e => e.ref === ref.environmentRef);
      return (
        environment && {
          componentRef: ref.componentRef,
          environmentRef: ref.environmentRef,
          componentOwnerRef: component.component.ownerRef,
          environmentOwnerRef: environment.ownerRef,
          approverRefs: environment.delivery.approverRefs,
        }
      );
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') return undefined;
      throw error;
    }
  }

  /** An environment as such: whoever owns it, owns all of what is asked. */
  async #describeEnvironment(
    environmentRef: string,
  ): Promise<PromotionTargetFacts | undefined> {
    const { catalog, auth } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const entity = await catalog.getEntityByRef(environmentRef, {
      credentials,
    });
    const { environments } = buildCatalogView(entity ? [entity] : []);
    const environment = environments.find(e => e.ref === environmentRef);
    return (
      environment && {
        componentRef: environmentRef,
        environmentRef,
        componentOwnerRef: environment.ownerRef,
        environmentOwnerRef: environment.ownerRef,
        approverRefs: environment.delivery.approverRefs,
      }
    );
  }

  async #load(componentRef: string): Promise<Loaded> {
    const { catalog, auth } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const entity = await catalog.getEntityByRef(componentRef, { credentials });
    if (!entity) {
      throw new NotFoundError(`${componentRef} is not in the catalog`);
    }
    const systems = waysToName(entity);
    const { items } = systems.length
      ? await catalog.getEntities(
          { filter: { kind: 'Environment', 'spec.system': systems } },
          { credentials },
        )
      : { items: [] };
    const view = buildCatalogView([withKind(entity), ...items]);
    const component = view.components.find(
      c => c.component.ref === stringifyEntityRef(entity),
    );
    if (!component) {
      throw new NotFoundError(
        `${componentRef} runs in no environment. ${view.problems.join(
          ' ',
        )}`.trim(),
      );
    }
    return {
      component,
      environments: view.environments.filter(e =>
        component.environmentRefs.includes(e.ref),
      ),
    };
  }
}

/** How the environments of a component's system may name it: in full, or with what goes without saying left out. */
function waysToName({ metadata, spec }: Entity): string[] {
  if (!spec?.system) return [];
  let ref: CompoundEntityRef;
  try {
    ref = parseEntityRef(String(spec.system), {
      defaultKind: 'system',
      defaultNamespace: metadata.namespace,
    });
  } catch {
    // who reads the entity says what is wrong with it
    return [];
  }
  const { kind, namespace, name } = ref;
  return [
    name,
    `${namespace}/${name}`,
    `${kind}:${name}`,
    `${kind}:${namespace}/${name}`,
  ];
}

/** The environment before another on the way to production, among those of a component. */
function predecessor(
  target: EnvironmentSummary,
  environments: EnvironmentSummary[],
): EnvironmentSummary | undefined {
  return environments
    .filter(
      e =>
        e.systemRef === target.systemRef &&
        e.lifecycle === 'active' &&
        e.promotionOrder < target.promotionOrder,
    )
    .sort((a, b) => b.promotionOrder - a.promotionOrder)[0];
}

function whyNoTarget(
  target: EnvironmentSummary,
  environments: EnvironmentSummary[],
): string | undefined {
  if (target.lifecycle !== 'active') {
    return `${target.title} is ${target.lifecycle}; nothing is promoted there.`;
  }
  if (target.delivery.policy === 'auto') {
    return `${target.shortName} deploys on merge; there is nothing to promote.`;
  }
  if (
    target.delivery.policy === 'gated' &&
    target.delivery.approverRefs.length === 0
  ) {
    return `${target.title} is gated, but its spec.delivery.approvers is empty, so nobody could approve.`;
  }
  const source = predecessor(target, environments);
  if (!source) {
    return `${target.title} is the first environment; nothing comes before it.`;
  }
  const missing = [source, target].find(e => !e.gitops);
  return missing
    ? `${missing.title} does not say where its desired state is kept (spec.gitops).`
    : undefined;
}

function fileOf(
  environment: EnvironmentSummary,
  component: ComponentEntry,
): DesiredFile {
  const file = desiredFileOf(environment, component.gitopsName);
  if (!file) {
    throw new InputError(
      `${environment.title} does not say where its desired state is kept (spec.gitops).`,
    );
  }
  return file;
}

/** A gated environment needs at least one approval, whatever its entity says. */
function policyOf({ delivery }: EnvironmentSummary): Promotion['policy'] {
  const gated = delivery.policy === 'gated';
  return {
    minApprovals: gated ? Math.max(1, delivery.minApprovals) : 0,
    approverGroups: gated ? delivery.approverRefs : [],
    excludeRequester: true,
  };
}

function withKind(entity: Entity): Entity {
  if (entity.kind !== 'Component') {
    throw new InputError(
      `${stringifyEntityRef(
        entity,
      )} is not a component; only components are promoted.`,
    );
  }
  return entity;
}
