import { AuthService } from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  RELATION_API_CONSUMED_BY,
  RELATION_DEPENDENCY_OF,
  RELATION_HAS_PART,
  RELATION_PROVIDES_API,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  EnvironmentSummary,
  isTerminal,
  nameRelease,
  RemovalDependent,
  RemovalPlace,
  RemovalPlan,
  RemovalPolicy,
  RequestRemoval,
  tellAges,
} from '@fairway/plugin-platform-envs-common';
import { createHash } from 'node:crypto';
import { PromotionStore } from '../../database/PromotionStore';
import { EnvironmentService } from '../EnvironmentService';

/** More open promotions of one component there are not. */
const MAX_PROMOTIONS = 100;

/** Finds out, at this moment, who would miss a component and who has to agree to its end. */
export class RemovalFacts {
  constructor(
    private readonly options: {
      environments: EnvironmentService;
      catalog: CatalogService;
      auth: AuthService;
      promotions: PromotionStore;
      now?: () => Date;
    },
  ) {}

  /**
   * The whole plan: what the run found, and what the portal knows.
   *
   * @throws NotFoundError - the catalog has no such component.
   * @throws InputError - the component belongs to no System.
   */
  async plan(request: RequestRemoval): Promise<{
    plan: RemovalPlan;
    planDigest: string;
    policy: RemovalPolicy;
    systemRef: string;
  }> {
    const { componentRef } = request;
    const entity = await this.#entity(componentRef);
    if (!entity) {
      throw new NotFoundError(`${componentRef} is not in the catalog`);
    }
    const { namespace } = parseEntityRef(componentRef);
    if (typeof entity.spec?.system !== 'string') {
      throw new InputError(
        `${componentRef} belongs to no System (spec.system), so nobody knows whose environments it is in`,
      );
    }
    const systemRef = stringifyEntityRef(
      parseEntityRef(entity.spec.system, {
        defaultKind: 'system',
        defaultNamespace: namespace,
      }),
    );
    const plan: RemovalPlan = {
      things: request.things,
      foreign: [...request.foreign].sort(),
      keepImages: request.keepImages,
      dependents: await this.#dependents(entity),
      despiteDependents: request.despiteDependents,
      places: this.#places(componentRef),
      openPromotions: await this.#openPromotions(componentRef),
    };
    const policy = this.#policy(plan, systemRef);
    return {
      plan,
      policy,
      planDigest: digestOf(componentRef, plan, policy),
      systemRef,
    };
  }

  /** The promotions that are being written or rolled out now, by id. */
  async promotionsUnderWay(componentRef: string): Promise<string[]> {
    const stored = await this.options.promotions.list({
      componentRef,
      states: ['WRITING', 'SYNCING', 'VERIFYING'],
      limit: MAX_PROMOTIONS,
    });
    return stored.map(({ promotion }) => promotion.id);
  }

  async #entity(ref: string): Promise<Entity | undefined> {
    const { auth, catalog } = this.options;
    return catalog.getEntityByRef(ref, {
      credentials: await auth.getOwnServiceCredentials(),
    });
  }

  async #dependents(entity: Entity): Promise<RemovalDependent[]> {
    const own = stringifyEntityRef(entity);
    const related = (of: Entity, type: string) =>
      (of.relations ?? [])
        .filter(relation => relation.type === type)
        .map(relation => relation.targetRef);
    const dependents: RemovalDependent[] = [
      ...related(entity, RELATION_DEPENDENCY_OF).map(entityRef => ({
        entityRef,
        how: 'depends on it (spec.dependsOn)',
      })),
      ...related(entity, RELATION_HAS_PART).map(entityRef => ({
        entityRef,
        how: 'is a part of it (spec.subcomponentOf)',
      })),
    ];
    for (const apiRef of related(entity, RELATION_PROVIDES_API)) {
      const api = await this.#entity(apiRef);
      const consumers = api ? related(api, RELATION_API_CONSUMED_BY) : [];
      for (const entityRef of consumers) {
        if (entityRef === own) continue;
        dependents.push({
          entityRef,
          how: `consumes its API ${parseEntityRef(apiRef).name}`,
        });
      }
    }
    return dependents.sort((a, b) =>
      `${a.entityRef} ${a.how}`.localeCompare(`${b.entityRef} ${b.how}`),
    );
  }

  #places(componentRef: string): RemovalPlace[] {
    const { environments } = this.options;
    const now = (this.options.now ?? (() => new Date()))();
    const cells = this.#cells(componentRef);
    return cells.map(cell => {
      const environment = environments.getEnvironment(cell.environmentRef);
      const release =
        cell.desired.status === 'ok' &&
        cell.desired.value.version !== 'unreleased'
          ? cell.desired.value
          : undefined;
      return {
        environmentRef: environment.ref,
        environmentName: environment.shortName,
        ...(release?.version && { version: release.version }),
        ...(release?.digest && { digest: release.digest }),
        sentence: tellAges(cell.sentence, now),
        needsApproval: isGuarded(environment),
      };
    });
  }

  #cells(componentRef: string) {
    try {
      return this.options.environments.getRow(componentRef).cells;
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') return [];
      throw error;
    }
  }

  async #openPromotions(
    componentRef: string,
  ): Promise<RemovalPlan['openPromotions']> {
    const stored = await this.options.promotions.list({
      componentRef,
      limit: MAX_PROMOTIONS,
    });
    return stored
      .map(({ promotion }) => promotion)
      .filter(promotion => !isTerminal(promotion.state))
      .map(promotion => ({
        id: promotion.id,
        sentence: `${
          promotion.plan ? nameRelease(promotion.plan.release) : 'a release'
        } to ${parseEntityRef(promotion.toEnvironmentRef).name}: ${
          promotion.state
        }`,
      }))
      .sort((a, b) => a.id.localeCompare(b.id));
  }

  /** Production needs a second person, and so does what Fairway did not make. */
  #policy(plan: RemovalPlan, systemRef: string): RemovalPolicy {
    const { environments } = this.options;
    const guarded = plan.places
      .filter(({ needsApproval }) => needsApproval)
      .map(({ environmentRef }) => environments.getEnvironment(environmentRef));
    const reasons = guarded.map(
      environment => `It is in ${environment.title} (${environment.tier}).`,
    );
    const removed = plan.things.filter(
      ({ name, change }) => change !== 'keep' && plan.foreign.includes(name),
    );
    if (removed.length > 0) {
      reasons.push(
        `Fairway did not make ${removed
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ')}${
          removed.length > 3 ? ` and ${removed.length - 3} more` : ''
        }.`,
      );
    }
    const asked =
      guarded.length > 0
        ? guarded
        : environments.getSystemEnvironments(systemRef).filter(isGuarded);
    const approverGroups = [
      ...new Set(asked.flatMap(({ delivery }) => delivery.approverRefs)),
    ].sort();
    const isNeeded = reasons.length > 0;
    return {
      minApprovals: isNeeded
        ? Math.max(1, ...asked.map(({ delivery }) => delivery.minApprovals))
        : 0,
      approverGroups: isNeeded ? approverGroups : [],
      excludeRequester: true,
      environmentRefs: isNeeded ? asked.map(({ ref }) => ref).sort() : [],
      reasons,
    };
  }
}

/** Where nothing may be changed by one person alone. */
function isGuarded({ tier, delivery }: EnvironmentSummary): boolean {
  return tier === 'prod' || delivery.policy === 'gated';
}

/** What approvals are bound to: everything that is taken away or weighed, nothing that only tells how it goes. */
function digestOf(
  componentRef: string,
  plan: RemovalPlan,
  policy: RemovalPolicy,
): string {
  const bound = [
    componentRef,
    plan.things
      .map(({ kind, where, name, change }) => [kind, where, name, change])
      .sort((a, b) => a.join('\n').localeCompare(b.join('\n'))),
    plan.foreign,
    plan.keepImages,
    plan.dependents.map(({ entityRef, how }) => [entityRef, how]),
    plan.despiteDependents,
    plan.places.map(({ environmentRef, version, digest }) => [
      environmentRef,
      version ?? '',
      digest ?? '',
    ]),
    plan.openPromotions.map(({ id }) => id),
    [policy.minApprovals, policy.approverGroups, policy.environmentRefs],
  ];
  return createHash('sha256').update(JSON.stringify(bound)).digest('hex');
}
